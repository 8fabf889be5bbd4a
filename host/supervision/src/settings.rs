//! What limits the calls of functions.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use quidditch_function::{FunctionId, name_and_version};

/// The settings of a [`crate::Supervisor`]. Plain values. Each limit applies to each version of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupervisionSettings {
    /// Functions that are not called. None.
    pub disabled: Vec<DisabledFunction>,
    /// When a function is not called for a while.
    pub circuit: CircuitSettings,
    /// Instances at a time. 500: half of what the sandbox has for all functions together, so that no function takes all.
    pub max_instances: u32,
    /// Calls a second; a call is a clause in the search of one index. Unlimited: the time of functions is limited for each request.
    pub max_calls_per_second: Option<NonZeroU32>,
}

impl Default for SupervisionSettings {
    fn default() -> Self {
        SupervisionSettings {
            disabled: Vec::new(),
            circuit: CircuitSettings::default(),
            max_instances: 500,
            max_calls_per_second: None,
        }
    }
}

/// When a function is not called for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitSettings {
    /// After so many calls in a row that trapped, looped or ran out of memory; `None` is never. 5: that many requests in a row do not
    /// fail by chance, and each of them may have taken seconds of processor time.
    pub max_failures: Option<NonZeroU32>,
    /// For this long. Then one call is a trial. 30 s: a loop that uses up two seconds in each trial takes little of a processor.
    pub pause: Duration,
}

impl Default for CircuitSettings {
    fn default() -> Self {
        let max_failures = const { NonZeroU32::new(5).expect("not zero") };
        CircuitSettings { max_failures: Some(max_failures), pause: Duration::from_secs(30) }
    }
}

/// A function that is not called: all of its versions, or one. As text: `NAME` or `NAME@VERSION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisabledFunction {
    name: String,
    version: Option<String>,
}

impl DisabledFunction {
    pub(crate) fn is(&self, function: &FunctionId) -> bool {
        self.name == function.name && self.version.as_ref().is_none_or(|version| *version == function.version)
    }
}

/// A text that names no function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidDisabledFunction(String);

impl fmt::Display for InvalidDisabledFunction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "[{}] names no function; expected NAME or NAME@VERSION", self.0)
    }
}

impl std::error::Error for InvalidDisabledFunction {}

impl FromStr for DisabledFunction {
    type Err = InvalidDisabledFunction;

    fn from_str(text: &str) -> Result<Self, InvalidDisabledFunction> {
        match name_and_version(text) {
            ("", _) | (_, Some("")) => Err(InvalidDisabledFunction(text.to_owned())),
            (name, version) => Ok(DisabledFunction { name: name.to_owned(), version: version.map(str::to_owned) }),
        }
    }
}

impl fmt::Display for DisabledFunction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        match &self.version {
            Some(version) => write!(formatter, "@{version}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_all_versions() {
        let disables = |text: &str, version: &str| {
            let disabled: DisabledFunction = text.parse().expect("a function");
            assert_eq!(disabled.to_string(), text);
            disabled.is(&FunctionId::new("f", version))
        };
        assert!(disables("f", "1.0.0") && disables("f", "2.0.0"));
        assert!(disables("f@1.0.0", "1.0.0") && !disables("f@1.0.0", "2.0.0"));
        assert!(!disables("g", "1.0.0"));
    }

    #[test]
    fn a_name_and_a_version_are_not_empty() {
        let error = |text: &str| text.parse::<DisabledFunction>().expect_err("invalid").to_string();
        insta::assert_snapshot!(error(""), @"[] names no function; expected NAME or NAME@VERSION");
        insta::assert_snapshot!(error("@1.0.0"), @"[@1.0.0] names no function; expected NAME or NAME@VERSION");
        insta::assert_snapshot!(error("f@"), @"[f@] names no function; expected NAME or NAME@VERSION");
    }
}
