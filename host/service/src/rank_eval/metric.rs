//! Metrics of how well a search ranks documents.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};

use super::RatedRequest;
use super::json::{document_json, integer, mistake, optional_integer};
use crate::error::ApiError;

/// A metric with its options. `k` is how many hits count.
pub(crate) struct Metric {
    k: i32,
    kind: MetricKind,
}

enum MetricKind {
    /// How many of the hits are relevant.
    Precision { threshold: i32, unrated: Unrated },
    /// How many of the relevant documents are hits.
    Recall { threshold: i32 },
    /// One, divided by the place of the first relevant hit.
    ReciprocalRank { threshold: i32 },
    /// The ratings, which count less from place to place.
    CumulativeGain { ideal: Ideal, default_rating: Option<i32> },
    /// One, divided by the place at which a user would stop.
    ExpectedReciprocalRank { max_relevance: i32, default_rating: Option<i32> },
}

/// How hits without a rating count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unrated {
    Irrelevant,
    LeftOut,
}

/// Whether a gain is divided by that of the best order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ideal {
    Divides,
    Unknown,
}

/// A hit, as the response shows it.
pub(crate) struct RatedHit {
    pub(crate) index: String,
    pub(crate) id: String,
    pub(crate) hit: Json,
    pub(crate) rating: Option<i32>,
}

