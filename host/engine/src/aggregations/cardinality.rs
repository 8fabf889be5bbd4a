//! `cardinality`: the number of distinct values, exact up to a threshold, and estimated beyond it.

mod numbers;

use quidditch_function::ColumnKind;
use serde_json::Map;
use tantivy::{SegmentReader, TantivyError};

use super::aggregation::{Aggregation, Opening, SKETCH_COST, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::definition::Definition;
use super::gathered::Repeats;
use super::kind::Kind;
use super::metric::{self, Metric, MetricError};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::{Distinct, Partial, hash_bits, hash_text};
use super::reader::Reader;
use super::source::{Missing, Source, Taken};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::memory::Reservation;
use crate::plan::Planner;
use crate::request::Parser;
use numbers::FoundNumbers;

const WHAT: &str = "[cardinality] aggregation";

/// What clients expect where they do not say.
const DEFAULT_THRESHOLD: usize = 3_000;

/// More is not more exact.
const MAX_THRESHOLD: usize = 40_000;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, WHAT, ColumnKind::Texts, parser)?;
    let threshold = fields.optional("precision_threshold", Node::count)?.unwrap_or(DEFAULT_THRESHOLD);
    // How the number is computed, which changes nothing here.
    fields.optional("execution_hint", |node| match node.text()? {
        "direct" | "ordinals" => Ok(()),
        other => Err(node.error(format!("[execution_hint] must be [direct] or [ordinals], got [{other}]"))),
    })?;
    fields.finish(WHAT)?;
    Ok(Box::new(CardinalityDefinition { options, threshold: threshold.min(MAX_THRESHOLD) }))
}

struct CardinalityDefinition {
    options: FieldOptions,
    threshold: usize,
}

impl Definition for CardinalityDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let source = Source::plan(planner, &self.options, Taken::values("cardinality"))?;
        Ok(Box::new(Cardinality { source, threshold: self.threshold }))
    }
}

struct Cardinality {
    source: Source,
    threshold: usize,
}

fn distinct(partial: &Partial) -> &Distinct {
    match partial {
        Partial::Distinct(distinct) => distinct,
        _ => unreachable!("not distinct values"),
    }
}

impl Aggregation for Cardinality {
    fn type_name(&self) -> &'static str {
        "cardinality"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let reader = Reader::open(&self.source, opening.segment)?;
        let missing = match &self.source.missing {
            None => None,
            Some(Missing::Text(text)) => Some(Found::Elsewhere(hash_text(text.as_bytes()))),
            Some(Missing::Integer(integer)) if !matches!(self.source.kind, Kind::Float | Kind::Single) => {
                Some(Found::InColumn(reader.integer_bits(*integer)))
            }
            Some(other) => Some(match self.source.kind {
                Kind::Float | Kind::Single => Found::InColumn(super::reader::float_bits(other.number())),
                // A field of integers cannot have a value with a fraction.
                _ => Found::Elsewhere(hash_bits(other.number().to_bits())),
            }),
        };
        let numbers = match self.source.kind {
            Kind::Text => Some((0, FoundNumbers::below(reader.texts().map_or(0, |texts| texts.num_terms() as u64)))),
            Kind::Integer | Kind::Boolean | Kind::Date => {
                dense_bounds(&reader).map(|(first, limit)| (first, FoundNumbers::below(limit)))
            }
            _ => None,
        };
        Ok(Box::new(SegmentCardinality {
            missing,
            threshold: self.threshold,
            reader,
            numbers,
            found: Vec::new(),
            bytes: 0,
            reservation: opening.memory.reservation(),
            has_value: Vec::new(),
        }))
    }

    fn merge_cost(&self, _: &SegmentReader) -> tantivy::Result<Option<u64>> {
        Ok(Some(SKETCH_COST))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let mut merged = Distinct::new(self.threshold);
        for partial in partials {
            match partial {
                Partial::Distinct(distinct) => merged.merge(distinct),
                _ => unreachable!("not distinct values"),
            }
        }
        Partial::Distinct(merged)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        metric::single(path, |partial| distinct(partial).count() as f64)
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Answer<'_>, Error> {
        let shown = Map::from_iter([("value".to_owned(), distinct(&partial).count().into())]);
        Ok(Answer::from_figures(shown, self, partial))
    }
}

