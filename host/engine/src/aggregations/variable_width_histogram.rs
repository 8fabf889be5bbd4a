//! `variable_width_histogram`: buckets of numbers that are near to each other.

use quidditch_function::ColumnKind;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

use serde_json::Map;
use tantivy::u64_to_f64;

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::{Answer, BucketAnswer, BucketKey, Style};
use super::answering::Answering;
use super::batch::Batch;
use super::decimal_json::decimal_json;
use super::definition::{Definition, Layout};
use super::failure;
use super::gathered::{Gathered, Repeats};
use super::keyed::{self, SegmentKeyed, SegmentKeys, TakeBuckets};
use super::kind::Kind;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::{Keys, Partial};
use super::reader::{Reader, float_bits};
use super::source::{Source, Taken};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[variable_width_histogram] aggregation";

const DEFAULT_BUCKETS: usize = 10;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, WHAT, ColumnKind::Floats, parser)?;
    let mut above = |key: &'static str, least: i32| {
        fields.optional(key, |node| match node.integer()? {
            value if value > least => Ok(value as usize),
            value => {
                let reason = format!("[{key}] must be greater than {least}, got [{value}]");
                Err(node.mistake(ErrorKind::Argument, reason))
            }
        })
    };
    let wanted = above("buckets", 0)?.unwrap_or(DEFAULT_BUCKETS);
    let shard_size = above("shard_size", 1)?;
    let initial_buffer = above("initial_buffer", 0)?;
    fields.finish(WHAT)?;
    Ok(Box::new(VariableWidthDefinition { options, wanted, shard_size, initial_buffer }))
}

struct VariableWidthDefinition {
    options: FieldOptions,
    wanted: usize,
    /// These two limit what a server keeps of many values. All values are kept here, so that they change nothing; but they must
    /// allow for the buckets.
    shard_size: Option<usize>,
    initial_buffer: Option<usize>,
}

impl Definition for VariableWidthDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let too_small = |key: &str, value: usize| {
            let wanted = self.wanted;
            failure::argument(format!("{key} must be at least buckets but was [{value}<{wanted}] for [{name}]"))
        };
        if let Some(kept) = self.shard_size.map(|size| size * 3 / 4).filter(|kept| *kept < self.wanted) {
            return Err(too_small("3/4 of shard_size", kept));
        }
        if let Some(buffer) = self.initial_buffer.filter(|buffer| *buffer < self.wanted) {
            return Err(too_small("initial_buffer", buffer));
        }
        let source = Source::plan(planner, &self.options, Taken::numbers("variable_width_histogram"))?;
        if matches!(source.kind, Kind::Date | Kind::Boolean) {
            let type_name = if source.kind == Kind::Date { "date" } else { "boolean" };
            return Err(failure::argument(format!(
                "field [{}] of type [{type_name}] is not supported for aggregation [variable_width_histogram]",
                self.options.field
            )));
        }
        Ok(Box::new(VariableWidthHistogram { source, wanted: self.wanted, inner }))
    }

    fn layout(&self) -> Layout {
        Layout::Many
    }
}

struct VariableWidthHistogram {
    source: Source,
    /// Most buckets.
    wanted: usize,
    inner: Nodes,
}

impl Aggregation for VariableWidthHistogram {
    fn type_name(&self) -> &'static str {
        "variable_width_histogram"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let reader = Reader::open(&self.source, opening.segment)?;
        let keys = NumberKeys { reader, keys: Gathered::default() };
        Ok(Box::new(SegmentKeyed::open(keys, &self.inner, opening)?))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        keyed::merge(&self.inner, partials, Keys::Bits(Vec::new()))
    }

    fn metric(&self, _: &[&str]) -> Result<Metric, MetricError> {
        Err(MetricError::Buckets)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        let buckets = partial.into_buckets();
        let mut values: Vec<(f64, u64, u32)> = Vec::with_capacity(buckets.len());
        for (position, (bits, count)) in buckets.keys.bits().iter().zip(&buckets.counts).enumerate() {
            values.push((u64_to_f64(*bits), *count, position as u32));
        }
        values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let clusters =
            clusters(&values.iter().map(|(value, count, _)| (*value, *count)).collect::<Vec<_>>(), self.wanted);
        answering.count_buckets(clusters.len())?;
        let mut taken = TakeBuckets::new(buckets);
        let mut answers = Vec::with_capacity(clusters.len());
        for end in 0..clusters.len() {
            let members = &values[clusters[end]..clusters.get(end + 1).copied().unwrap_or(values.len())];
            answers.push(self.answer_cluster(members, &mut taken, answering)?);
        }
        Ok(Answer::from_buckets(Map::new(), answers, Style::List))
    }
}

