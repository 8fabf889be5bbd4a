//! `auto_date_histogram`: buckets of dates, of the shortest interval of which there are not more than wanted.

mod level;
mod segment;

use quidditch_function::ColumnKind;
use serde_json::Map;
use tantivy::{i64_to_u64, u64_to_i64};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::{Answer, BucketAnswer, BucketKey, Style};
use super::answering::Answering;
use super::definition::{Definition, Layout};
use super::failure;
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::AutoDates;
use super::partial::{Buckets, Keys, Partial};
use super::positions;
use super::source::{Source, Taken};
use crate::Error;
use crate::json::{Case, ErrorKind, Node, ParseError, Words};
use crate::plan::Planner;
use crate::request::Parser;
use level::{LEVELS, Level, Levels};
use segment::SegmentAutoDates;

const WHAT: &str = "[auto_date_histogram] aggregation";

const DEFAULT_BUCKETS: usize = 10;

/// The shortest interval that there may be, as the number of a level.
const MINIMUM_INTERVAL: Words<usize> = Words {
    key: "minimum_interval",
    case: Case::Exact,
    error: ErrorKind::Argument,
    words: &[("second", 0), ("minute", 1), ("hour", 2), ("day", 3), ("month", 4), ("year", 5)],
};

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, WHAT, ColumnKind::Dates, parser)?.with_time_zone(&mut fields)?;
    let wanted = fields.optional("buckets", |node| match node.integer()? {
        wanted @ 1.. => Ok(wanted as usize),
        other => Err(node.mistake(ErrorKind::Argument, format!("[buckets] must be greater than 0, got [{other}]"))),
    })?;
    let first = fields.optional("minimum_interval", |node| MINIMUM_INTERVAL.read(node))?.unwrap_or(0);
    fields.finish(WHAT)?;
    let max_buckets = parser.limits.max_buckets;
    Ok(Box::new(AutoDateHistogramDefinition { options, wanted: wanted.unwrap_or(DEFAULT_BUCKETS), first, max_buckets }))
}

struct AutoDateHistogramDefinition {
    options: FieldOptions,
    wanted: usize,
    /// The level of the shortest interval.
    first: usize,
    max_buckets: usize,
}

impl Definition for AutoDateHistogramDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        // While the interval is looked for, there are up to as many times more.
        let most = self.max_buckets / Level::MOST_STEPS;
        if self.wanted > most {
            return Err(failure::argument(format!("[buckets] must be at most {most}, got [{}]", self.wanted)));
        }
        let source = Source::plan(planner, &self.options, Taken::dates("auto_date_histogram"))?;
        let zone = self.options.time_zone.clone().unwrap_or_default().rules();
        let levels = Levels::new(&LEVELS[self.first..], &zone, self.wanted);
        Ok(Box::new(AutoDateHistogram { source, levels, inner }))
    }

    fn layout(&self) -> Layout {
        Layout::Sequence { min_doc_count: 0 }
    }
}

/// One bucket: when it begins, how many documents it has, and the results inside.
struct Bucket {
    start: i64,
    count: u64,
    inner: Vec<Partial>,
}

struct AutoDateHistogram {
    source: Source,
    levels: Levels,
    inner: Nodes,
}

fn into_auto_dates(partial: Partial) -> AutoDates {
    match partial {
        Partial::AutoDates(dates) => *dates,
        _ => unreachable!("not dates"),
    }
}

fn into_list(buckets: Buckets) -> Vec<Bucket> {
    let starts: Vec<i64> = buckets.keys.bits().iter().map(|bits| u64_to_i64(*bits)).collect();
    let each = starts.into_iter().zip(positions::each(buckets));
    each.map(|(start, (count, inner))| Bucket { start, count, inner }).collect()
}

impl AutoDateHistogram {
    fn to_buckets(&self, list: Vec<Bucket>) -> Buckets {
        let keys = Keys::Bits(list.iter().map(|bucket| i64_to_u64(bucket.start)).collect());
        let counts = list.iter().map(|bucket| bucket.count).collect();
        let mut inner: Vec<Vec<Partial>> = self.inner.0.iter().map(|_| Vec::with_capacity(list.len())).collect();
        for bucket in list {
            for (column, partial) in inner.iter_mut().zip(bucket.inner) {
                column.push(partial);
            }
        }
        Buckets { keys, counts, others: 0, inner }
    }

