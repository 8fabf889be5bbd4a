//! `field_value_factor`: modifier(factor x value of a field).

use tantivy::{DocId, Score, SegmentReader};

use crate::Error;
use crate::columns::{ColumnError, ColumnSource, FloatReader};
use crate::json::{Case, ErrorKind, Node, ParseError, Words};
use crate::plan::Planner;
use crate::stages::{ScoreFunction, SegmentScoreFunction};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct FieldValueFactor {
    field: String,
    factor: f64,
    modifier: Modifier,
    missing: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Modifier {
    None,
    Log,
    Log1p,
    Log2p,
    Ln,
    Ln1p,
    Ln2p,
    Square,
    Sqrt,
    Reciprocal,
}

impl FieldValueFactor {
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let parsed = FieldValueFactor {
            field: fields.required("field", "[field_value_factor]")?.text()?.to_owned(),
            factor: fields.nullable("factor", Node::number)?.unwrap_or(1.0),
            modifier: fields.optional("modifier", |node| MODIFIERS.read(node))?.unwrap_or(Modifier::None),
            missing: fields.nullable("missing", Node::number)?,
        };
        fields.finish("[field_value_factor]")?;
        Ok(parsed)
    }

    /// A short text for it in explanations.
    pub(super) fn description(&self) -> String {
        let FieldValueFactor { field, factor, modifier, missing } = self;
        let missing = missing.map_or_else(String::new, |missing| format!("?:{missing:?}"));
        let modifier = MODIFIERS.word(*modifier);
        format!("field value function: {modifier}(doc['{field}'].value{missing} * factor={factor:?})")
    }

    pub(super) fn plan(&self, planner: &Planner<'_>) -> Result<Box<dyn ScoreFunction>, Error> {
        let source = match planner.numbers(&self.field) {
            // Clients rely on this: if no document has the field, all have the value that is given for those without one.
            Err(ColumnError::UnknownField(_)) if self.missing.is_some() => None,
            found => Some(found?),
        };
        Ok(Box::new(PlannedFactor { parsed: self.clone(), source }))
    }

    /// The factor of a document. It must be a number, and not negative. An infinite factor becomes `max_boost`.
    fn apply(&self, value: Option<f64>) -> Result<f64, Error> {
        let Some(value) = value.or(self.missing) else {
            return Err(Error::Argument(format!(
                "missing value for field [{}] in [field_value_factor]: set [missing]",
                self.field
            )));
        };
        let factor = self.modifier.apply(self.factor * value);
        if factor >= 0.0 {
            return Ok(factor);
        }
        Err(Error::Argument(format!(
            "field value function must not produce negative scores or NaN, but got [{factor}] for field [{}] and value \
             [{value}]",
            self.field
        )))
    }
}

const MODIFIERS: Words<Modifier> = Words {
    key: "modifier",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[
        ("none", Modifier::None),
        ("log", Modifier::Log),
        ("log1p", Modifier::Log1p),
        ("log2p", Modifier::Log2p),
        ("ln", Modifier::Ln),
        ("ln1p", Modifier::Ln1p),
        ("ln2p", Modifier::Ln2p),
        ("square", Modifier::Square),
        ("sqrt", Modifier::Sqrt),
        ("reciprocal", Modifier::Reciprocal),
    ],
};

impl Modifier {
    fn apply(self, value: f64) -> f64 {
        match self {
            Modifier::None => value,
            Modifier::Log => value.log10(),
            Modifier::Log1p => (value + 1.0).log10(),
            Modifier::Log2p => (value + 2.0).log10(),
            Modifier::Ln => value.ln(),
            Modifier::Ln1p => value.ln_1p(),
            Modifier::Ln2p => (value + 2.0).ln(),
            Modifier::Square => value * value,
            Modifier::Sqrt => value.sqrt(),
            Modifier::Reciprocal => 1.0 / value,
        }
    }
}

struct PlannedFactor {
    parsed: FieldValueFactor,
    /// `None` if no document has the field.
    source: Option<ColumnSource>,
}

impl ScoreFunction for PlannedFactor {
    fn needs_scores(&self) -> bool {
        false
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentScoreFunction>, Error> {
        let values = self.source.as_ref().map(|source| FloatReader::open(source, segment)).transpose()?;
        Ok(Box::new(SegmentFactor { parsed: self.parsed.clone(), values }))
    }
}

struct SegmentFactor {
    parsed: FieldValueFactor,
    values: Option<FloatReader>,
}

impl SegmentScoreFunction for SegmentFactor {
    fn factors(&mut self, docs: &[DocId], _: &[Score], factors: &mut Vec<f64>) -> Result<(), Error> {
        factors.clear();
        let Some(values) = &mut self.values else {
            factors.resize(docs.len(), self.parsed.apply(None)?);
            return Ok(());
        };
        let values = values.gather(docs)?;
        for position in 0..docs.len() {
            // Of several values the smallest counts: they come sorted.
            let value = values.of(position).first().copied();
            factors.push(self.parsed.apply(value)?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modifiers() {
        let apply = |modifier: Modifier, value: f64| modifier.apply(value);
        assert_eq!(apply(Modifier::Log1p, 99.0), 2.0);
        assert_eq!(apply(Modifier::Log2p, 98.0), 2.0);
        assert_eq!(apply(Modifier::Square, 3.0), 9.0);
        assert_eq!(apply(Modifier::Reciprocal, 4.0), 0.25);
    }

    #[test]
    fn factors_may_be_infinite() {
        let json = serde_json::json!({"field": "f", "modifier": "reciprocal"});
        let factor = FieldValueFactor::parse(&Node::root(&json)).expect("valid");
        assert_eq!(factor.apply(Some(0.0)).expect("infinite"), f64::INFINITY);
    }

    #[test]
    fn missing_and_negative_are_errors() {
        let json = serde_json::json!({"field": "f", "modifier": "ln"});
        let factor = FieldValueFactor::parse(&Node::root(&json)).expect("valid");
        insta::assert_snapshot!(
            factor.apply(None).expect_err("missing"),
            @"missing value for field [f] in [field_value_factor]: set [missing]"
        );
        insta::assert_snapshot!(
            factor.apply(Some(0.5)).expect_err("negative"),
            @"field value function must not produce negative scores or NaN, but got [-0.6931471805599453] for field [f] and value [0.5]"
        );
    }
}
