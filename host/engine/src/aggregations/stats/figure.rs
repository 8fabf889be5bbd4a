//! Which figures of some values are shown, and how.

use serde_json::{Map, Value as Json};

use super::super::decimal_json::decimal_json;
use super::super::metric::MetricError;
use super::super::partial::Stats;
use super::super::value_format::ValueFormat;

/// Reads one figure.
pub(in super::super) type Reader = Box<dyn Fn(&Stats) -> f64 + Send + Sync>;

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Figure {
    Min,
    Max,
    Sum,
    Average,
    Stats,
    /// With bounds at `sigma` standard deviations around the average.
    Extended {
        sigma: f64,
    },
}

impl Figure {
    pub(in super::super) fn type_name(self) -> &'static str {
        match self {
            Figure::Min => "min",
            Figure::Max => "max",
            Figure::Sum => "sum",
            Figure::Average => "avg",
            Figure::Stats => "stats",
            Figure::Extended { .. } => "extended_stats",
        }
    }

    /// What the response shows.
    pub(in super::super) fn shown(self, stats: &Stats, format: &ValueFormat) -> Map<String, Json> {
        let present = |value: f64| (stats.count > 0).then_some(value);
        match self {
            Figure::Min => single_value(present(stats.min), format),
            Figure::Max => single_value(present(stats.max), format),
            Figure::Sum => single_value(Some(stats.sum.value()), format),
            Figure::Average => single_value(present(stats.average()), format),
            Figure::Stats => many_values(stats, format),
            Figure::Extended { sigma } => {
                let mut object = many_values(stats, format);
                add_extended(&mut object, stats, sigma, format);
                object
            }
        }
    }

    /// Reads the figure that a path leads to.
    pub(in super::super) fn reader(self, path: &[&str]) -> Result<Reader, MetricError> {
        let read: fn(&Stats) -> f64 = match self {
            Figure::Min => |stats| stats.min,
            Figure::Max => |stats| stats.max,
            Figure::Sum => |stats| stats.sum.value(),
            Figure::Average => Stats::average,
            Figure::Stats => return reader_of_many(path, None),
            Figure::Extended { sigma } => return reader_of_many(path, Some(sigma)),
        };
        match path {
            [] | ["value"] => Ok(Box::new(read)),
            [other, ..] => Err(MetricError::NoSuchValue((*other).to_owned())),
        }
    }
}

/// Reads one of the figures. `sigma` is for the bounds of extended figures.
fn reader_of_many(path: &[&str], sigma: Option<f64>) -> Result<Reader, MetricError> {
    let [name, ..] = path else { return Err(MetricError::Ambiguous) };
    Ok(match (*name, sigma) {
        ("count", _) => Box::new(|stats| stats.count as f64),
        ("min", _) => Box::new(|stats| stats.min),
        ("max", _) => Box::new(|stats| stats.max),
        ("avg", _) => Box::new(Stats::average),
        ("sum", _) => Box::new(|stats| stats.sum.value()),
        ("sum_of_squares", Some(_)) => Box::new(|stats| stats.sum_of_squares.value()),
        ("variance" | "variance_population", Some(_)) => Box::new(Stats::population_variance),
        ("variance_sampling", Some(_)) => Box::new(Stats::sampling_variance),
        ("std_deviation" | "std_deviation_population", Some(_)) => Box::new(|stats| stats.population_variance().sqrt()),
        ("std_deviation_sampling", Some(_)) => Box::new(|stats| stats.sampling_variance().sqrt()),
        ("std_upper", Some(sigma)) => {
            Box::new(move |stats| stats.average() + sigma * stats.population_variance().sqrt())
        }
        ("std_lower", Some(sigma)) => {
            Box::new(move |stats| stats.average() - sigma * stats.population_variance().sqrt())
        }
        (name, _) => return Err(MetricError::NoSuchValue(name.to_owned())),
    })
}

/// `value`, and `value_as_string` if the field has a format.
pub(in super::super) fn single_value(value: Option<f64>, format: &ValueFormat) -> Map<String, Json> {
    let mut object = Map::new();
    object.insert("value".to_owned(), value.map_or(Json::Null, decimal_json));
    if let Some(value) = value {
        format.add_text(&mut object, "value_as_string", value);
    }
    object
}

fn many_values(stats: &Stats, format: &ValueFormat) -> Map<String, Json> {
    let has_values = stats.count > 0;
    let figures = [("min", stats.min), ("max", stats.max), ("avg", stats.average()), ("sum", stats.sum.value())];
    let mut object = Map::new();
    object.insert("count".to_owned(), stats.count.into());
    for (name, value) in figures {
        let is_shown = has_values || name == "sum";
        object.insert(name.to_owned(), if is_shown { decimal_json(value) } else { Json::Null });
    }
    if has_values {
        for (name, value) in figures {
            if let Some(text) = format.figure(value) {
                object.insert(format!("{name}_as_string"), text);
            }
        }
    }
    object
}

fn add_extended(object: &mut Map<String, Json>, stats: &Stats, sigma: f64, format: &ValueFormat) {
    let has_values = stats.count > 0;
    let (population, sampling) = (stats.population_variance(), stats.sampling_variance());
    let figures = [
        ("sum_of_squares", stats.sum_of_squares.value()),
        ("variance", population),
        ("variance_population", population),
        ("variance_sampling", sampling),
        ("std_deviation", population.sqrt()),
        ("std_deviation_population", population.sqrt()),
        ("std_deviation_sampling", sampling.sqrt()),
    ];
    let average = stats.average();
    let (wide, narrow) = (sigma * population.sqrt(), sigma * sampling.sqrt());
    let bounds = [
        ("upper", average + wide),
        ("lower", average - wide),
        ("upper_population", average + wide),
        ("lower_population", average - wide),
        ("upper_sampling", average + narrow),
        ("lower_sampling", average - narrow),
    ];
    let json = |value: f64| if has_values { decimal_json(value) } else { Json::Null };
    for (name, value) in figures {
        object.insert(name.to_owned(), json(value));
    }
    let shown = bounds.iter().map(|(name, value)| ((*name).to_owned(), json(*value)));
    object.insert("std_deviation_bounds".to_owned(), Json::Object(shown.collect()));
    if !has_values || format.is_raw() {
        return;
    }
    // Clients expect the texts of deviations to be texts, even of booleans.
    let text = |name: &str, value: f64| match name {
        name if name.starts_with("std_deviation") => format.text(value).map(Json::String),
        _ => format.figure(value),
    };
    for (name, value) in figures {
        if let Some(text) = text(name, value) {
            object.insert(format!("{name}_as_string"), text);
        }
    }
    let texts = bounds.iter().filter_map(|(name, value)| Some(((*name).to_owned(), format.text(*value)?.into())));
    object.insert("std_deviation_bounds_as_string".to_owned(), Json::Object(texts.collect()));
}
