//! `significant_terms`: terms that are more frequent in a bucket than in the background.

use quidditch_function::ColumnKind;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::super::answer::{Answer, BucketAnswer, Style};
use super::super::answering::Answering;
use super::super::background::{BackgroundTerms, PlannedBackground, TermCounts, TermKey};
use super::super::batch::Batch;
use super::super::decimal_json::decimal_json;
use super::super::definition::{Definition, Layout, Scope};
use super::super::failure;
use super::super::first_terms::FirstTerms;
use super::super::heuristic::{Frequencies, Heuristic};
use super::super::keyed::TakeBuckets;
use super::super::kind::Kind;
use super::super::metric::{Metric, MetricError};
use super::super::nodes::Nodes;
use super::super::options::{FieldOptions, positive};
use super::super::order::OrderRequest;
use super::super::partial::{Buckets, Keys, Partial, Significant};
use super::super::source::{MixedNumbers, Source, Taken, check_classes};
use super::super::term_filter::TermFilterRequest;
use super::planned_terms::{KeyKind, Shown, Terms};
use crate::Error;
use crate::clause::Clause;
use crate::collect::SegmentContext;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::memory::Reservation;
use crate::plan::Planner;
use crate::request::Parser;
use crate::scores::Scoring;

const TYPE: &str = "significant_terms";

const WHAT: &str = "[significant_terms] aggregation";

/// Documents that a significant term has at least, where the request does not say how many.
pub(in super::super) const DEFAULT_MIN_DOC_COUNT: u64 = 3;

pub(in super::super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let definition = SignificantTermsDefinition {
        options: FieldOptions::take(&mut fields, WHAT, ColumnKind::Texts, parser)?,
        size: fields.optional("size", |node| positive(node, "size"))?.unwrap_or(10),
        min_doc_count: fields
            .optional("min_doc_count", Node::count)?
            .map_or(DEFAULT_MIN_DOC_COUNT, |count| count as u64),
        filter: TermFilterRequest::take(&mut fields)?,
        background: take_background(&mut fields, parser)?,
        background_number: parser.next_background(),
        hint: fields.optional("execution_hint", Node::text)?.map(str::to_owned),
        heuristic: Heuristic::take(&mut fields)?,
    };
    // How the counts are computed. They are always exact here, and this changes nothing.
    fields.optional("shard_size", |node| positive(node, "shard_size"))?;
    fields.optional("shard_min_doc_count", Node::count)?;
    fields.finish(WHAT)?;
    Ok(Box::new(definition))
}

/// The query of the documents of the background.
pub(in super::super) fn take_background(
    fields: &mut Fields<'_>,
    parser: &mut Parser<'_>,
) -> Result<Option<Box<dyn Clause>>, ParseError> {
    fields.optional("background_filter", |node| match node.is_object() {
        // Clients expect mistakes in it as causes.
        true => parser.query(node).map_err(|error| error.inside(ErrorKind::Object)),
        false => Err(node.error("[background_filter] must be a query")),
    })
}

struct SignificantTermsDefinition {
    options: FieldOptions,
    size: usize,
    min_doc_count: u64,
    filter: TermFilterRequest,
    /// The documents of the background; `None` means all.
    background: Option<Box<dyn Clause>>,
    /// The number of the background.
    background_number: usize,
    /// How terms are collected. It changes nothing.
    hint: Option<String>,
    heuristic: Heuristic,
}

