//! How the value of a feature becomes a score.

use quidditch_index::ScoreImpact;

use crate::json::{ErrorKind, Fields, Node, ParseError};

/// What errors call the query.
pub(super) const QUERY: &str = "[rank_feature] query";

/// What a request says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum CurveRequest {
    /// Without a pivot, it is about the average of all values.
    Saturation {
        pivot: Option<f32>,
    },
    Log {
        scaling_factor: f32,
    },
    Sigmoid {
        pivot: f32,
        exponent: f32,
    },
    Linear,
}

/// A function of the value that is kept, from 0 upwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Curve {
    /// `value / (value + pivot)`
    Saturation { pivot: f32 },
    /// `ln(scaling_factor + value)`
    Log { scaling_factor: f32 },
    /// `value^exponent / (value^exponent + pivot^exponent)`
    Sigmoid { pivot: f32, exponent: f32 },
    /// The value itself.
    Linear,
}

impl CurveRequest {
    /// Takes the only one of the functions that may be there.
    pub(super) fn take(fields: &mut Fields<'_>, node: &Node<'_>) -> Result<Self, ParseError> {
        let mut all = Vec::new();
        for (name, parse) in FUNCTIONS {
            if let Some(node) = fields.take(name) {
                all.push(parse(&node).map_err(|error| match error.kind {
                    ErrorKind::Argument => error.inside(ErrorKind::Object),
                    _ => error.of_kind(ErrorKind::Object),
                })?);
            }
        }
        match all[..] {
            [] => Ok(CurveRequest::Saturation { pivot: None }),
            [only] => Ok(only),
            _ => {
                let reason = format!("{QUERY} accepts only one of [log], [saturation], [sigmoid] and [linear]");
                Err(node.mistake(ErrorKind::Argument, reason).inside(ErrorKind::Object))
            }
        }
    }

    /// Checks the parameters for a field. Returns what is wrong.
    pub(super) fn check(self, impact: ScoreImpact) -> Result<(), String> {
        let positive = |name: &str, value: f32| {
            if value > 0.0 { Ok(()) } else { Err(format!("[{name}] must be > 0, got [{value}]")) }
        };
        match self {
            CurveRequest::Saturation { pivot } => pivot.map_or(Ok(()), |pivot| positive("pivot", pivot)),
            CurveRequest::Log { .. } if impact == ScoreImpact::Negative => {
                Err("Cannot use the [log] function with a field that has a negative score impact as it would trigger \
                     negative scores"
                    .to_owned())
            }
            CurveRequest::Log { scaling_factor } if scaling_factor < 1.0 => {
                Err(format!("[scaling_factor] must be >= 1, got [{scaling_factor}]"))
            }
            CurveRequest::Sigmoid { pivot, exponent } => {
                positive("pivot", pivot)?;
                positive("exponent", exponent)
            }
            CurveRequest::Log { .. } | CurveRequest::Linear => Ok(()),
        }
    }

    /// The function; `None` if it depends on all values. A pivot is compared with the values that are kept, which are the inverse ones
    /// where the impact is negative.
    pub(super) fn without_values(self) -> Option<Curve> {
        Some(match self {
            CurveRequest::Saturation { pivot } => Curve::Saturation { pivot: pivot? },
            CurveRequest::Log { scaling_factor } => Curve::Log { scaling_factor },
            CurveRequest::Sigmoid { pivot, exponent } => Curve::Sigmoid { pivot, exponent },
            CurveRequest::Linear => Curve::Linear,
        })
    }
}

type ParseFunction = fn(&Node<'_>) -> Result<CurveRequest, ParseError>;

const FUNCTIONS: [(&str, ParseFunction); 4] =
    [("saturation", saturation), ("log", log), ("sigmoid", sigmoid), ("linear", linear)];

fn saturation(node: &Node<'_>) -> Result<CurveRequest, ParseError> {
    let mut fields = node.fields()?;
    let pivot = fields.optional("pivot", Node::float)?;
    fields.finish("[saturation]")?;
    Ok(CurveRequest::Saturation { pivot })
}

fn log(node: &Node<'_>) -> Result<CurveRequest, ParseError> {
    let mut fields = node.fields()?;
    let scaling_factor = fields.optional("scaling_factor", Node::float)?;
    fields.finish("[log]")?;
    Ok(CurveRequest::Log { scaling_factor: required(node, "scaling_factor", scaling_factor)? })
}

fn sigmoid(node: &Node<'_>) -> Result<CurveRequest, ParseError> {
    let mut fields = node.fields()?;
    let (pivot, exponent) = (fields.optional("pivot", Node::float)?, fields.optional("exponent", Node::float)?);
    fields.finish("[sigmoid]")?;
    let (pivot, exponent) = (required(node, "pivot", pivot)?, required(node, "exponent", exponent)?);
    Ok(CurveRequest::Sigmoid { pivot, exponent })
}

fn linear(node: &Node<'_>) -> Result<CurveRequest, ParseError> {
    node.fields()?.finish("[linear]")?;
    Ok(CurveRequest::Linear)
}

fn required(node: &Node<'_>, key: &str, value: Option<f32>) -> Result<f32, ParseError> {
    value.ok_or_else(|| node.mistake(ErrorKind::Argument, format!("the function requires [{key}]")))
}

impl Curve {
    pub(super) fn score(self, value: f32) -> f64 {
        match self {
            // In this form, no value of 32 bits overflows.
            Curve::Saturation { pivot } => f64::from(1.0 - pivot / (value + pivot)),
            Curve::Log { scaling_factor } => f64::from(scaling_factor + value).ln(),
            Curve::Sigmoid { pivot, exponent } => {
                let power = |base: f32| f64::from(base).powf(f64::from(exponent));
                1.0 - power(pivot) / (power(value) + power(pivot))
            }
            Curve::Linear => f64::from(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_that_clients_know() {
        let score = |curve: Curve, value: f32| curve.score(value) as f32;
        assert_eq!(score(Curve::Saturation { pivot: 10.0 }, 20.0), 0.666_666_6);
        assert_eq!(score(Curve::Log { scaling_factor: 2.0 }, 8.0), std::f32::consts::LN_10);
        assert_eq!(score(Curve::Sigmoid { pivot: 7.0, exponent: 0.6 }, 8.0), 0.520_019);
        assert_eq!(score(Curve::Linear, 8.0), 8.0);
        for curve in [Curve::Saturation { pivot: f32::MIN_POSITIVE }, Curve::Sigmoid { pivot: 1.0, exponent: 30.0 }] {
            assert!(curve.score(f32::MAX) <= 1.0);
        }
    }
}