/// What a metric says about a search.
pub(crate) struct Evaluation {
    pub(crate) score: f64,
    pub(crate) json: Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrecisionOptions {
    #[serde(default = "ten", deserialize_with = "integer")]
    k: i32,
    #[serde(default = "one", deserialize_with = "integer")]
    relevant_rating_threshold: i32,
    #[serde(default)]
    ignore_unlabeled: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecallOptions {
    #[serde(default = "ten", deserialize_with = "integer")]
    k: i32,
    #[serde(default = "one", deserialize_with = "integer")]
    relevant_rating_threshold: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GainOptions {
    #[serde(default = "ten", deserialize_with = "integer")]
    k: i32,
    #[serde(default)]
    normalize: bool,
    #[serde(default, deserialize_with = "optional_integer")]
    unknown_doc_rating: Option<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedRankOptions {
    #[serde(default = "ten", deserialize_with = "integer")]
    k: i32,
    #[serde(deserialize_with = "integer")]
    maximum_relevance: i32,
    #[serde(default, deserialize_with = "optional_integer")]
    unknown_doc_rating: Option<i32>,
}

fn ten() -> i32 {
    10
}

fn one() -> i32 {
    1
}

impl Metric {
    /// Parses `{"precision": {"k": 10}}`.
    pub(super) fn parse(metric: Map<String, Json>) -> Result<Self, ApiError> {
        let mut metrics = metric.into_iter();
        let (Some((name, options)), None) = (metrics.next(), metrics.next()) else {
            return Err(ApiError::object("[metric] must be an object with one metric"));
        };
        let (k, kind) = match name.as_str() {
            "precision" => {
                let options: PrecisionOptions = parsed(&name, options)?;
                let unrated = if options.ignore_unlabeled { Unrated::LeftOut } else { Unrated::Irrelevant };
                let threshold = positive(&name, options.k, options.relevant_rating_threshold)?;
                (options.k, MetricKind::Precision { threshold, unrated })
            }
            "recall" | "mean_reciprocal_rank" => {
                let options: RecallOptions = parsed(&name, options)?;
                let threshold = positive(&name, options.k, options.relevant_rating_threshold)?;
                let is_recall = name == "recall";
                let kind =
                    if is_recall { MetricKind::Recall { threshold } } else { MetricKind::ReciprocalRank { threshold } };
                (options.k, kind)
            }
            "dcg" => {
                let options: GainOptions = parsed(&name, options)?;
                let ideal = if options.normalize { Ideal::Divides } else { Ideal::Unknown };
                (options.k, MetricKind::CumulativeGain { ideal, default_rating: options.unknown_doc_rating })
            }
            "expected_reciprocal_rank" => {
                let options: ExpectedRankOptions = parsed(&name, options)?;
                let (max_relevance, default_rating) = (options.maximum_relevance, options.unknown_doc_rating);
                (options.k, MetricKind::ExpectedReciprocalRank { max_relevance, default_rating })
            }
            _ => {
                return Err(ApiError::object(format!(
                    "unknown metric [{name}], expected [precision], [recall], [mean_reciprocal_rank], [dcg] or \
                     [expected_reciprocal_rank]"
                )));
            }
        };
        Ok(Metric { k, kind })
    }

    /// How many hits count.
    pub(crate) fn k(&self) -> i32 {
        self.k
    }

    /// Evaluates the hits of a search.
    pub(crate) fn evaluate(&self, request: &RatedRequest, hits: Vec<RatedHit>) -> Evaluation {
        let ratings: Vec<Option<i32>> = hits.iter().map(|hit| hit.rating).collect();
        let unrated: Vec<Json> =
            hits.iter().filter(|hit| hit.rating.is_none()).map(|hit| document_json(&hit.index, &hit.id)).collect();
        let (score, details) = self.kind.score(&ratings, request.ratings());
        let hits: Vec<Json> =
            hits.into_iter().map(|RatedHit { hit, rating, .. }| json!({ "hit": hit, "rating": rating })).collect();
        let json = json!({
            "metric_score": score,
            "unrated_docs": unrated,
            "hits": hits,
            "metric_details": { (self.kind.name()): details },
        });
        Evaluation { score, json }
    }
}

impl MetricKind {
    fn name(&self) -> &'static str {
        match self {
            MetricKind::Precision { .. } => "precision",
            MetricKind::Recall { .. } => "recall",
            MetricKind::ReciprocalRank { .. } => "mean_reciprocal_rank",
            MetricKind::CumulativeGain { .. } => "dcg",
            MetricKind::ExpectedReciprocalRank { .. } => "expected_reciprocal_rank",
        }
    }

    /// The score, and how it was computed, for the ratings of the hits and those of all rated documents.
    fn score(&self, hits: &[Option<i32>], rated: impl Iterator<Item = i32>) -> (f64, Json) {
        let relevant = |threshold: i32| hits.iter().flatten().filter(|rating| **rating >= threshold).count();
        match *self {
            MetricKind::Precision { threshold, unrated } => {
                let retrieved = match unrated {
                    Unrated::Irrelevant => hits.len(),
                    Unrated::LeftOut => hits.iter().flatten().count(),
                };
                let relevant = relevant(threshold);
                let details = json!({ "relevant_docs_retrieved": relevant, "docs_retrieved": retrieved });
                (ratio(relevant, retrieved), details)
            }
            MetricKind::Recall { threshold } => {
                let (found, all) = (relevant(threshold), rated.filter(|rating| *rating >= threshold).count());
                (ratio(found, all), json!({ "relevant_docs_retrieved": found, "relevant_docs": all }))
            }
            MetricKind::ReciprocalRank { threshold } => {
                let place = hits.iter().position(|rating| rating.is_some_and(|rating| rating >= threshold));
                match place {
                    Some(place) => (1.0 / (place + 1) as f64, json!({ "first_relevant": place + 1 })),
                    None => (0.0, json!({ "first_relevant": -1 })),
                }
            }
            MetricKind::CumulativeGain { ideal, default_rating } => {
                let unrated = hits.iter().filter(|rating| rating.is_none()).count();
                let gain = cumulative_gain(hits.iter().map(|rating| rating.or(default_rating)));
                let mut details = json!({ "dcg": gain, "unrated_docs": unrated });
                if ideal == Ideal::Unknown {
                    return (gain, details);
                }
                let mut best: Vec<i32> = rated.collect();
                best.sort_unstable_by(|a, b| b.cmp(a));
                let ideal = cumulative_gain(best.into_iter().take(hits.len()).map(Some));
                if ideal == 0.0 {
                    return (0.0, details);
                }
                details["ideal_dcg"] = ideal.into();
                details["normalized_dcg"] = (gain / ideal).into();
                (gain / ideal, details)
            }
            MetricKind::ExpectedReciprocalRank { max_relevance, default_rating } => {
                let unrated = hits.iter().filter(|rating| rating.is_none()).count();
                let (mut continues, mut score) = (1.0, 0.0);
                for (place, rating) in hits.iter().enumerate() {
                    if let Some(rating) = rating.or(default_rating) {
                        let stops = (f64::from(rating).exp2() - 1.0) / f64::from(max_relevance).exp2();
                        score += continues * stops / (place + 1) as f64;
                        continues *= 1.0 - stops;
                    }
                }
                (score, json!({ "unrated_docs": unrated }))
            }
        }
    }
}

/// The ratings, each divided by the logarithm of its place.
fn cumulative_gain(ratings: impl Iterator<Item = Option<i32>>) -> f64 {
    let gain = |(place, rating): (usize, Option<i32>)| {
        rating.map_or(0.0, |rating| (f64::from(rating).exp2() - 1.0) / ((place + 2) as f64).log2())
    };
    ratings.enumerate().map(gain).sum()
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn parsed<T: DeserializeOwned>(name: &str, options: Json) -> Result<T, ApiError> {
    T::deserialize(options).map_err(|error| mistake(name, &error))
}

/// The threshold, if both numbers can be used.
fn positive(name: &str, k: i32, threshold: i32) -> Result<i32, ApiError> {
    if k <= 0 {
        return Err(ApiError::object(format!("[{name}] [k] must be positive, but is [{k}]")));
    }
    if threshold < 0 {
        let reason = format!("[{name}] [relevant_rating_threshold] must not be negative, but is [{threshold}]");
        return Err(ApiError::object(reason));
    }
    Ok(threshold)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(metric: Json, hits: &[Option<i32>], rated: &[i32]) -> f64 {
        let Json::Object(metric) = metric else { panic!("an object") };
        let metric = Metric::parse(metric).expect("valid");
        metric.kind.score(hits, rated.iter().copied()).0
    }

    #[test]
    fn metrics_are_computed_from_ratings() {
        let hits = [Some(3), None, Some(1), None, None];
        let rated = [3, 1, 2];
        let close = |one: f64, other: f64| assert!((one - other).abs() < 1e-12, "{one} {other}");
        close(score(json!({ "precision": {} }), &hits, &rated), 0.4);
        close(score(json!({ "precision": { "ignore_unlabeled": true } }), &hits, &rated), 1.0);
        close(score(json!({ "recall": {} }), &hits, &rated), 2.0 / 3.0);
        close(score(json!({ "mean_reciprocal_rank": { "relevant_rating_threshold": 1 } }), &hits[1..], &rated), 0.5);
        close(score(json!({ "dcg": {} }), &hits, &rated), 7.5);
        close(score(json!({ "dcg": { "unknown_doc_rating": 1 } }), &hits, &rated), 8.948_459_118_879_393);
        close(score(json!({ "dcg": { "normalize": true } }), &hits[..3], &rated), 0.798_484_858_099_497_7);
        let expected = json!({ "expected_reciprocal_rank": { "maximum_relevance": 3 } });
        close(score(expected, &hits, &rated), 0.880_208_333_333_333_4);
    }

    #[test]
    fn nothing_rated_scores_nothing() {
        for metric in ["precision", "recall", "mean_reciprocal_rank", "dcg"] {
            assert_eq!(score(json!({ (metric): {} }), &[], &[]), 0.0, "{metric}");
        }
    }
}
