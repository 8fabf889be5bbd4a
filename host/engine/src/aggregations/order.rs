//! The order of buckets.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::failure;
use super::metric::Metric;
use super::nodes::Nodes;
use super::partial::Partial;
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::request::Direction;

/// The levels of an `order`, as they are parsed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OrderRequest(Vec<(By, Direction)>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    Count,
    Key,
    /// A path to a value of the aggregations inside, such as `sizes.max` or `large>price`.
    Path(String),
}

impl OrderRequest {
    /// Most documents first.
    pub(super) fn by_count() -> Self {
        OrderRequest(vec![(By::Count, Direction::Descending)])
    }

    /// Fewest documents first.
    pub(super) fn by_rarity() -> Self {
        OrderRequest(vec![(By::Count, Direction::Ascending)])
    }

    /// Smallest key first.
    pub(super) fn by_key() -> Self {
        OrderRequest(vec![(By::Key, Direction::Ascending)])
    }

    /// Parses `{"_count": "desc"}`, or a list of such objects.
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        // The mistake itself is the root cause, as far as clients tell.
        Self::parse_levels(node).map_err(|error| error.inside(ErrorKind::Object))
    }

    fn parse_levels(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut levels = Vec::new();
        for item in node.items() {
            let keys = item.map()?.keys();
            for key in keys {
                let Some(direction) = item.child(key) else { continue };
                let by = match key.as_str() {
                    "_count" => By::Count,
                    "_key" | "_term" | "_time" => By::Key,
                    path => By::Path(path.to_owned()),
                };
                levels.push((by, parse_direction(&direction)?));
            }
        }
        if levels.is_empty() {
            return Err(node.error("[order] must have at least one key"));
        }
        Ok(OrderRequest(levels))
    }

    pub(super) fn plan(&self, aggregation: &str, inner: &Nodes) -> Result<Order, Error> {
        let mut levels = Vec::with_capacity(self.0.len() + 1);
        for (by, direction) in &self.0 {
            let level = match by {
                By::Count => Level::Count,
                By::Key => Level::Key,
                By::Path(path) => {
                    let (index, metric) = inner.metric(&steps(path)).map_err(|error| {
                        failure::execution(format!(
                            "[order] of aggregation [{aggregation}]: invalid path [{path}]: {error}"
                        ))
                    })?;
                    let of_nothing = metric.of(&inner.0[index].aggregation.merge(Vec::new()));
                    Level::Metric { index, metric, of_nothing }
                }
            };
            levels.push((level, *direction));
        }
        // Keys are distinct, so that every order is total.
        levels.push((Level::Key, Direction::Ascending));
        Ok(Order(levels))
    }
}

pub(super) fn parse_direction(node: &Node<'_>) -> Result<Direction, ParseError> {
    match node.json() {
        Json::String(text) if text.eq_ignore_ascii_case("asc") => Ok(Direction::Ascending),
        Json::String(text) if text.eq_ignore_ascii_case("desc") => Ok(Direction::Descending),
        other => Err(node.error(format!("[order] must be [asc] or [desc], got [{other}]"))),
    }
}

/// `a>b.c` and `a>b[c]` are the steps a, b, c.
fn steps(path: &str) -> Vec<&str> {
    let mut steps: Vec<&str> = path.split('>').collect();
    if let Some(last) = steps.pop() {
        match last.strip_suffix(']').and_then(|last| last.rsplit_once('[')).or_else(|| last.rsplit_once('.')) {
            Some((name, value)) => steps.extend([name, value]),
            None => steps.push(last),
        }
    }
    steps
}

/// An order, checked against the aggregations inside.
pub(super) struct Order(Vec<(Level, Direction)>);

enum Level {
    Count,
    Key,
    /// A value of one of the aggregations inside.
    Metric {
        index: usize,
        metric: Metric,
        /// The value without documents.
        of_nothing: f64,
    },
}

impl Order {
    /// Whether buckets with most documents come first, and then those with the smallest key.
    pub(super) fn is_by_count(&self) -> bool {
        matches!(self.0.first(), Some((Level::Count, Direction::Descending)))
            && matches!(self.0.get(1), Some((Level::Key, Direction::Ascending)))
    }

    pub(super) fn is_by_key(&self) -> bool {
        matches!(self.0.first(), Some((Level::Key, _)))
    }

    /// Sorts buckets, given by their positions, and keeps the first `size`. The last ones may have no results inside, if they
    /// have no documents.
    pub(super) fn sort(
        &self,
        positions: &mut Vec<u32>,
        size: usize,
        counts: &[u64],
        inner: &[Vec<Partial>],
        compare_keys: &dyn Fn(usize, usize) -> Ordering,
    ) {
        // Values are computed once for each bucket.
        let metric = |(level, _): &(Level, Direction)| match level {
            Level::Metric { index, metric, of_nothing } => {
                let mut values: Vec<f64> = inner[*index].iter().map(|partial| metric.of(partial)).collect();
                values.resize(counts.len(), *of_nothing);
                values
            }
            _ => Vec::new(),
        };
        let values: Vec<Vec<f64>> = self.0.iter().map(metric).collect();
        let compare = |a: &u32, b: &u32| {
            let (a, b) = (*a as usize, *b as usize);
            for ((level, direction), values) in self.0.iter().zip(&values) {
                let order = match level {
                    Level::Count => direction.apply(counts[a].cmp(&counts[b])),
                    Level::Key => direction.apply(compare_keys(a, b)),
                    Level::Metric { .. } => compare_values(values[a], values[b], *direction),
                };
                if order.is_ne() {
                    return order;
                }
            }
            Ordering::Equal
        };
        if size < positions.len() {
            positions.select_nth_unstable_by(size, compare);
            positions.truncate(size);
        }
        positions.sort_unstable_by(compare);
    }
}

/// What is not a number comes last in either direction.
fn compare_values(a: f64, b: f64, direction: Direction) -> Ordering {
    match (a.is_nan(), b.is_nan()) {
        (false, false) => direction.apply(a.total_cmp(&b)),
        (a, b) => a.cmp(&b),
    }
}

impl Direction {
    pub(super) fn apply(self, order: Ordering) -> Ordering {
        if self == Direction::Ascending { order } else { order.reverse() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_steps() {
        assert_eq!(steps("a"), ["a"]);
        assert_eq!(steps("a.max"), ["a", "max"]);
        assert_eq!(steps("a>b>c.d"), ["a", "b", "c", "d"]);
        assert_eq!(steps("a.b>c[99.9]"), ["a.b", "c", "99.9"]);
    }

    #[test]
    fn buckets_without_results_inside_have_the_value_of_nothing() {
        let metric = Metric::new(|partial| partial.count() as f64);
        let by_value = Level::Metric { index: 0, metric, of_nothing: 0.0 };
        let order = Order(vec![(by_value, Direction::Descending), (Level::Key, Direction::Ascending)]);
        let inner = [vec![Partial::Count(1), Partial::Count(2)]];
        let mut positions = vec![0, 1, 2, 3];
        order.sort(&mut positions, 4, &[1, 2, 0, 0], &inner, &|a, b| b.cmp(&a));
        assert_eq!(positions, [1, 0, 3, 2]);
    }

    #[test]
    fn nothing_comes_last_in_either_direction() {
        for direction in [Direction::Ascending, Direction::Descending] {
            assert_eq!(compare_values(f64::NAN, 1.0, direction), Ordering::Greater);
            assert_eq!(compare_values(1.0, f64::NAN, direction), Ordering::Less);
        }
        assert_eq!(compare_values(1.0, 2.0, Direction::Descending), Ordering::Greater);
    }
}