impl Definition for SignificantTermsDefinition {
    fn stored_script(&self) -> Option<&str> {
        self.heuristic.stored_script()
    }

    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let field = &self.options.field;
        check_classes(planner, name, field, MixedNumbers::Merge)?;
        if let Some(hint) = self.hint.as_deref().filter(|hint| !["map", "global_ordinals"].contains(hint)) {
            let reason = format!("unknown `execution_hint`: [{hint}], expected any of [map, global_ordinals]");
            return Err(failure::argument(reason));
        }
        self.heuristic.check()?;
        let source = Source::plan(planner, &self.options, Taken::values(TYPE))?;
        if source.has_floats() {
            return Err(failure::argument(format!("aggregation [{TYPE}] does not support the floats of [{field}]")));
        }
        if planner.field(field).is_some_and(|field| !field.options().has_terms) {
            return Err(failure::argument(format!(
                "aggregation [{TYPE}] requires a field that can be searched, but the mapping of [{field}] has [index: false]"
            )));
        }
        let background = (!source.is_unmapped(planner, field)).then_some(self.background_number);
        let terms = Terms {
            filter: self.filter.plan(&source, planner, ErrorKind::Argument)?,
            keys: if source.kind == Kind::Text { KeyKind::Text } else { KeyKind::Integer },
            source,
            first: FirstTerms::new(self.size, self.min_doc_count),
            max_doc_count: u64::MAX,
            order: OrderRequest::by_count().plan(name, &inner)?,
            shown: Shown::Counts,
            inner,
        };
        Ok(Box::new(SignificantTerms { terms, background, heuristic: self.heuristic.clone() }))
    }

    fn background(&self, planner: &Planner<'_>) -> Result<Option<(usize, PlannedBackground)>, Error> {
        // There, a missing value is none.
        let options = FieldOptions { missing: None, ..self.options.clone() };
        let source = Source::plan(planner, &options, Taken::values(TYPE))?;
        if source.is_unmapped(planner, &self.options.field) {
            return Ok(None);
        }
        let filter = self.background.as_ref().map(|clause| clause.plan(planner, Scoring::FILTER)).transpose()?;
        let terms = BackgroundTerms::Column(source);
        Ok(Some((self.background_number, PlannedBackground { filter, terms })))
    }

    fn scope(&self) -> Scope {
        Scope::MatchesInAllSplits
    }

    fn layout(&self) -> Layout {
        Layout::Many
    }
}

struct SignificantTerms {
    terms: Terms,
    /// The number of its background; `None` if the field is not mapped.
    background: Option<usize>,
    heuristic: Heuristic,
}

fn into_significant(partial: Partial) -> Significant {
    match partial {
        Partial::Significant(significant) => *significant,
        _ => unreachable!("not significant terms"),
    }
}

impl Aggregation for SignificantTerms {
    fn type_name(&self) -> &'static str {
        if self.terms.keys == KeyKind::Integer { "siglterms" } else { "sigsterms" }
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        // Which terms are answered is not known before the background is.
        let segment = SegmentContext { is_only: false, ..*opening.segment };
        Ok(Box::new(SegmentSignificant {
            documents: Vec::new(),
            terms: self.terms.open(&Opening { segment: &segment, ..*opening })?,
            reservation: opening.memory.reservation(),
        }))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let all: Vec<Significant> = partials.into_iter().map(into_significant).collect();
        let documents = all.iter().map(|significant| significant.documents).sum();
        let buckets = all.into_iter().map(|significant| Partial::Buckets(Box::new(significant.buckets))).collect();
        let buckets = self.terms.merge(buckets).into_buckets();
        Partial::Significant(Box::new(Significant { documents, buckets }))
    }

    fn metric(&self, _: &[&str]) -> Result<Metric, MetricError> {
        Err(MetricError::Buckets)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        let Significant { documents, buckets } = into_significant(partial);
        let Some(number) = self.background else {
            return Ok(Answer::from_buckets(Map::new(), Vec::new(), Style::List));
        };
        let keys = term_keys(&buckets.keys);
        let counted = (0..keys.len()).filter(|position| buckets.counts[*position] >= self.terms.first.min_doc_count);
        let counted: Vec<usize> = counted.collect();
        let known = Arc::clone(&answering.known);
        let Some(background) = known.counts.get(&number) else {
            let missing = answering.missing.terms.entry(number).or_default();
            missing.extend(counted.iter().map(|position| keys[*position].clone()));
            self.learn_inside(&counted, buckets, answering)?;
            return Ok(Answer::from_buckets(Map::new(), Vec::new(), Style::List));
        };
        let candidates = counted.iter().map(|position| (*position, &keys[*position], buckets.counts[*position]));
        let best =
            most_significant(candidates, documents, background, &self.heuristic, self.terms.first.size, answering)?;
        answering.count_buckets(best.len())?;
        let mut taken = TakeBuckets::new(buckets);
        let mut answers = Vec::with_capacity(best.len());
        for Scored { position, score, background_count } in best {
            let bucket = taken.take(&[position as u32]);
            let count = bucket.counts[0];
            let mut shown = Map::new();
            let key = self.terms.add_key(&mut shown, bucket.keys);
            if self.terms.source.kind == Kind::Boolean {
                // Clients expect a boolean here, not its text.
                let is_true = shown.get("key") == Some(&Json::from(1));
                shown.insert("key_as_string".to_owned(), is_true.into());
            }
            add_figures(&mut shown, count, score, background_count);
            let inner = self.terms.inner.answer(bucket.inner.into_iter().flatten(), answering)?;
            answers.push(BucketAnswer { name: None, key, count, shown, inner });
        }
        Ok(Answer::from_buckets(sizes(documents, background), answers, Style::List))
    }
}

