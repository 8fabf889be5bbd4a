//! The values of features in documents.

use serde_json::Value as Json;

use super::rank_feature::{ScoreImpact, feature_bits};
use super::{Field, FieldKind};
use crate::{InvalidValue, ValueError, json_excerpt};

impl Field {
    /// The value of a feature as it is kept.
    ///
    /// # Errors
    /// If the JSON is not a number, or not one that a feature can have.
    pub fn feature_value(&self, json: &Json) -> Result<u16, ValueError> {
        let number = self.feature(json)?;
        let kept = match self.kind {
            FieldKind::RankFeature { impact: ScoreImpact::Negative, .. } => 1.0 / number,
            _ => number,
        };
        Ok(feature_bits(kept))
    }

    /// The value of a feature.
    pub(super) fn feature(&self, json: &Json) -> Result<f32, ValueError> {
        let unsuitable = || {
            let reason = format!(
                "{} is not a feature: it must be at least {:e} and finite as a 32-bit float",
                json_excerpt(json),
                f32::MIN_POSITIVE
            );
            self.error(InvalidValue::Unsuitable(reason))
        };
        let number = match json {
            Json::Number(number) => number.as_f64(),
            Json::String(text) => text.parse().ok(),
            _ => None,
        };
        let number = number.ok_or_else(|| self.error(InvalidValue::NotANumber(json_excerpt(json))))?;
        let number = number as f32;
        let is_kept = match self.kind {
            FieldKind::RankFeature { impact: ScoreImpact::Negative, .. } => (1.0 / number).is_normal(),
            _ => number.is_normal(),
        };
        if is_kept && number > 0.0 { Ok(number) } else { Err(unsuitable()) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{FeatureForm, feature_from_bits};

    fn field(impact: ScoreImpact) -> Field {
        Field::new("f".to_owned(), FieldKind::RankFeature { form: FeatureForm::One, impact })
    }

    #[test]
    fn values_are_floats_of_which_the_end_is_cut_off() {
        let kept = |json: Json, impact| field(impact).feature_value(&json).map(feature_from_bits);
        assert_eq!(kept(json!(8), ScoreImpact::Positive), Ok(8.0));
        assert_eq!(kept(json!(100.5), ScoreImpact::Positive), Ok(100.5));
        assert_eq!(kept(json!("50.8"), ScoreImpact::Positive), Ok(50.75));
        assert_eq!(kept(json!(2), ScoreImpact::Negative), Ok(0.5));
        assert_eq!(kept(json!(3), ScoreImpact::Negative), Ok(0.333_007_8));
        assert_eq!(kept(json!(3.4e38), ScoreImpact::Positive), Ok(3.396_177_5e38));
    }

    #[test]
    fn other_values_are_refused() {
        let refused = |json: Json, impact| field(impact).feature_value(&json).is_err();
        for json in [json!(0), json!(-1), json!(1e-40), json!(1e39), json!("x"), json!(""), json!("NaN"), json!(true)] {
            assert!(refused(json.clone(), ScoreImpact::Positive), "{json}");
        }
        for json in [json!(0), json!(-1), json!(3.4e38), json!(1e39), json!(1e-46)] {
            assert!(refused(json.clone(), ScoreImpact::Negative), "{json}");
        }
    }
}