/// The bits of the smallest integer of a column, and how many there are up to the largest, unless they are far apart.
fn dense_bounds(reader: &Reader) -> Option<(u64, u64)> {
    let (first, last) = reader.integer_bounds()?;
    let first = reader.integer_bits(first);
    let limit = reader.integer_bits(last).checked_sub(first)?.checked_add(1)?;
    // A bit for each of them is to be less than a few bytes for each value.
    (limit / 64 <= u64::from(reader.value_count()) + 1_024).then_some((first, limit))
}

/// What a missing value counts as.
#[derive(Debug, Clone, Copy)]
enum Found {
    /// The bits of a number.
    InColumn(u64),
    /// The hash of a value.
    Elsewhere(u64),
}

struct SegmentCardinality {
    reader: Reader,
    missing: Option<Found>,
    threshold: usize,
    /// Values that are hashed at the end, each once, with the smallest of them: texts by their numbers in the dictionary, and
    /// integers that are close to each other.
    numbers: Option<(u64, FoundNumbers)>,
    found: Vec<Distinct>,
    /// Bytes that the sketches use in addition to their own size.
    bytes: usize,
    reservation: Reservation,
    /// Whether each document of the batch has a value.
    has_value: Vec<bool>,
}

impl SegmentCardinality {
    fn reserve(&mut self, parents: usize) {
        if self.found.len() < parents {
            self.found.resize_with(parents, || Distinct::new(self.threshold));
        }
        if let Some((_, numbers)) = &mut self.numbers {
            numbers.reserve(parents);
        }
    }
}

impl SegmentAggregation for SegmentCardinality {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        self.reserve(batch.parents());
        let SegmentCardinality { reader, missing, numbers, found, has_value, bytes, .. } = self;
        let values = reader.bits(batch, Repeats::Drop);
        if let Some((first, numbers)) = numbers {
            values.for_each(|position, bits| numbers.insert(batch.buckets[position], bits - *first));
        } else {
            values.for_each(|position, bits| *bytes += found[batch.buckets[position] as usize].add(hash_bits(bits)));
        }
        if let Some(missing) = missing {
            has_value.clear();
            has_value.resize(batch.docs.len(), false);
            values.for_each(|position, _| has_value[position] = true);
            let hash = match *missing {
                Found::InColumn(bits) => hash_bits(bits),
                Found::Elsewhere(hash) => hash,
            };
            for (bucket, has_value) in batch.buckets.iter().zip(has_value) {
                if !*has_value {
                    *bytes += found[*bucket as usize].add(hash);
                }
            }
        }
        let numbers = self.numbers.as_ref().map_or(0, |(_, numbers)| numbers.bytes());
        self.reservation.reach(self.bytes + self.found.len() * size_of::<Distinct>() + numbers)?;
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.reserve(parents);
        let (first, numbers) = match &self.numbers {
            None => (0, Vec::new()),
            Some((first, numbers)) => (*first, numbers.sorted()),
        };
        self.reservation.add(size_of_val(&numbers[..]))?;
        let (found, bytes) = (&mut self.found, &mut self.bytes);
        if let Some(texts) = self.reader.texts() {
            let sorted: Vec<u64> = numbers.iter().map(|(ordinal, _)| *ordinal).collect();
            let mut buckets = numbers.iter().map(|(_, bucket)| *bucket);
            let hash = |text: &[u8]| {
                if let Some(bucket) = buckets.next() {
                    *bytes += found[bucket as usize].add(hash_text(text));
                }
            };
            texts.dictionary().sorted_ords_to_term_cb(&sorted, hash).map_err(TantivyError::from)?;
        } else {
            for (number, bucket) in numbers {
                *bytes += found[bucket as usize].add(hash_bits(first + number));
            }
        }
        self.reservation.reach(self.bytes + self.found.len() * size_of::<Distinct>())?;
        Ok(self.found.into_iter().map(Partial::Distinct).collect())
    }
}
