//! `bucket_sort`: sorts buckets by their values, and keeps some of them.

use std::cmp::Ordering;
use std::sync::Arc;

use super::super::answer::{BucketAnswer, BucketAnswers, BucketKey};
use super::super::answering::Answering;
use super::buckets_path::BucketsPath;
use super::gap_policy::GapPolicy;
use super::options::take_gap_policy;
use super::parsed::{Around, Parsed, invalid, of_object};
use super::pipeline::{Body, Label, ParentPipeline};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::request::Direction;

const WHAT: &str = "[bucket_sort] aggregation";

pub(super) fn parse(node: &Node<'_>) -> Result<Parsed, ParseError> {
    parse_options(node).map_err(of_object)
}

fn parse_options(node: &Node<'_>) -> Result<Parsed, ParseError> {
    let mut fields = node.fields()?;
    let levels = match fields.take("sort") {
        None => Vec::new(),
        Some(sort) => parse_levels(&sort)?,
    };
    let from = fields.optional("from", Node::count)?;
    let size = fields.optional("size", |node| match node.count()? {
        0 => Err(node.mistake(ErrorKind::Argument, "[size] must be greater than 0")),
        size => Ok(size),
    })?;
    let gaps = take_gap_policy(&mut fields)?;
    fields.finish(WHAT)?;
    if levels.is_empty() && from.is_none() && size.is_none() {
        return Err(invalid(node, "[bucket_sort] requires at least one of [sort], [from] and [size]"));
    }
    let paths = levels.iter().map(|level| level.path.clone()).collect();
    let body = Body::Parent(Arc::new(BucketSort { levels, from: from.unwrap_or(0), size, gaps }));
    Ok(Parsed { body, paths, around: Around::Buckets })
}

/// Parses a list of `"path"`, `{"path": "desc"}` and `{"path": {"order": "desc"}}`, or one of these objects.
fn parse_levels(node: &Node<'_>) -> Result<Vec<Level>, ParseError> {
    if node.json().is_string() {
        return Err(node.error("[sort] must be a list or an object, got a string"));
    }
    let mut levels = Vec::new();
    for item in node.items() {
        if item.json().is_string() {
            levels.push(Level { path: BucketsPath::parse(&item)?, direction: Direction::Ascending });
            continue;
        }
        for name in item.map()?.keys() {
            let Some(options) = item.child(name) else { continue };
            let direction = if options.is_object() {
                let mut fields = options.fields()?;
                let direction = fields.optional("order", |order| Direction::WORDS.read(order))?;
                fields.finish("a level of [sort]")?;
                direction.unwrap_or(Direction::Ascending)
            } else {
                Direction::WORDS.read(&options)?
            };
            levels.push(Level { path: BucketsPath::from_text(name, &options)?, direction });
        }
    }
    Ok(levels)
}

struct Level {
    path: BucketsPath,
    direction: Direction,
}

struct BucketSort {
    levels: Vec<Level>,
    from: usize,
    size: Option<usize>,
    gaps: GapPolicy,
}

/// What buckets are compared by.
#[derive(Debug, Clone, PartialEq)]
enum SortValue {
    Number(f64),
    Text(String),
    Nothing,
}

impl ParentPipeline for BucketSort {
    fn change(&self, _: &Label, buckets: &mut BucketAnswers<'_>, _: &mut Answering) -> Result<(), Error> {
        if !self.levels.is_empty() {
            let mut keyed = Vec::with_capacity(buckets.buckets.len());
            for bucket in buckets.buckets.drain(..) {
                let values = self.levels.iter().map(|level| self.value(level, &bucket));
                let values = values.collect::<Result<Vec<SortValue>, Error>>()?;
                // A bucket without any value is left out.
                if self.gaps == GapPolicy::InsertZeros || values.iter().any(|value| *value != SortValue::Nothing) {
                    keyed.push((values, bucket));
                }
            }
            keyed.sort_by(|(a, _), (b, _)| self.compare(a, b));
            buckets.buckets = keyed.into_iter().map(|(_, bucket)| bucket).collect();
        }
        let all = &mut buckets.buckets;
        all.drain(..self.from.min(all.len()));
        all.truncate(self.size.unwrap_or(usize::MAX));
        Ok(())
    }
}

impl BucketSort {
    fn value(&self, level: &Level, bucket: &BucketAnswer<'_>) -> Result<SortValue, Error> {
        if level.path.text == "_key" {
            return Ok(match &bucket.key {
                BucketKey::Number(number) => SortValue::Number(*number),
                BucketKey::Date(millis) => SortValue::Number(*millis as f64),
                BucketKey::Text(text) => SortValue::Text(text.clone()),
                BucketKey::Rank(rank) => SortValue::Number(*rank as f64),
                BucketKey::None => SortValue::Nothing,
            });
        }
        let value = level.path.value(bucket, self.gaps)?.filter(|value| !value.is_nan());
        Ok(value.map_or(SortValue::Nothing, SortValue::Number))
    }

    /// Buckets without a value come last in either direction.
    fn compare(&self, a: &[SortValue], b: &[SortValue]) -> Ordering {
        let levels = self.levels.iter().zip(a.iter().zip(b));
        let orders = levels.map(|(level, (a, b))| match (a, b) {
            (SortValue::Nothing, SortValue::Nothing) => Ordering::Equal,
            (SortValue::Nothing, _) => Ordering::Greater,
            (_, SortValue::Nothing) => Ordering::Less,
            (SortValue::Number(a), SortValue::Number(b)) => level.direction.apply(a.total_cmp(b)),
            (SortValue::Text(a), SortValue::Text(b)) => level.direction.apply(a.cmp(b)),
            (SortValue::Number(_), SortValue::Text(_)) => Ordering::Less,
            (SortValue::Text(_), SortValue::Number(_)) => Ordering::Greater,
        });
        orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}
