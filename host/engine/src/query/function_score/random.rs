//! `random_score`: a number from 0 to 1 (without 1) for each document, the same for the same seed.

use std::hash::Hasher;

use tantivy::{DocId, Score, SegmentReader};

use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::Planner;
use crate::stages::{ScoreFunction, SegmentScoreFunction};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RandomScore {
    /// `None` takes another seed for each request.
    seed: Option<u64>,
}

impl RandomScore {
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let seed = fields.nullable("seed", |seed| match seed.json() {
            serde_json::Value::String(text) => Ok(hash(text.as_bytes())),
            json => json
                .as_i64()
                .map(|number| number as u64)
                .ok_or_else(|| seed.error("[seed] must be an integer or a string")),
        })?;
        if let Some(field) = fields.take("field")
            && !matches!(field.text()?, "_id" | "_seq_no")
        {
            return Err(field.error("[random_score] does not use a field: remove [field]"));
        }
        fields.finish("[random_score]")?;
        Ok(RandomScore { seed })
    }

    pub(super) fn plan(self, planner: &Planner<'_>) -> Result<Box<dyn ScoreFunction>, Error> {
        Ok(Box::new(PlannedRandom { seed: self.seed.unwrap_or(planner.now_millis as u64) }))
    }
}

struct PlannedRandom {
    seed: u64,
}

impl ScoreFunction for PlannedRandom {
    fn needs_scores(&self) -> bool {
        false
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentScoreFunction>, Error> {
        let segment = hash(segment.segment_id().uuid_string().as_bytes());
        Ok(Box::new(SegmentRandom { seed: self.seed ^ segment }))
    }
}

struct SegmentRandom {
    seed: u64,
}

impl SegmentScoreFunction for SegmentRandom {
    fn max_factor(&mut self, _: Score) -> Result<f64, Error> {
        Ok(1.0)
    }

    fn factors(&mut self, docs: &[DocId], _: &[Score], factors: &mut Vec<f64>) -> Result<(), Error> {
        factors.clear();
        factors.extend(docs.iter().map(|doc| unit(mix(self.seed ^ u64::from(*doc)))));
        Ok(())
    }
}

fn hash(bytes: &[u8]) -> u64 {
    // The default keys are fixed, so the same seed leads to the same order in every process.
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
fn mix(mut value: u64) -> u64 {
    value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The upper 24 bits as a fraction.
fn unit(bits: u64) -> f64 {
    // As many bits as a score has: more would be rounded, sometimes up to 1.
    (bits >> 40) as f64 / (1u64 << 24) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spread_over_the_unit_interval() {
        assert!((unit(u64::MAX) as f32) < 1.0);
        let numbers: Vec<f64> = (0..10_000).map(|doc| unit(mix(42 ^ doc))).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }
}
