//! The terms of a document, with their positions and how frequent they are.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use quidditch_index::{
    Cost, Damage, Field, FieldKind, FieldStatistics, FieldValue, IndexError, Snapshot, matches_pattern,
};
use serde_json::{Map, Value as Json, json};
use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, TERMINATED, Term};

use crate::Error;
use crate::engine::Engine;
use crate::scores::field_statistics;
use crate::source_paths::{SourcePaths, values_at};

/// How many positions the values of a text are apart.
const POSITION_GAP: usize = 100;

/// Whose terms to show, and what of them.
#[derive(Debug, Clone)]
pub struct TermVectorsRequest {
    /// The document.
    pub document: VectorsDocument,
    /// Names and patterns of fields; `None` is all fields of a document that is in no index, and none of others.
    pub fields: Option<Vec<String>>,
    /// Names of analyzers by fields, in place of their own.
    pub analyzers: BTreeMap<String, String>,
    /// What is shown.
    pub parts: BTreeSet<VectorPart>,
    /// Which terms are shown; `None` is all.
    pub filter: Option<TermFilter>,
}

/// A document whose terms are shown.
#[derive(Debug, Clone)]
pub enum VectorsDocument {
    /// One of the index.
    Id(String),
    /// One that is in no index.
    Artificial(Map<String, Json>),
}

/// What is shown of terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VectorPart {
    /// The position of each occurrence.
    Positions,
    /// Where each occurrence is in the text.
    Offsets,
    /// How many documents have the field.
    FieldStatistics,
    /// How many documents have the term.
    TermStatistics,
}

/// Which terms of a field are shown: the most telling ones of those within these limits.
#[derive(Debug, Clone)]
pub struct TermFilter {
    /// How many.
    pub max_terms: usize,
    /// How often the document has the term, at least and at most.
    pub frequency: (u64, u64),
    /// How many documents have the term, at least and at most.
    pub documents: (u64, u64),
    /// How many characters the term has, at least and at most; a maximum of 0 is any.
    pub length: (usize, usize),
}

/// The occurrences of a field's terms.
struct FieldTerms<'a> {
    field: &'a Field,
    terms: BTreeMap<String, Vec<Occurrence>>,
}

struct Occurrence {
    position: usize,
    /// In UTF-16 code units.
    start: usize,
    end: usize,
}

/// How frequent a term is.
struct TermStatistics {
    documents: u64,
    occurrences: u64,
}

impl Engine {
    /// The terms of a document by its fields; `None` if the index does not contain it.
    ///
    /// # Errors
    /// [`Error::Index`] and [`Error::Search`].
    pub async fn term_vectors(
        &self,
        snapshot: &Snapshot,
        request: &TermVectorsRequest,
        cost: &Arc<Cost>,
    ) -> Result<Option<Map<String, Json>>, Error> {
        let source = match &request.document {
            VectorsDocument::Artificial(source) => source.clone(),
            VectorsDocument::Id(id) => {
                let Some(document) = self.document(snapshot, id, cost).await? else { return Ok(None) };
                serde_json::from_str(&document.source).map_err(|error| {
                    let what = format!("the source of document {id:?} is not JSON");
                    Error::from(IndexError::damaged(snapshot.name(), Damage::unparsable(what, error)))
                })?
            }
        };
        let fields = field_terms(snapshot, request, &source);
        let has_statistics = request.filter.is_some()
            || request.parts.contains(&VectorPart::FieldStatistics)
            || request.parts.contains(&VectorPart::TermStatistics);
        let mut shown = Map::new();
        if fields.is_empty() || !has_statistics {
            for terms in &fields {
                shown.insert(terms.field.name().to_owned(), show(terms, request, None, &BTreeMap::new()));
            }
            return Ok(Some(shown));
        }
        let reads = self.reads(snapshot, cost);
        let view = snapshot.view_of_all(&reads).await?;
        for terms in &fields {
            let json = reads.run(|| show_with_statistics(snapshot, view.searcher(), terms, request)).await?;
            shown.insert(terms.field.name().to_owned(), json);
        }
        Ok(Some(shown))
    }
}