    /// Merges neighbours that belong together.
    fn grouped(&self, list: Vec<Bucket>, together: impl Fn(usize, &Bucket, &Bucket) -> bool) -> Vec<Bucket> {
        let mut groups: Vec<Vec<Bucket>> = Vec::new();
        for (index, bucket) in list.into_iter().enumerate() {
            match groups.last_mut() {
                Some(group) if together(index, &group[0], &bucket) => group.push(bucket),
                _ => groups.push(vec![bucket]),
            }
        }
        groups.into_iter().map(|group| self.merged(group)).collect()
    }

    fn merged(&self, mut group: Vec<Bucket>) -> Bucket {
        if group.len() == 1 {
            return group.remove(0);
        }
        let (start, count) = (group[0].start, group.iter().map(|bucket| bucket.count).sum());
        if count == 0 {
            return Bucket { start, count, inner: Vec::new() };
        }
        let mut lists: Vec<Vec<Partial>> = self.inner.0.iter().map(|_| Vec::with_capacity(group.len())).collect();
        for bucket in group {
            for (list, partial) in lists.iter_mut().zip(bucket.inner) {
                list.push(partial);
            }
        }
        Bucket { start, count, inner: self.inner.merge(lists) }
    }

    /// The buckets of a level that begin when those of a finer level do, sorted, each once.
    fn at_level(&self, mut list: Vec<Bucket>, level: usize) -> Vec<Bucket> {
        list.iter_mut().for_each(|bucket| bucket.start = self.levels.round(level, bucket.start));
        list.sort_by_key(|bucket| bucket.start);
        self.grouped(list, |_, first, other| first.start == other.start)
    }

    /// Adds the buckets without documents. They have no results inside: of thousands of buckets, these would need much memory.
    fn with_gaps(&self, list: Vec<Bucket>, level: usize, answering: &Answering) -> Result<Vec<Bucket>, Error> {
        let mut filled: Vec<Bucket> = Vec::with_capacity(list.len());
        for bucket in list {
            while let Some(last) = filled.last() {
                let start = self.levels.next(level, last.start);
                if start >= bucket.start {
                    break;
                }
                answering.check_buckets(filled.len())?;
                filled.push(Bucket { start, count: 0, inner: Vec::new() });
            }
            filled.push(bucket);
        }
        Ok(filled)
    }
}

impl Aggregation for AutoDateHistogram {
    fn type_name(&self) -> &'static str {
        "auto_date_histogram"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentAutoDates::open(&self.source, &self.levels, &self.inner, opening)?))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let mut all: Vec<AutoDates> = partials.into_iter().map(into_auto_dates).collect();
        all.retain(|dates| dates.buckets.len() > 0);
        if all.len() == 1 {
            return Partial::AutoDates(Box::new(all.remove(0)));
        }
        // The longest interval of the parts is not longer than that of the whole.
        let level = all.iter().map(|dates| dates.level).max().unwrap_or(0);
        let list: Vec<Bucket> = all.into_iter().flat_map(|dates| into_list(dates.buckets)).collect();
        let buckets = self.to_buckets(self.at_level(list, level));
        Partial::AutoDates(Box::new(AutoDates { level, buckets }))
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        let AutoDates { mut level, buckets } = into_auto_dates(partial);
        let mut list = self.at_level(into_list(buckets), level);
        while list.len() > self.levels.most_buckets(level) && level + 1 < self.levels.len() {
            level += 1;
            list = self.at_level(list, level);
        }
        let mut steps = 1;
        if let (Some(first), Some(last)) = (list.first(), list.last()) {
            level = self.levels.fitting(first.start, last.start, level);
            list = self.at_level(list, level);
            list = self.with_gaps(list, level, answering)?;
            steps = self.levels.steps(level, list.len());
            list = self.grouped(list, |index, _, _| !index.is_multiple_of(steps));
        }
        answering.count_buckets(list.len())?;
        let mut answers = Vec::with_capacity(list.len());
        for Bucket { start, count, inner } in list {
            let mut shown = Map::new();
            self.source.format.add_text(&mut shown, "key_as_string", start as f64);
            shown.insert("key".to_owned(), start.into());
            shown.insert("doc_count".to_owned(), count.into());
            let inner = if count == 0 { self.inner.of_nothing() } else { inner };
            let inner = self.inner.answer(inner, answering)?;
            answers.push(BucketAnswer { name: None, key: BucketKey::Date(start), count, shown, inner });
        }
        let shown = Map::from_iter([("interval".to_owned(), self.levels.name(level, steps).into())]);
        Ok(Answer::from_buckets(shown, answers, Style::List))
    }
}
