//! The pipelines of one level: where they may stand, what they read, and in which order they run.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::super::definition::Layout;
use super::buckets_path::BucketsPath;
use super::parsed::{Around, Parsed, invalid};
use super::pipeline::{Label, Pipeline};
use crate::json::{Node, ParseError};

/// A pipeline of one level, as it was declared.
pub(in super::super) struct Declared {
    pipeline: Pipeline,
    paths: Vec<BucketsPath>,
    around: Around,
}

impl Declared {
    pub(in super::super) fn new(name: &str, meta: Option<Map<String, Json>>, parsed: Parsed) -> Self {
        let label = Arc::new(Label { name: name.to_owned(), meta });
        let Parsed { body, paths, around } = parsed;
        Declared { pipeline: Pipeline { label, body }, paths, around }
    }

    pub(in super::super) fn name(&self) -> &str {
        &self.pipeline.label.name
    }
}

/// The aggregations of one level, as far as pipelines are concerned.
pub(in super::super) trait Siblings {
    /// What buckets an aggregation of this level has; `None` if the name is unknown.
    fn layout(&self, name: &str) -> Option<Layout>;

    /// Whether steps lead to an aggregation or a pipeline inside of one of this level.
    fn has_inside(&self, name: &str, inner: &[&str]) -> bool;
}

/// Checks the pipelines of a level, and sorts them so that each runs after those that it reads. `node` is the level; `around` is
/// the layout of the aggregation around it, if there is one.
pub(in super::super) fn sorted(
    declared: Vec<Declared>,
    node: &Node<'_>,
    siblings: &dyn Siblings,
    around: Option<Layout>,
) -> Result<Arc<[Pipeline]>, ParseError> {
    if declared.is_empty() {
        return Ok(Arc::from([]));
    }
    let level = Level { declared: &declared, node, siblings };
    let mut order = Order { states: vec![State::Waiting; declared.len()], sorted: Vec::with_capacity(declared.len()) };
    for index in 0..declared.len() {
        level.visit(index, &mut order)?;
    }
    for pipeline in &declared {
        level.check_place(pipeline, around)?;
    }
    Ok(order.sorted.into_iter().map(|index| declared[index].pipeline.clone()).collect())
}

struct Level<'a> {
    declared: &'a [Declared],
    node: &'a Node<'a>,
    siblings: &'a dyn Siblings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    /// Those that it reads are being sorted.
    Visited,
    Sorted,
}

struct Order {
    states: Vec<State>,
    sorted: Vec<usize>,
}

impl Level<'_> {
    /// Sorts a pipeline in after those that it reads. Paths are short and pipelines few, so that this does not recurse deeply: at
    /// most as many levels as a request may have aggregations.
    fn visit(&self, index: usize, order: &mut Order) -> Result<(), ParseError> {
        let pipeline = &self.declared[index];
        match order.states[index] {
            State::Sorted => return Ok(()),
            State::Visited => {
                let reason = format!("the pipeline aggregation [{}] reads itself", pipeline.name());
                return Err(invalid(self.node, reason));
            }
            State::Waiting => order.states[index] = State::Visited,
        }
        for path in &pipeline.paths {
            if let Some(other) = self.read_pipeline(path)? {
                self.visit(other, order)?;
            }
        }
        order.states[index] = State::Sorted;
        order.sorted.push(index);
        Ok(())
    }

    /// The pipeline of this level that a path leads to; `None` if it leads elsewhere.
    fn read_pipeline(&self, path: &BucketsPath) -> Result<Option<usize>, ParseError> {
        let names: Vec<&str> = path.elements.iter().map(|element| element.name.as_str()).collect();
        let [first, inner @ ..] = &names[..] else { return Ok(None) };
        if path.is_of_bucket() {
            return Ok(None);
        }
        if self.siblings.layout(first).is_some() {
            let inner = match inner {
                [rest @ .., "_count" | "_key"] => rest,
                inner => inner,
            };
            if inner.is_empty() || self.siblings.has_inside(first, inner) {
                return Ok(None);
            }
            let reason = format!("no aggregation [{}] found for the path [{}]", inner.join(">"), path.text);
            return Err(invalid(self.node, reason));
        }
        let found = self.declared.iter().position(|declared| declared.name() == *first);
        let reason = || format!("no aggregation found for the path [{}]", path.text);
        found.map(Some).ok_or_else(|| invalid(self.node, reason()))
    }

    fn check_place(&self, declared: &Declared, around: Option<Layout>) -> Result<(), ParseError> {
        let name = declared.name();
        let reason = match (declared.around, around) {
            (Around::BucketsBeside, _) => {
                let first = declared.paths.first().and_then(|path| path.elements.first());
                let layout = first.filter(|first| first.key.is_none() || declared.paths[0].elements.len() == 1);
                match layout.and_then(|first| self.siblings.layout(&first.name)) {
                    Some(Layout::Many | Layout::Sequence { .. }) => return Ok(()),
                    _ => format!(
                        "the path of the pipeline aggregation [{name}] must begin with an aggregation next to it that has \
                         several buckets"
                    ),
                }
            }
            (Around::Buckets, Some(Layout::Many | Layout::Pages | Layout::Sequence { .. })) => return Ok(()),
            (Around::Sequence, Some(Layout::Sequence { min_doc_count: 0 })) => return Ok(()),
            (Around::Sequence, Some(Layout::Sequence { .. })) => {
                format!("the histogram around the pipeline aggregation [{name}] must have [min_doc_count] 0")
            }
            (Around::Sequence, _) => {
                format!(
                    "the pipeline aggregation [{name}] must be inside of a histogram, date_histogram or auto_date_histogram"
                )
            }
            (Around::Buckets, _) => {
                format!("the pipeline aggregation [{name}] must be inside of an aggregation with several buckets")
            }
        };
        Err(invalid(self.node, reason))
    }
}
