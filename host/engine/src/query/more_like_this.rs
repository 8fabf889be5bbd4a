//! `{"more_like_this": {"fields": ["title"], "like": ["a text", {"_id": "1"}]}}`: documents with the most telling words of texts and
//! other documents.

mod parse;
mod parsed;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use quidditch_index::{Field, FieldKind, FieldValue, KeywordForm, TextForm};
use serde_json::Value as Json;
use tantivy::Term;
use tantivy::query::{BooleanQuery, Occur, Query};

use super::operator::Operator;
use super::term_set::TermSet;
use crate::Error;
use crate::clause::Clause;
use crate::plan::{Planned, Planner};
use crate::scores::{Scoring, statistics_term};
use crate::source_paths::{SourcePaths, values_at};
use crate::terms::{LikeTerm, LikeTerms, LikeWord};
use parsed::{DocumentItem, GivenDocument, IncludedDocuments, Item, MoreLikeThis, UnsupportedFields, WordOptions};

pub(super) use parse::parse;

/// Most words of a text; 5,000 is what clients expect.
const MAX_TOKENS: usize = 5_000;

/// Most different words of all texts and documents of a query. Each is looked up in the dictionary of every split.
const MAX_WORDS: usize = 50_000;

/// How often a field has words.
type Words = BTreeMap<String, usize>;

impl Clause for MoreLikeThis {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let names = self.names(planner)?;
        if names.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Planned::none());
        }
        let (likes, texts) = self.like_terms(planner, names.as_deref())?;
        let chosen = match planner.searcher {
            Some(searcher) => likes.choose_from(searcher.segment_readers())?,
            None => {
                self.excluded(planner).into_iter().for_each(|id| planner.warmup.term(id));
                let fields = planner.mapping().fields().iter().filter(|field| has_words(field));
                fields.filter_map(|field| statistics_term(planner.snapshot, field)).for_each(|term| {
                    planner.warmup.term(term);
                });
                planner.warmup.chosen_terms(Arc::new(likes));
                Vec::new()
            }
        };
        let mut queries: Vec<Box<dyn Query>> = Vec::new();
        let of_documents = chosen.len() - usize::from(texts == Texts::LastGroup && !chosen.is_empty());
        for groups in [&chosen[..of_documents], &chosen[of_documents..]] {
            let mut words = Vec::new();
            for group in groups {
                self.add_words(planner, group, scoring, &mut words)?;
            }
            if !words.is_empty() {
                let planned = Operator::Or.combine(words, Some(&self.minimum_should_match));
                queries.push(planned.into_query(planner, scoring.scores)?);
            }
        }
        let query: Box<dyn Query> = match queries.len() {
            0 => return Ok(Planned::none()),
            1 => queries.remove(0),
            _ => Box::new(BooleanQuery::union(queries)),
        };
        let excluded = self.excluded(planner);
        if excluded.is_empty() {
            return Ok(Planned::scored(query));
        }
        let excluded: Box<dyn Query> = Box::new(TermSet::new(excluded));
        Ok(Planned::scored(Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::MustNot, excluded)]))))
    }
}

/// Whether the last group of words is that of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Texts {
    None,
    LastGroup,
}

impl MoreLikeThis {
    /// The fields that are searched.
    fn names(&self, planner: &Planner<'_>) -> Result<Option<Vec<String>>, Error> {
        let Some(given) = &self.fields else {
            if self.like.iter().any(|item| matches!(item, Item::Text(_))) {
                return Err(Error::Query(
                    "[more_like_this] query cannot infer the field to analyze the free text: set [fields]".to_owned(),
                ));
            }
            return Ok(None);
        };
        let mut names = Vec::with_capacity(given.len());
        for name in given {
            match planner.field(name) {
                Some(field) if !has_words(field) && self.unsupported == UnsupportedFields::Skip => {}
                Some(field) if !has_words(field) => {
                    return Err(Error::Query(format!("more_like_this only supports text/keyword fields: [{name}]")));
                }
                None if super::metadata_field::MetadataField::find(name).is_some() => {
                    return Err(Error::Query(format!("more_like_this only supports text/keyword fields: [{name}]")));
                }
                _ => names.push(name.clone()),
            }
        }
        Ok(Some(names))
    }

    /// The words of all documents, a group for each field, and then those of the texts.
    fn like_terms(&self, planner: &Planner<'_>, names: Option<&[String]>) -> Result<(LikeTerms, Texts), Error> {
        let unlike = self.unlike_terms(planner, names);
        let mut by_field: BTreeMap<String, Words> = BTreeMap::new();
        let mut of_texts: Words = BTreeMap::new();
        let first = names.and_then(|names| planner.field(names.first()?));
        let mut has_texts = false;
        for item in &self.like {
            match item {
                Item::Text(text) => {
                    has_texts = true;
                    let Some(field) = first else { continue };
                    for word in self.text_words(planner, field, text) {
                        if self.words.accepts(&word) && !unlike.contains(&(field.name().to_owned(), word.clone())) {
                            *of_texts.entry(word).or_default() += 1;
                        }
                    }
                }
                Item::Document(item) => {
                    self.document_words(planner, item, names, &mut |field, word| {
                        if self.words.accepts(&word) && !unlike.contains(&(field.name().to_owned(), word.clone())) {
                            *by_field.entry(field.name().to_owned()).or_default().entry(word).or_default() += 1;
                        }
                    });
                }
            }
        }
        let count = by_field.values().map(BTreeMap::len).sum::<usize>() + of_texts.len();
        if count > MAX_WORDS {
            return Err(Error::Query(format!(
                "[more_like_this] query has {count} different words; at most {MAX_WORDS} are allowed"
            )));
        }
        let word = |fields: &[&Field], (word, frequency): (String, usize)| {
            let term = |field: &&Field| field.term(&FieldValue::Text(word.clone()));
            LikeWord { terms: fields.iter().filter_map(term).collect(), frequency }
        };
        let mut groups = Vec::with_capacity(by_field.len() + 1);
        for (name, words) in by_field {
            if let Some(field) = planner.field(&name) {
                groups.push(words.into_iter().map(|counted| word(&[field], counted)).collect());
            }
        }
        if has_texts {
            let fields: Vec<&Field> = names.into_iter().flatten().filter_map(|name| planner.field(name)).collect();
            groups.push(of_texts.into_iter().map(|counted| word(&fields, counted)).collect());
        }
        let texts = if has_texts { Texts::LastGroup } else { Texts::None };
        Ok((LikeTerms { groups, options: self.options }, texts))
    }