/// The terms of the fields of the request that the document has.
fn field_terms<'a>(
    snapshot: &'a Snapshot,
    request: &TermVectorsRequest,
    source: &Map<String, Json>,
) -> Vec<FieldTerms<'a>> {
    let mapping = snapshot.mapping();
    let is_wanted = |field: &Field| match (&request.fields, &request.document) {
        (Some(names), _) => names.iter().any(|name| matches_pattern(name, field.name())),
        (None, VectorsDocument::Artificial(_)) => true,
        (None, VectorsDocument::Id(_)) => false,
    };
    let has_terms = |field: &Field| matches!(field.kind(), FieldKind::Text { .. } | FieldKind::Keyword { .. });
    let paths = SourcePaths::new(mapping);
    let mut all = Vec::new();
    for field in mapping.fields().iter().filter(|field| has_terms(field) && is_wanted(field)) {
        let mut texts = Vec::new();
        values_at(source, paths.of(field)).into_iter().for_each(|value| add_texts(field, value, &mut texts));
        let analyzer = request.analyzers.get(field.name()).map(String::as_str);
        let terms = occurrences(snapshot, field, analyzer, &texts);
        if !terms.is_empty() {
            all.push(FieldTerms { field, terms });
        }
    }
    all
}

/// The texts of a value, as a field has them.
fn add_texts(field: &Field, value: &Json, texts: &mut Vec<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| add_texts(field, item, texts)),
        Json::Null | Json::Object(_) => {}
        scalar => texts.extend(field.text(scalar).map(Cow::into_owned)),
    }
}

/// The terms of all values of a field, each value behind the one before.
fn occurrences(
    snapshot: &Snapshot,
    field: &Field,
    analyzer: Option<&str>,
    texts: &[String],
) -> BTreeMap<String, Vec<Occurrence>> {
    let gap = if matches!(field.kind(), FieldKind::Text { .. }) { POSITION_GAP } else { 0 };
    let mut terms: BTreeMap<String, Vec<Occurrence>> = BTreeMap::new();
    let (mut first_position, mut first_offset) = (0, 0);
    for text in texts {
        let mut last_position = None;
        // Offsets ascend, so that each character is counted once.
        let (mut counted, mut units) = (0, 0);
        snapshot.analyze_document_with(analyzer, field, text, &mut |token| {
            if token.start < counted {
                (counted, units) = (0, 0);
            }
            units += text.get(counted..token.start).map_or(0, utf16_length);
            counted = token.start;
            let start = first_offset + units;
            let end = start + text.get(token.start..token.end).map_or(0, utf16_length);
            let position = first_position + token.position;
            last_position = Some(position);
            terms.entry(token.text.to_owned()).or_default().push(Occurrence { position, start, end });
        });
        if let Some(last) = last_position {
            first_position = last + gap + 1;
            first_offset += utf16_length(text) + 1;
        }
    }
    terms
}

fn utf16_length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn show_with_statistics(
    snapshot: &Snapshot,
    searcher: &Searcher,
    terms: &FieldTerms<'_>,
    request: &TermVectorsRequest,
) -> Result<Json, Error> {
    let statistics = field_statistics(snapshot, terms.field, searcher)?;
    let mut of_terms = BTreeMap::new();
    if request.filter.is_some() || request.parts.contains(&VectorPart::TermStatistics) {
        let mut failure = None;
        for text in terms.terms.keys() {
            let Some(term) = terms.field.term(&FieldValue::Text(text.clone())) else { continue };
            // All of them are looked up, so that all missing bytes are known at once.
            match term_statistics(searcher, &term) {
                Ok(found) => _ = of_terms.insert(text.as_str(), found),
                Err(error) => failure = Some(error),
            }
        }
        if let Some(error) = failure {
            return Err(error.into());
        }
    }
    Ok(show(terms, request, Some(statistics), &of_terms))
}

