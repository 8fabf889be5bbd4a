//! `significant_text`: words that are more frequent in the texts of a bucket than in the background. The texts are analyzed again.

use std::sync::Arc;

use quidditch_index::{FieldKind, SnapshotDocument};
use serde_json::Map;
use tantivy::DocId;

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::{Answer, BucketAnswer, BucketKey, Style};
use super::answering::Answering;
use super::background::{BackgroundTerms, PlannedBackground, Repetitions, TermKey, TextSource};
use super::batch::Batch;
use super::definition::{Definition, Layout, Scope};
use super::failure;
use super::heuristic::Heuristic;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::{positive, required_field};
use super::partial::Partial;
use super::source::Source;
use super::term_filter::{TermFilter, TermFilterRequest};
use super::terms::{DEFAULT_MIN_DOC_COUNT, Scored, add_figures, most_significant, sizes, take_background};
use crate::Error;
use crate::clause::Clause;
use crate::json::{ErrorKind, Node, ParseError};
use crate::memory::Reservation;
use crate::plan::Planner;
use crate::request::Parser;
use crate::scores::Scoring;
use crate::source_paths::SourcePaths;

const WHAT: &str = "[significant_text] aggregation";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let names = |node: &Node<'_>| node.items().map(|name| name.text().map(str::to_owned)).collect();
    let definition = SignificantTextDefinition {
        field: required_field(&mut fields, WHAT)?,
        source_fields: fields.optional("source_fields", names)?,
        repetitions: match fields.optional("filter_duplicate_text", Node::boolean)? {
            Some(true) => Repetitions::LeftOut,
            _ => Repetitions::Count,
        },
        size: fields.optional("size", |node| positive(node, "size"))?.unwrap_or(10),
        min_doc_count: fields
            .optional("min_doc_count", Node::count)?
            .map_or(DEFAULT_MIN_DOC_COUNT, |count| count as u64),
        filter: TermFilterRequest::take(&mut fields)?,
        background: take_background(&mut fields, parser)?,
        background_number: parser.next_background(),
        heuristic: Heuristic::take(&mut fields)?,
        max_documents: parser.limits.max_analyzed_documents,
    };
    // How the counts are computed. They are always exact here, and this changes nothing.
    fields.optional("shard_size", |node| positive(node, "shard_size"))?;
    fields.optional("shard_min_doc_count", Node::count)?;
    fields.finish(WHAT)?;
    Ok(Box::new(definition))
}

struct SignificantTextDefinition {
    field: String,
    /// Where the texts are in the source, if not under the name of the field.
    source_fields: Option<Vec<String>>,
    repetitions: Repetitions,
    size: usize,
    min_doc_count: u64,
    filter: TermFilterRequest,
    /// The documents of the background; `None` means all.
    background: Option<Box<dyn Clause>>,
    /// The number of the background.
    background_number: usize,
    heuristic: Heuristic,
    /// Most documents whose texts are read.
    max_documents: usize,
}

impl Definition for SignificantTextDefinition {
    fn stored_script(&self) -> Option<&str> {
        self.heuristic.stored_script()
    }

    fn plan(&self, planner: &Planner<'_>, name: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let field = planner.field(&self.field).or_else(|| planner.mappings.field(&self.field));
        let is_text = |kind: &FieldKind| matches!(kind, FieldKind::Text { .. } | FieldKind::Keyword { .. });
        if field.is_some_and(|field| !is_text(field.kind())) {
            let reason =
                format!("field [{}] has no analyzer, which the aggregation [significant_text] requires", self.field);
            return Err(failure::argument(reason));
        }
        self.heuristic.check()?;
        Ok(Box::new(SignificantText {
            name: name.to_owned(),
            filter: self.filter.plan(&Source::for_texts(), planner, ErrorKind::Argument)?,
            background: self.background_number,
            is_mapped: field.is_some(),
            size: self.size,
            // What is in no document is in no text.
            min_doc_count: self.min_doc_count.max(1),
            heuristic: self.heuristic.clone(),
            max_documents: self.max_documents,
        }))
    }

    fn background(&self, planner: &Planner<'_>) -> Result<Option<(usize, PlannedBackground)>, Error> {
        let filter = self.background.as_ref().map(|clause| clause.plan(planner, Scoring::FILTER)).transpose()?;
        let paths = match (&self.source_fields, planner.field(&self.field)) {
            (Some(paths), _) => paths.clone(),
            (None, Some(field)) => vec![SourcePaths::new(planner.mapping()).of(field).to_owned()],
            (None, None) => Vec::new(),
        };
        let source = TextSource { field: self.field.clone(), paths, repetitions: self.repetitions };
        let terms = BackgroundTerms::Texts(source);
        Ok(Some((self.background_number, PlannedBackground { filter, terms })))
    }

