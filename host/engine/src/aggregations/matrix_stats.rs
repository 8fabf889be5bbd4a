//! `matrix_stats`: how several fields are distributed, and how they depend on each other.

use serde_json::{Map, Value as Json};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::decimal_json::decimal_json;
use super::definition::Definition;
use super::failure;
use super::gathered::Repeats;
use super::kind::Kind;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::{Moments, Partial};
use super::reader::Reader;
use super::source::{Source, Taken};
use crate::Error;
use crate::json::{Case, ErrorKind, Node, ParseError, Words};
use crate::memory::Reservation;
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[matrix_stats] aggregation";

/// What of several values of a document counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Average,
    Min,
    Max,
    Median,
    Sum,
}

const MODES: Words<Mode> = Words {
    key: "mode",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[
        ("avg", Mode::Average),
        ("min", Mode::Min),
        ("max", Mode::Max),
        ("median", Mode::Median),
        ("sum", Mode::Sum),
    ],
};

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let list = fields.required_or(ErrorKind::Argument, "fields", WHAT)?;
    let mut names = list.items().map(|name| name.text().map(str::to_owned)).collect::<Result<Vec<_>, _>>()?;
    // The response lists them in this order.
    names.sort_unstable();
    names.dedup();
    let missing = fields.optional("missing", |node| node.map().cloned())?.unwrap_or_default();
    let mode = fields.optional("mode", |node| MODES.read(node))?.unwrap_or(Mode::Average);
    fields.finish(WHAT)?;
    let option = |name: String| {
        let missing = missing.get(&name).cloned();
        FieldOptions::new(name, missing)
    };
    Ok(Box::new(MatrixStatsDefinition { fields: names.into_iter().map(option).collect(), mode }))
}

struct MatrixStatsDefinition {
    fields: Vec<FieldOptions>,
    mode: Mode,
}

impl Definition for MatrixStatsDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let mut fields = Vec::with_capacity(self.fields.len());
        for options in &self.fields {
            let name = &options.field;
            let is_mapped = planner.computed(name).is_some()
                || planner.field(name).is_some()
                || planner.mappings.field(name).is_some();
            if !is_mapped {
                continue;
            }
            let source = Source::plan(planner, options, Taken::values("matrix_stats").unmapped_as(Kind::Float))?;
            if source.kind == Kind::Text {
                return Err(failure::execution(format!(
                    "field [{name}] is not a number, which the aggregation [matrix_stats] requires"
                )));
            }
            fields.push((name.clone(), source));
        }
        Ok(Box::new(MatrixStats { fields, mode: self.mode }))
    }
}

struct MatrixStats {
    fields: Vec<(String, Source)>,
    mode: Mode,
}

fn into_moments(partial: Partial) -> Moments {
    match partial {
        Partial::Moments(moments) => *moments,
        _ => unreachable!("not moments"),
    }
}

impl Aggregation for MatrixStats {
    fn type_name(&self) -> &'static str {
        "matrix_stats"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let open = |(_, source): &(String, Source)| Reader::open(source, opening.segment);
        Ok(Box::new(SegmentMatrixStats {
            readers: self.fields.iter().map(open).collect::<Result<_, _>>()?,
            mode: self.mode,
            moments: Vec::new(),
            columns: vec![Vec::new(); self.fields.len()],
            several: Vec::new(),
            reservation: opening.memory.reservation(),
        }))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let mut merged = Moments::new(self.fields.len());
        partials.into_iter().for_each(|partial| merged.merge(&into_moments(partial)));
        Partial::Moments(Box::new(merged))
    }

    fn metric(&self, _: &[&str]) -> Result<Metric, MetricError> {
        Err(MetricError::Buckets)
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Answer<'_>, Error> {
        let moments = into_moments(partial);
        let mut shown = Map::from_iter([("doc_count".to_owned(), moments.count().into())]);
        if moments.count() > 0 {
            let fields = (0..self.fields.len()).map(|field| Json::Object(self.field(field, &moments)));
            shown.insert("fields".to_owned(), fields.collect());
        }
        Ok(Answer::with_figures(shown, |path| Err(MetricError::NoSuchValue(path.join(".")))))
    }
}