fn term_statistics(searcher: &Searcher, term: &Term) -> tantivy::Result<TermStatistics> {
    let mut sum = TermStatistics { documents: 0, occurrences: 0 };
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(term.field())?;
        let Some(mut postings) = index.read_postings(term, IndexRecordOption::WithFreqs)? else { continue };
        while postings.doc() != TERMINATED {
            sum.documents += 1;
            sum.occurrences += u64::from(postings.term_freq());
            postings.advance();
        }
    }
    Ok(sum)
}

fn show(
    terms: &FieldTerms<'_>,
    request: &TermVectorsRequest,
    field: Option<FieldStatistics>,
    of_terms: &BTreeMap<&str, TermStatistics>,
) -> Json {
    let scores = request.filter.as_ref().map(|filter| {
        let documents = field.map_or(0, |field| field.documents);
        filter.choose(terms, documents, of_terms)
    });
    let mut shown = Map::new();
    for (text, occurrences) in &terms.terms {
        let mut term = Map::new();
        if let Some(statistics) =
            of_terms.get(text.as_str()).filter(|_| request.parts.contains(&VectorPart::TermStatistics))
            && statistics.documents > 0
        {
            term.insert("doc_freq".to_owned(), statistics.documents.into());
            term.insert("ttf".to_owned(), statistics.occurrences.into());
        }
        term.insert("term_freq".to_owned(), occurrences.len().into());
        let tokens: Vec<Json> = occurrences.iter().filter_map(|occurrence| occurrence.show(&request.parts)).collect();
        if !tokens.is_empty() {
            term.insert("tokens".to_owned(), tokens.into());
        }
        if let Some(scores) = &scores {
            let Some(score) = scores.get(text.as_str()) else { continue };
            term.insert("score".to_owned(), json!(score));
        }
        shown.insert(text.clone(), Json::Object(term));
    }
    let mut json = Map::new();
    if let Some(field) = field.filter(|_| request.parts.contains(&VectorPart::FieldStatistics)) {
        // The number of all postings is not stored.
        json.insert(
            "field_statistics".to_owned(),
            json!({ "sum_doc_freq": -1, "doc_count": field.documents, "sum_ttf": field.terms }),
        );
    }
    json.insert("terms".to_owned(), Json::Object(shown));
    Json::Object(json)
}

impl Occurrence {
    /// `None` if nothing of it is shown.
    fn show(&self, parts: &BTreeSet<VectorPart>) -> Option<Json> {
        let mut token = Map::new();
        if parts.contains(&VectorPart::Positions) {
            token.insert("position".to_owned(), self.position.into());
        }
        if parts.contains(&VectorPart::Offsets) {
            token.insert("start_offset".to_owned(), self.start.into());
            token.insert("end_offset".to_owned(), self.end.into());
        }
        (!token.is_empty()).then_some(Json::Object(token))
    }
}

impl TermFilter {
    /// The terms that are shown, with their scores. `documents` is how many have the field.
    fn choose<'t>(
        &self,
        terms: &'t FieldTerms<'_>,
        documents: u64,
        of_terms: &BTreeMap<&str, TermStatistics>,
    ) -> BTreeMap<&'t str, f32> {
        let mut chosen: Vec<(f32, &str)> = Vec::new();
        for (text, occurrences) in &terms.terms {
            let frequency = occurrences.len() as u64;
            let matching = of_terms.get(text.as_str()).map_or(0, |statistics| statistics.documents);
            let length = utf16_length(text);
            let is_accepted = matching > 0
                && (self.frequency.0..=self.frequency.1).contains(&frequency)
                && (self.documents.0..=self.documents.1).contains(&matching)
                && length >= self.length.0
                && (self.length.1 == 0 || length <= self.length.1);
            if is_accepted {
                // As Lucene's `ClassicSimilarity` defines it.
                let idf = ((documents + 1) as f64 / (matching + 1) as f64).ln() + 1.0;
                chosen.push((frequency as f32 * idf as f32, text));
            }
        }
        chosen.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        chosen.into_iter().take(self.max_terms).map(|(score, text)| (text, score)).collect()
    }
}