impl VariableWidthHistogram {
    /// The bucket of some values, which ascend, with their numbers of documents and their positions.
    fn answer_cluster(
        &self,
        members: &[(f64, u64, u32)],
        taken: &mut TakeBuckets,
        answering: &mut Answering,
    ) -> Result<BucketAnswer<'_>, Error> {
        let count: u64 = members.iter().map(|(_, count, _)| count).sum();
        let key = match members {
            [(value, ..)] => *value,
            members => members.iter().map(|(value, count, _)| value * *count as f64).sum::<f64>() / count as f64,
        };
        let mut shown = Map::new();
        let (first, last) = (members[0].0, members[members.len() - 1].0);
        for (name, value) in [("min", first), ("key", key), ("max", last)] {
            shown.insert(name.to_owned(), decimal_json(value));
            self.source.format.add_text(&mut shown, &format!("{name}_as_string"), value);
        }
        shown.insert("doc_count".to_owned(), count.into());
        let positions: Vec<u32> = members.iter().map(|(.., position)| *position).collect();
        let inner = self.inner.merge(taken.take(&positions).inner);
        let inner = self.inner.answer(inner, answering)?;
        Ok(BucketAnswer { name: None, key: BucketKey::Number(key), count, shown, inner })
    }
}

/// Where each of at most `wanted` clusters of values begins. Values ascend and have numbers of documents. Of all neighbours, the two
/// whose averages are the nearest become one cluster, until there are few enough; of equally near ones, the first.
fn clusters(values: &[(f64, u64)], wanted: usize) -> Vec<usize> {
    let mut left = values.len();
    let mut all: Vec<Cluster> = (0..values.len())
        .map(|index| Cluster {
            average: values[index].0,
            count: values[index].1 as f64,
            before: index.wrapping_sub(1),
            after: index + 1,
            changes: Some(0),
        })
        .collect();
    let mut nearest: BinaryHeap<Pair> = BinaryHeap::new();
    if left > wanted {
        nearest.extend((1..values.len()).map(|second| Pair::new(&all, second - 1, second)));
    }
    while left > wanted {
        let Some(Pair { first, second, changes, .. }) = nearest.pop() else { break };
        if all[first].changes != Some(changes.0) || all[second].changes != Some(changes.1) {
            // One of them has been merged since.
            continue;
        }
        let (a, b) = (&all[first], &all[second]);
        let count = a.count + b.count;
        let average = (a.average * a.count + b.average * b.count) / count;
        let after = b.after;
        all[first] = Cluster { average, count, before: a.before, after, changes: Some(changes.0 + 1) };
        all[second].changes = None;
        if let Some(next) = all.get_mut(after) {
            next.before = first;
            nearest.push(Pair::new(&all, first, after));
        }
        let before = all[first].before;
        if before < all.len() {
            nearest.push(Pair::new(&all, before, first));
        }
        left -= 1;
    }
    (0..all.len()).filter(|index| all[*index].changes.is_some()).collect()
}

/// A cluster, at the place of its first value.
struct Cluster {
    average: f64,
    count: f64,
    /// The places of its neighbours; beyond the end if there is none.
    before: usize,
    after: usize,
    /// How often it has grown; `None` if it has become a part of another.
    changes: Option<u32>,
}

/// Two neighbours. The greatest pair is that of the nearest, and of equally near ones the first.
#[derive(Debug, PartialEq)]
struct Pair {
    distance: f64,
    first: usize,
    second: usize,
    /// How often they had grown.
    changes: (u32, u32),
}

impl Pair {
    fn new(all: &[Cluster], first: usize, second: usize) -> Self {
        let changes = (all[first].changes.unwrap_or(0), all[second].changes.unwrap_or(0));
        Pair { distance: (all[first].average - all[second].average).abs(), first, second, changes }
    }
}

impl Eq for Pair {}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        other.distance.total_cmp(&self.distance).then(other.first.cmp(&self.first))
    }
}

/// Numbers as bits of floats.
struct NumberKeys {
    reader: Reader,
    keys: Gathered<u64>,
}

impl SegmentKeys for NumberKeys {
    fn bounds(&self) -> Option<(u64, u64)> {
        None
    }

    /// Clients expect each of several values of a document to count.
    fn read(&mut self, batch: Batch<'_>) -> &Gathered<u64> {
        let numbers = self.reader.numbers(batch, Repeats::Keep);
        self.keys.convert(numbers, float_bits);
        &self.keys
    }

    fn name(&self, keys: &[u64]) -> Result<Keys, Error> {
        Ok(Keys::Bits(keys.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by looking at all neighbours again and again.
    fn slow_clusters(values: &[(f64, u64)], wanted: usize) -> Vec<usize> {
        let mut all: Vec<(usize, f64, f64)> =
            values.iter().enumerate().map(|(index, (value, count))| (index, *value, *count as f64)).collect();
        while all.len() > wanted {
            let mut nearest = 0;
            for index in 1..all.len() - 1 {
                if (all[index].1 - all[index + 1].1).abs() < (all[nearest].1 - all[nearest + 1].1).abs() {
                    nearest = index;
                }
            }
            let (_, average, count) = all.remove(nearest + 1);
            let first = &mut all[nearest];
            first.1 = (first.1 * first.2 + average * count) / (first.2 + count);
            first.2 += count;
        }
        all.into_iter().map(|(index, ..)| index).collect()
    }

    proptest! {
        #[test]
        fn the_nearest_neighbours_become_one(
            values in prop::collection::btree_map(0..200_u32, 1..5_u64, 0..40), wanted in 1..12_usize
        ) {
            let values: Vec<(f64, u64)> =
                values.into_iter().map(|(value, count)| (f64::from(value) / 4.0, count)).collect();
            prop_assert_eq!(clusters(&values, wanted), slow_clusters(&values, wanted));
        }
    }
}