    /// Words that must not be searched for, with their fields.
    fn unlike_terms(&self, planner: &Planner<'_>, names: Option<&[String]>) -> BTreeSet<(String, String)> {
        let mut unlike = BTreeSet::new();
        let first = names.and_then(|names| planner.field(names.first()?));
        for item in &self.unlike {
            match item {
                Item::Text(text) => {
                    if let Some(field) = first {
                        let words = self.text_words(planner, field, text).into_iter();
                        unlike.extend(words.map(|word| (field.name().to_owned(), word)));
                    }
                }
                Item::Document(item) => self.document_words(planner, item, names, &mut |field, word| {
                    unlike.insert((field.name().to_owned(), word));
                }),
            }
        }
        unlike
    }

    /// The words of a text, as queries in a field have them. An analyzer that the index does not have counts as none.
    fn text_words(&self, planner: &Planner<'_>, field: &Field, text: &str) -> Vec<String> {
        let tokens = planner.snapshot.analyze_as(field, self.words.analyzer.as_deref(), text);
        tokens.into_iter().take(MAX_TOKENS).map(|token| token.text).collect()
    }

    /// The words of a document with their fields, as often as it has them.
    fn document_words(
        &self,
        planner: &Planner<'_>,
        item: &DocumentItem,
        names: Option<&[String]>,
        on_word: &mut dyn FnMut(&Field, String),
    ) {
        let source = match &item.document {
            GivenDocument::LookedUp { lookup, .. } => planner.documents.source(*lookup),
            GivenDocument::Artificial(document) => Some(document),
        };
        let Some(source) = source else { return };
        let paths = SourcePaths::new(planner.mapping());
        let names = item.fields.as_deref().or(names);
        let fields: Vec<&Field> = match names {
            Some(names) => names.iter().filter_map(|name| planner.field(name)).collect(),
            None => planner.mapping().fields().iter().collect(),
        };
        for field in fields.into_iter().filter(|field| has_words(field)) {
            let mut texts = Vec::new();
            values_at(source, paths.of(field)).into_iter().for_each(|value| add_texts(field, value, &mut texts));
            for text in texts {
                let given = item.analyzers.get(field.name());
                match given.and_then(|analyzer| planner.snapshot.analyze_with(analyzer, &text)) {
                    Some(tokens) => tokens.into_iter().for_each(|token| on_word(field, token.text)),
                    None => planner.snapshot.analyze_document(field, &text, &mut |token| {
                        on_word(field, token.text.to_owned());
                    }),
                }
            }
        }
    }

    fn add_words(
        &self,
        planner: &Planner<'_>,
        group: &[LikeTerm],
        scoring: Scoring,
        words: &mut Vec<Box<dyn Query>>,
    ) -> Result<(), Error> {
        // Clients expect weights relative to the least significant word.
        let least = group.last().map_or(1.0, |chosen| chosen.weight);
        for LikeTerm { term, weight } in group {
            let Some(field) = planner.mapping().fields().iter().find(|field| field.tantivy_field() == term.field())
            else {
                continue;
            };
            let scoring = match self.boost_terms {
                Some(factor) => scoring.boosted(factor * weight / least)?,
                None => scoring,
            };
            words.push(planner.scored_term(field, term.clone(), scoring));
        }
        Ok(())
    }

    /// The ids of the documents that are named.
    fn excluded(&self, planner: &Planner<'_>) -> Vec<Term> {
        if self.included == IncludedDocuments::All {
            return Vec::new();
        }
        let id = |item: &Item| match item {
            Item::Document(DocumentItem { document: GivenDocument::LookedUp { id, .. }, .. }) => {
                Some(Term::from_field_text(planner.snapshot.id_field(), id))
            }
            _ => None,
        };
        self.like.iter().filter_map(id).collect()
    }
}

impl WordOptions {
    fn accepts(&self, word: &str) -> bool {
        let length = word.encode_utf16().count();
        length >= self.min_length
            && (self.max_length == 0 || length <= self.max_length)
            && !self.stop_words.contains(word)
    }
}

/// Whether it has the type `text` or `keyword`.
fn has_words(field: &Field) -> bool {
    match field.kind() {
        FieldKind::Text { form, .. } => *form == TextForm::Scored,
        FieldKind::Keyword(options) => options.form == KeywordForm::Keyword,
        _ => false,
    }
}

/// The texts of a value, as a field has them.
fn add_texts(field: &Field, value: &Json, texts: &mut Vec<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| add_texts(field, item, texts)),
        Json::Null | Json::Object(_) => {}
        scalar => texts.extend(field.text(scalar).map(Cow::into_owned)),
    }
}
