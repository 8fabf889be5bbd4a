//! `top_hits`: the best documents of each bucket.

use serde_json::Map;

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::{Answer, Content};
use super::answering::Answering;
use super::batch::Batch;
use super::definition::Definition;
use super::doc_scores::DocScores;
use super::failure;
use super::found_hits::FoundHits;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::partial::{BucketBest, Partial};
use super::source::{MixedNumbers, check_classes};
use crate::Error;
use crate::collect::{BucketHits, SegmentBucketHits};
use crate::json::{Node, ParseError};
use crate::memory::Reservation;
use crate::nested::ScopeDocuments;
use crate::places::Places;
use crate::plan::{Planner, ValueClass};
use crate::request::{FetchOptions, NumericType, Parser, Sort, SortBy, is_by_score};
use crate::scores::Scores;

const WHAT: &str = "[top_hits] aggregation";

/// Hits where the request does not say how many.
const DEFAULT_SIZE: usize = 3;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let (from, size) = (fields.optional("from", Node::count)?, fields.optional("size", Node::count)?);
    let sort = fields.optional("sort", |node| Sort::parse_list(node, parser))?.unwrap_or_default();
    let track_scores = fields.optional("track_scores", Node::boolean)?.unwrap_or(false);
    let options = FetchOptions::take(&mut fields, parser)?;
    fields.finish(WHAT)?;
    Ok(Box::new(TopHitsDefinition {
        from: from.unwrap_or(0),
        size: size.unwrap_or(DEFAULT_SIZE),
        max_window: parser.limits.max_inner_result_window,
        sort,
        track_scores: if track_scores { Scores::Needed } else { Scores::Ignored },
        explain: options.explain,
        number: parser.top_hits(options),
    }))
}

struct TopHitsDefinition {
    from: usize,
    size: usize,
    /// The greatest `from + size`.
    max_window: usize,
    /// Empty sorts by score.
    sort: Vec<Sort>,
    track_scores: Scores,
    explain: bool,
    /// Its number among those of the request.
    number: usize,
}

impl Definition for TopHitsDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let window = self.from.saturating_add(self.size);
        if window > self.max_window {
            return Err(failure::argument(format!(
                "Top hits result window is too large, the top hits aggregator [{name}]'s from + size must be less than \
                 or equal to: [{}] but was [{window}]",
                self.max_window
            )));
        }
        if window == 0 {
            return Err(failure::argument(format!("[size] of the aggregation [{name}] must be greater than 0")));
        }
        let best = BucketHits::plan(&self.sort_across(planner, name)?, self.track_scores, window, planner)?;
        // Announces now what the places of the hits depend on, so that fetching them does not wait for it.
        Places::plan_of_objects(planner);
        Ok(Box::new(TopHits { number: self.number, from: self.from, best, roots: planner.roots_of_objects() }))
    }

    fn hits(&self) -> Option<usize> {
        Some(self.number)
    }

    fn scores(&self) -> Scores {
        let reads_scores = is_by_score(&self.sort) || self.explain || self.sort.iter().any(Sort::reads_scores);
        if reads_scores { Scores::Needed } else { self.track_scores }
    }
}

impl TopHitsDefinition {
    /// The sort as it compares in all indices: by a field that has floats in some of them, by floats.
    fn sort_across(&self, planner: &Planner<'_>, name: &str) -> Result<Vec<Sort>, Error> {
        let mut sort = self.sort.clone();
        for level in &mut sort {
            let SortBy::Field(field) = &mut level.by else { continue };
            check_classes(planner, name, &field.name, MixedNumbers::Merge)?;
            let classes = planner.mappings.classes(&field.name);
            if field.numeric_type.is_none() && classes.len() > 1 && classes.contains(&ValueClass::Floats) {
                field.numeric_type = Some(NumericType::Double);
            }
        }
        Ok(sort)
    }
}

struct TopHits {
    number: usize,
    from: usize,
    best: BucketHits,
    /// The documents of the index, if the hits are nested objects.
    roots: Option<ScopeDocuments>,
}

fn into_best(partial: Partial) -> BucketBest {
    match partial {
        Partial::Hits(found) => *found,
        _ => unreachable!("not hits"),
    }
}

impl Aggregation for TopHits {
    fn type_name(&self) -> &'static str {
        "top_hits"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentTopHits {
            best: self.best.open(opening.segment, opening.memory.reservation())?,
            scores: opening.scores_of(self.roots.as_ref())?,
            counts: Vec::new(),
            reservation: opening.memory.reservation(),
        }))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let all: Vec<BucketBest> = partials.into_iter().map(into_best).collect();
        let documents = all.iter().map(|found| found.documents).sum();
        let best = self.best.merge(all.into_iter().map(|found| found.best));
        Partial::Hits(Box::new(BucketBest { documents, best }))
    }

    fn metric(&self, _: &[&str]) -> Result<Metric, MetricError> {
        Err(MetricError::Buckets)
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Answer<'_>, Error> {
        let BucketBest { documents, best } = into_best(partial);
        let hits = best.hits.into_iter().skip(self.from).collect();
        Ok(Answer {
            shown: Map::new(),
            content: Content::Hits(Box::new(FoundHits {
                number: self.number,
                documents,
                max_score: best.max_score,
                hits,
                order: self.best.shown_order(),
                scores: self.best.hit_scores(),
            })),
        })
    }
}

struct SegmentTopHits<'a> {
    best: SegmentBucketHits<'a>,
    scores: DocScores,
    counts: Vec<u64>,
    reservation: Reservation,
}

impl SegmentAggregation for SegmentTopHits<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let SegmentTopHits { best, scores, counts, reservation } = self;
        let parents = batch.parents();
        if counts.len() < parents {
            reservation.reach(parents * size_of::<u64>())?;
            counts.resize(parents, 0);
        }
        scores.for_each(batch, |position, score| {
            let bucket = batch.buckets[position];
            counts[bucket as usize] += 1;
            best.offer(bucket, batch.docs[position], score)
        })
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.reservation.reach(parents.saturating_mul(size_of::<u64>() + size_of::<BucketBest>()))?;
        self.counts.resize(parents, 0);
        let found = self.best.finish(parents)?.into_iter().zip(self.counts);
        Ok(found.map(|(best, documents)| Partial::Hits(Box::new(BucketBest { documents, best }))).collect())
    }
}