    fn scope(&self) -> Scope {
        Scope::MatchesInAllSplits
    }

    fn layout(&self) -> Layout {
        Layout::Many
    }
}

struct SignificantText {
    name: String,
    filter: Option<TermFilter>,
    /// The number of its background.
    background: usize,
    /// Whether any index has the field.
    is_mapped: bool,
    size: usize,
    min_doc_count: u64,
    heuristic: Heuristic,
    max_documents: usize,
}

fn into_documents(partial: Partial) -> Vec<SnapshotDocument> {
    match partial {
        Partial::Texts(documents) => documents,
        _ => unreachable!("not documents"),
    }
}

impl Aggregation for SignificantText {
    fn type_name(&self) -> &'static str {
        "sigsterms"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentTexts {
            split: opening.segment.split,
            documents: Vec::new(),
            count: 0,
            reservation: opening.memory.reservation(),
        }))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let mut documents: Vec<SnapshotDocument> = partials.into_iter().flat_map(into_documents).collect();
        documents.sort_unstable();
        Partial::Texts(documents)
    }

    fn metric(&self, _: &[&str]) -> Result<Metric, MetricError> {
        Err(MetricError::Buckets)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        let documents = into_documents(partial);
        let nothing = || Answer::from_buckets(Map::new(), Vec::new(), Style::List);
        let number = self.background;
        let known = Arc::clone(&answering.known);
        let texts = known.texts.get(&number);
        if self.is_mapped && !documents.iter().all(|document| texts.is_some_and(|texts| texts.has(*document))) {
            let missing = answering.missing.documents.entry(number).or_default();
            missing.extend(documents);
            self.check_documents(missing.len())?;
            return Ok(nothing());
        }
        let mut terms = texts.map_or_else(Vec::new, |texts| texts.counts(&documents));
        terms.retain(|(text, count)| {
            *count >= self.min_doc_count && self.filter.as_ref().is_none_or(|filter| filter.keeps_text(text))
        });
        let keys: Vec<TermKey> = terms.iter().map(|(text, _)| TermKey::Text((*text).to_owned())).collect();
        let Some(background) = known.counts.get(&number) else {
            answering.missing.terms.entry(number).or_default().extend(keys);
            return Ok(nothing());
        };
        let total = documents.len() as u64;
        let candidates = terms.iter().enumerate().map(|(position, (_, count))| (position, &keys[position], *count));
        let best = most_significant(candidates, total, background, &self.heuristic, self.size, answering)?;
        answering.count_buckets(best.len())?;
        let mut answers = Vec::with_capacity(best.len());
        for Scored { position, score, background_count } in best {
            let (text, count) = terms[position];
            let mut shown = Map::from_iter([("key".to_owned(), text.into())]);
            add_figures(&mut shown, count, score, background_count);
            let key = BucketKey::Text(text.to_owned());
            answers.push(BucketAnswer { name: None, key, count, shown, inner: Vec::new() });
        }
        Ok(Answer::from_buckets(sizes(total, background), answers, Style::List))
    }
}

impl SignificantText {
    fn check_documents(&self, documents: usize) -> Result<(), Error> {
        if documents <= self.max_documents {
            return Ok(());
        }
        Err(failure::argument(format!(
            "the aggregation [{}] would read the texts of [{documents}] documents, but at most [{}] are allowed: put it inside \
             of a [sampler]",
            self.name, self.max_documents
        )))
    }
}

struct SegmentTexts {
    split: usize,
    /// Of each bucket around.
    documents: Vec<Vec<DocId>>,
    /// Of all buckets.
    count: usize,
    reservation: Reservation,
}

impl SegmentAggregation for SegmentTexts {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.parents();
        if self.documents.len() < parents {
            self.documents.resize_with(parents, Vec::new);
        }
        self.count += batch.docs.len();
        // They may have room for as many more.
        let bytes = size_of::<SnapshotDocument>() + 2 * size_of::<DocId>();
        self.reservation.reach(self.count * bytes + self.documents.len() * size_of::<Vec<DocId>>())?;
        for (doc, bucket) in batch.docs.iter().zip(batch.buckets) {
            self.documents[*bucket as usize].push(*doc);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.documents.resize_with(parents, Vec::new);
        let split = self.split;
        let named = |doc| SnapshotDocument { split, document: doc };
        Ok(self.documents.into_iter().map(|docs| Partial::Texts(docs.into_iter().map(named).collect())).collect())
    }
}
