//! Converts JSON to the numbers that a field can hold.

use std::ops::RangeInclusive;

use serde_json::Value as Json;

use super::half_float::half_float;
use super::number::Number;
use super::{Field, FieldKind};
use crate::excerpt::json_excerpt;
use crate::{InvalidValue, ValueError};

impl Field {
    pub(super) fn number(&self, json: &Json) -> Result<Number, ValueError> {
        Number::from_json(json).ok_or_else(|| self.error(InvalidValue::NotANumber(json_excerpt(json))))
    }

    /// The number of a document.
    ///
    /// # Errors
    /// If it is not one, or would have to be changed although the field does not allow that.
    pub(super) fn coerced(&self, json: &Json) -> Result<Number, ValueError> {
        let number = self.number(json)?;
        if !self.options.coerces && (json.is_string() || self.kind.is_integer() && number.has_fraction()) {
            return Err(self.error(InvalidValue::NeedsCoercion(json_excerpt(json))));
        }
        Ok(number)
    }

    /// An unsigned integer. A fraction between 0 and -1 counts as 0.
    pub(super) fn unsigned(&self, json: &Json, fraction: Fraction) -> Result<u64, ValueError> {
        let number = self.number(json)?;
        let is_changed = json.is_string() || number.has_fraction();
        if fraction == Fraction::CutOff && !self.options.coerces && is_changed {
            return Err(self.error(InvalidValue::NeedsCoercion(json_excerpt(json))));
        }
        number.unsigned.ok_or_else(|| self.error(InvalidValue::OutOfRange(json_excerpt(json))))
    }

    /// The number without its fraction.
    ///
    /// # Errors
    /// If the field's type cannot hold the number. A fraction counts: 2147483647.5 is beyond an `integer`.
    pub(super) fn integer(&self, json: &Json, number: Number) -> Result<i64, ValueError> {
        self.integer_within(json, number, self.limits())
    }

    /// The smallest and the largest value of the type.
    pub(super) fn limits(&self) -> RangeInclusive<f64> {
        match self.kind {
            FieldKind::Integer | FieldKind::TokenCount { .. } => f64::from(i32::MIN)..=f64::from(i32::MAX),
            FieldKind::Short => f64::from(i16::MIN)..=f64::from(i16::MAX),
            FieldKind::Byte => f64::from(i8::MIN)..=f64::from(i8::MAX),
            _ => f64::NEG_INFINITY..=f64::INFINITY,
        }
    }

    /// The smallest and the largest value in a query: clients expect that of `integer` for the smaller types.
    pub(super) fn query_limits(&self) -> RangeInclusive<f64> {
        match self.kind {
            FieldKind::Long => f64::NEG_INFINITY..=f64::INFINITY,
            _ => f64::from(i32::MIN)..=f64::from(i32::MAX),
        }
    }

    pub(super) fn integer_within(
        &self,
        json: &Json,
        number: Number,
        limits: RangeInclusive<f64>,
    ) -> Result<i64, ValueError> {
        let is_held = limits.contains(&number.float);
        number.whole.filter(|_| is_held).ok_or_else(|| self.error(InvalidValue::OutOfRange(json_excerpt(json))))
    }

    /// The number as it is stored in the field's columns.
    ///
    /// # Errors
    /// If the field's type cannot hold the number.
    pub(super) fn float(&self, json: &Json, number: Number) -> Result<f64, ValueError> {
        let float = match self.kind {
            FieldKind::Float => f64::from(number.float as f32),
            FieldKind::HalfFloat => half_float(number.float),
            FieldKind::ScaledFloat { factor } => unscaled(java_round(number.float * factor), factor),
            _ => number.float,
        };
        if float.is_finite() {
            // Adding zero makes -0.0 the same as 0.0.
            Ok(float + 0.0)
        } else {
            Err(self.error(InvalidValue::OutOfRange(json_excerpt(json))))
        }
    }
}

/// What happens to the fraction of an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fraction {
    /// It is cut off, if the field allows that.
    CutOff,
    /// The caller handles it.
    Known,
}

/// The float nearest to a number of steps of a scaled float.
pub(super) fn unscaled(steps: f64, factor: f64) -> f64 {
    steps * (1.0 / factor)
}

/// The nearest integer of 64 bits as Java rounds: halves go up.
fn java_round(value: f64) -> f64 {
    (value + 0.5).floor() as i64 as f64
}
