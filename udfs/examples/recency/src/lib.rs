//! Scores that decay with the age of a date.

mod time;

use quidditch_udf::{Arguments, Dates, DefaultValue, Error, Parameter, ParameterKind, Scorer};

use time::{milliseconds_of_date, milliseconds_of_duration};

/// How the factor falls with the age.
#[derive(Debug, Clone, Copy)]
enum Curve {
    Exponential,
    Gauss,
    Linear,
}

/// Multiplies the score so far by a factor from 1, for a new document, down to 0.
pub struct Recency {
    field: String,
    now: i64,
    /// Up to this age in milliseconds, the factor is 1.
    offset: f64,
    /// So much later it is `decay`.
    scale: f64,
    decay: f64,
    ln_decay: f64,
    curve: Curve,
}

impl Scorer for Recency {
    type Columns = Dates;

    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let now = moment(arguments.get("now")?).ok_or_else(|| {
            Error::invalid_argument(
                "parameter [now] must be a date such as 2026-05-01T12:00:00Z, or a number of milliseconds since 1970",
            )
        })?;
        let scale = duration(arguments, "scale")?;
        if scale == 0.0 {
            return Err(Error::invalid_argument("parameter [scale] must not be 0"));
        }
        let decay: f64 = arguments.get("decay")?;
        if !(decay > 0.0 && decay < 1.0) {
            return Err(Error::invalid_argument("parameter [decay] must be between 0 and 1"));
        }
        let curve = match arguments.get("curve")? {
            "exp" => Curve::Exponential,
            "gauss" => Curve::Gauss,
            "linear" => Curve::Linear,
            _ => return Err(Error::invalid_argument("parameter [curve] must be exp, gauss or linear")),
        };
        Ok(Recency {
            field: arguments.get("field")?,
            now,
            offset: duration(arguments, "offset")?,
            scale,
            decay,
            ln_decay: decay.ln(),
            curve,
        })
    }

    fn columns(&self) -> Dates {
        Dates::of(&self.field)
    }

    fn needs_score(&self) -> bool {
        true
    }

    /// The factor is at most 1. So the host need not call the scorer with documents whose score so far is too low already.
    fn max_score(&self, score: f32) -> f32 {
        score
    }

    /// Dates are in ascending order: the last one is the newest.
    fn score(&self, dates: &[i64], score: f32) -> f32 {
        match dates.last() {
            Some(newest) => (f64::from(score) * self.factor(*newest)) as f32,
            None => score,
        }
    }
}

impl Recency {
    /// All curves are 1 up to the offset, and `decay` when `scale` more has passed.
    fn factor(&self, date: i64) -> f64 {
        let age = self.now.saturating_sub(date) as f64;
        let scales = (age - self.offset).max(0.0) / self.scale;
        match self.curve {
            Curve::Exponential => (self.ln_decay * scales).exp(),
            Curve::Gauss => (self.ln_decay * scales * scales).exp(),
            Curve::Linear => (1.0 - (1.0 - self.decay) * scales).max(0.0),
        }
    }
}

/// The moment that a JSON number or string stands for.
fn moment(json: &str) -> Option<i64> {
    match json.strip_prefix('"') {
        Some(text) => milliseconds_of_date(text.strip_suffix('"')?),
        None => json.parse().ok(),
    }
}

fn duration(arguments: &Arguments, name: &str) -> Result<f64, Error> {
    milliseconds_of_duration(arguments.get(name)?).ok_or_else(|| {
        Error::invalid_argument(["parameter [", name, "] must be a duration such as 7d, 12h, 30m, 10s or 5ms"].concat())
    })
}