impl SignificantTerms {
    /// Finds out what the aggregations inside do not know.
    fn learn_inside(&self, counted: &[usize], buckets: Buckets, answering: &mut Answering) -> Result<(), Error> {
        if self.terms.inner.is_empty() {
            return Ok(());
        }
        let mut taken = TakeBuckets::new(buckets);
        for position in counted {
            let inner = taken.take(&[*position as u32]).inner;
            self.terms.inner.answer(inner.into_iter().flatten(), answering)?;
        }
        Ok(())
    }
}

fn term_keys(keys: &Keys) -> Vec<TermKey> {
    match keys {
        Keys::Bits(bits) => bits.iter().map(|bits| TermKey::Bits(*bits)).collect(),
        Keys::Texts(texts) => texts.iter().map(|text| TermKey::Text(text.clone())).collect(),
        Keys::Positions | Keys::Tuples(_) => Vec::new(),
    }
}

/// A significant term, by its position.
pub(in super::super) struct Scored {
    pub(in super::super) position: usize,
    pub(in super::super) score: f64,
    pub(in super::super) background_count: u64,
}

/// The terms with the best scores, best first; of equal ones, the smallest. Each term comes with its position and the number of its
/// documents among the `documents` of the bucket.
pub(in super::super) fn most_significant<'k>(
    terms: impl Iterator<Item = (usize, &'k TermKey, u64)>,
    documents: u64,
    background: &TermCounts,
    heuristic: &Heuristic,
    size: usize,
    answering: &Answering,
) -> Result<Vec<Scored>, Error> {
    let mut scored: Vec<(Scored, &TermKey)> = Vec::new();
    for (position, key, count) in terms {
        let background_count = background.of(key);
        let frequencies =
            Frequencies { count, size: documents, background_count, background_size: background.documents };
        let score = heuristic.score(frequencies, answering)?;
        if score > 0.0 {
            scored.push((Scored { position, score, background_count }, key));
        }
    }
    scored.sort_unstable_by(|(a, a_key), (b, b_key)| b.score.total_cmp(&a.score).then_with(|| a_key.cmp(b_key)));
    scored.truncate(size);
    Ok(scored.into_iter().map(|(scored, _)| scored).collect())
}

/// What is shown of a significant term, in addition to its key.
pub(in super::super) fn add_figures(shown: &mut Map<String, Json>, count: u64, score: f64, background_count: u64) {
    shown.insert("doc_count".to_owned(), count.into());
    shown.insert("score".to_owned(), decimal_json(score));
    shown.insert("bg_count".to_owned(), background_count.into());
}

/// How many documents the bucket and the background have.
pub(in super::super) fn sizes(documents: u64, background: &TermCounts) -> Map<String, Json> {
    Map::from_iter([("doc_count".to_owned(), documents.into()), ("bg_count".to_owned(), background.documents.into())])
}

struct SegmentSignificant<'a> {
    /// Of each bucket around.
    documents: Vec<u64>,
    terms: Box<dyn SegmentAggregation + 'a>,
    reservation: Reservation,
}

impl SegmentAggregation for SegmentSignificant<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.parents();
        if self.documents.len() < parents {
            self.reservation.reach(parents * size_of::<u64>())?;
            self.documents.resize(parents, 0);
        }
        batch.buckets.iter().for_each(|bucket| self.documents[*bucket as usize] += 1);
        self.terms.collect(batch)
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.documents.resize(parents, 0);
        let terms = self.terms.finish(parents)?.into_iter().zip(self.documents);
        let partial = |(terms, documents): (Partial, u64)| {
            Partial::Significant(Box::new(Significant { documents, buckets: terms.into_buckets() }))
        };
        Ok(terms.map(partial).collect())
    }
}