impl MatrixStats {
    fn field(&self, field: usize, moments: &Moments) -> Map<String, Json> {
        let with_all = |figure: &dyn Fn(usize) -> f64| {
            let names = self.fields.iter().enumerate();
            Json::Object(names.map(|(other, (name, _))| (name.clone(), decimal_json(figure(other)))).collect())
        };
        Map::from_iter([
            ("name".to_owned(), self.fields[field].0.clone().into()),
            ("count".to_owned(), moments.count().into()),
            ("mean".to_owned(), decimal_json(moments.mean(field))),
            ("variance".to_owned(), decimal_json(moments.covariance(field, field))),
            ("skewness".to_owned(), decimal_json(moments.skewness(field))),
            ("kurtosis".to_owned(), decimal_json(moments.kurtosis(field))),
            ("covariance".to_owned(), with_all(&|other| moments.covariance(field, other))),
            ("correlation".to_owned(), with_all(&|other| moments.correlation(field, other))),
        ])
    }
}

struct SegmentMatrixStats {
    readers: Vec<Reader>,
    mode: Mode,
    /// By bucket.
    moments: Vec<Moments>,
    /// The value of each document of the batch, for each field.
    columns: Vec<Vec<Option<f64>>>,
    several: Vec<f64>,
    reservation: Reservation,
}

impl SegmentMatrixStats {
    /// Reads the values of a batch.
    fn read(&mut self, batch: Batch<'_>) {
        let SegmentMatrixStats { readers, mode, columns, several, .. } = self;
        for (reader, column) in readers.iter_mut().zip(columns) {
            column.clear();
            column.resize(batch.docs.len(), None);
            let numbers = reader.numbers(batch, Repeats::Keep);
            if numbers.is_one_each() {
                numbers.for_each(|position, value| column[position] = Some(value));
                continue;
            }
            let mut cursor = 0;
            for (position, place) in column.iter_mut().enumerate() {
                *place = match numbers.next_values(&mut cursor, position) {
                    [] => None,
                    [value] => Some(*value),
                    values => {
                        several.clear();
                        several.extend_from_slice(values);
                        Some(mode.of(several))
                    }
                };
            }
        }
    }
}

impl Mode {
    /// What counts of several values, which ascend.
    fn of(self, values: &[f64]) -> f64 {
        let (sum, middle) = (values.iter().sum::<f64>(), values.len() / 2);
        match self {
            Mode::Average => sum / values.len() as f64,
            Mode::Sum => sum,
            Mode::Min => values[0],
            Mode::Max => values[values.len() - 1],
            Mode::Median if values.len().is_multiple_of(2) => (values[middle - 1] + values[middle]) / 2.0,
            Mode::Median => values[middle],
        }
    }
}

impl SegmentAggregation for SegmentMatrixStats {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let (parents, width) = (batch.parents(), self.readers.len());
        if self.moments.len() < parents {
            self.reservation.reach(parents.saturating_mul(Moments::bytes_of(width)))?;
            self.moments.resize_with(parents, || Moments::new(width));
        }
        self.read(batch);
        let mut values = Vec::with_capacity(width);
        for (position, bucket) in batch.buckets.iter().enumerate() {
            values.clear();
            values.extend(self.columns.iter().map_while(|column| column[position]));
            // Only documents with a value in each field count.
            if values.len() == width && width > 0 {
                self.moments[*bucket as usize].add(&values);
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        let width = self.readers.len();
        self.reservation.reach(parents.saturating_mul(Moments::bytes_of(width)))?;
        self.moments.resize_with(parents, || Moments::new(width));
        Ok(self.moments.into_iter().map(|moments| Partial::Moments(Box::new(moments))).collect())
    }
}
