//! What a path leads to in a bucket.

use super::super::answer::{Answer, BucketAnswer, BucketAnswers, BucketKey, Content, NamedAnswer};
use super::super::failure;
use super::super::metric::MetricError;
use super::buckets_path::BucketsPath;
use super::gap_policy::GapPolicy;
use crate::Error;

/// Why there is no value.
enum NoValue {
    /// The bucket has no such aggregation, or no bucket with such a key.
    Missing,
    Mistake(Error),
}

/// Something that is not a number, as errors name it.
struct NoNumber(&'static str);

type Property = Result<f64, NoNumber>;

impl BucketsPath {
    /// The value in a bucket. `None` if the path leads nowhere in it; not a number if the bucket has a gap there.
    pub(super) fn value(&self, bucket: &BucketAnswer<'_>, gaps: GapPolicy) -> Result<Option<f64>, Error> {
        self.value_from(&self.steps(), bucket, gaps)
    }

    /// The same with the steps that are left of the path.
    pub(super) fn value_from(
        &self,
        steps: &[&str],
        bucket: &BucketAnswer<'_>,
        gaps: GapPolicy,
    ) -> Result<Option<f64>, Error> {
        let value = match of_bucket(bucket, steps) {
            Ok(Ok(value)) => value,
            Ok(Err(NoNumber(what))) => {
                return Err(failure::execution(format!(
                    "the path [{}] must lead to a number, but it leads to {what}",
                    self.text
                )));
            }
            Err(NoValue::Missing) => return Ok(None),
            Err(NoValue::Mistake(error)) => return Err(error),
        };
        // The number of documents is never a gap.
        let is_gap = !value.is_finite() || (bucket.count == 0 && steps != ["_count"]);
        Ok(Some(match (is_gap, gaps) {
            (false, _) => value,
            (true, GapPolicy::InsertZeros) => 0.0,
            (true, GapPolicy::Skip) => f64::NAN,
        }))
    }
}

fn of_bucket(bucket: &BucketAnswer<'_>, steps: &[&str]) -> Result<Property, NoValue> {
    match steps {
        [] => Ok(Err(NoNumber("a bucket"))),
        ["_count"] => Ok(Ok(bucket.count as f64)),
        ["_key"] => Ok(match bucket.key {
            BucketKey::Number(number) => Ok(number),
            BucketKey::Date(_) => Err(NoNumber("a date")),
            BucketKey::Text(_) => Err(NoNumber("a text")),
            BucketKey::Rank(_) => Err(NoNumber("several values")),
            BucketKey::None => Err(NoNumber("nothing")),
        }),
        [name, rest @ ..] => of_named(&bucket.inner, name, rest),
    }
}

fn of_named(inner: &[NamedAnswer<'_>], name: &str, rest: &[&str]) -> Result<Property, NoValue> {
    let found = inner.iter().find(|named| named.name == name).ok_or(NoValue::Missing)?;
    of_answer(&found.answer, name, rest)
}

fn of_answer(answer: &Answer<'_>, name: &str, steps: &[&str]) -> Result<Property, NoValue> {
    match &answer.content {
        Content::Figures(figures) => figures.of(steps).map(Ok).map_err(|error| NoValue::Mistake(mistake(name, &error))),
        Content::Hits(_) => Ok(Err(NoNumber("documents"))),
        Content::Bucket { count, inner } => match steps {
            [] => Ok(Err(NoNumber("a bucket"))),
            ["_count"] => Ok(Ok(*count as f64)),
            [name, rest @ ..] => of_named(inner, name, rest),
        },
        Content::Buckets(buckets) => of_buckets(buckets, steps),
    }
}

fn of_buckets(BucketAnswers { buckets, .. }: &BucketAnswers<'_>, steps: &[&str]) -> Result<Property, NoValue> {
    let [first, rest @ ..] = steps else { return Ok(Err(NoNumber("buckets"))) };
    if *first == "_bucket_count" {
        return Ok(Ok(buckets.len() as f64));
    }
    if let Some(key) = first.strip_prefix('\'').and_then(|key| key.strip_suffix('\'')) {
        let bucket = buckets.iter().find(|bucket| bucket.name() == key).ok_or(NoValue::Missing)?;
        return of_bucket(bucket, rest);
    }
    for bucket in buckets {
        _ = of_bucket(bucket, steps)?;
    }
    Ok(Err(NoNumber("a value of each of several buckets")))
}

fn mistake(name: &str, error: &MetricError) -> Error {
    let reason = format!("a path leads to [{name}]: {error}");
    match error {
        MetricError::NoSuchValue(_) => failure::argument(reason),
        _ => failure::execution(reason),
    }
}