quidditch_udf::export! {
    summary: "Multiplies the score by a factor that decays with the age of a date; documents without a date keep their score.",
    parameters: [
        Parameter::required(ParameterKind::Field, "field", "The date field; if it has several values, the newest one counts."),
        Parameter::required(ParameterKind::Json, "now", "The date at which the age is 0: an ISO date, or milliseconds since 1970."),
        Parameter::required(ParameterKind::Text, "scale", "The age, after the offset, at which the factor is `decay`: 7d, 12h, 30m."),
        Parameter::with_default(DefaultValue::Text("0d"), "offset", "The age up to which the factor is 1."),
        Parameter::with_default(DefaultValue::Float(0.5), "decay", "The factor when `scale` has passed, between 0 and 1."),
        Parameter::with_default(DefaultValue::Text("gauss"), "curve", "How the factor falls: exp, gauss or linear."),
    ],
    scorer: Recency,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quidditch_udf::Value;
    use quidditch_udf::testing::{Documents, arguments, score};

    use super::*;

    const DAY: i64 = 86_400_000;

    fn clause(now: &str, scale: &str, decay: f64, curve: &str) -> Arguments {
        arguments([
            ("field", "published".into()),
            ("now", Value::Json(now.to_owned())),
            ("scale", scale.into()),
            ("offset", "1d".into()),
            ("decay", decay.into()),
            ("curve", curve.into()),
        ])
    }

    #[test]
    fn curves_are_1_up_to_the_offset_and_decay_after_the_scale() {
        let dates: [&[i64]; 5] = [&[11 * DAY], &[9 * DAY], &[0, 7 * DAY], &[5 * DAY], &[]];
        let scores = |curve| {
            let documents = Documents::new(5).scores(&[2.0; 5]).integers(&dates);
            score::<Recency>(&clause("\"1970-01-11\"", "2d", 0.25, curve), &documents).expect("valid")
        };
        assert_eq!(scores("exp"), [2.0, 2.0, 0.5, 0.125, 2.0]);
        assert_eq!(scores("gauss"), [2.0, 2.0, 0.5, 0.007_812_5, 2.0]);
        assert_eq!(scores("linear"), [2.0, 2.0, 0.5, 0.0, 2.0]);
    }

    #[test]
    fn now_is_a_date_or_milliseconds() {
        assert_eq!(moment("\"1970-01-02T00:00:01Z\""), Some(DAY + 1_000));
        assert_eq!(moment("86400000"), Some(DAY));
        for invalid in ["\"86400000\"", "1e9", "true", "\"yesterday\"", "\""] {
            assert_eq!(moment(invalid), None, "{invalid}");
        }
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        let rejection = |now, scale, decay, curve| {
            Recency::bind(&clause(now, scale, decay, curve)).map(|_| ()).expect_err("invalid")
        };
        insta::assert_snapshot!(rejection("\"now\"", "1d", 0.5, "exp"), @"parameter [now] must be a date such as 2026-05-01T12:00:00Z, or a number of milliseconds since 1970");
        insta::assert_snapshot!(rejection("0", "1 day", 0.5, "exp"), @"parameter [scale] must be a duration such as 7d, 12h, 30m, 10s or 5ms");
        insta::assert_snapshot!(rejection("0", "0d", 0.5, "exp"), @"parameter [scale] must not be 0");
        insta::assert_snapshot!(rejection("0", "1d", 1.0, "exp"), @"parameter [decay] must be between 0 and 1");
        insta::assert_snapshot!(rejection("0", "1d", 0.5, "cosine"), @"parameter [curve] must be exp, gauss or linear");
    }

    proptest! {
        #[test]
        fn no_score_is_above_the_bound(
            now in any::<i64>(), date in any::<i64>(), so_far in 0.0_f32..1e6, decay in 0.001..0.999,
            curve in prop::sample::select(vec!["exp", "gauss", "linear"]),
        ) {
            let arguments = clause(&now.to_string(), "1h", decay, curve);
            let bound = Recency::bind(&arguments).expect("valid").max_score(so_far);
            let documents = Documents::new(1).scores(&[so_far]).integers(&[&[date]]);
            let [score] = score::<Recency>(&arguments, &documents).expect("valid")[..] else { panic!("one score") };
            prop_assert!((0.0..=bound).contains(&score), "{} {}", score, bound);
        }
    }
}
