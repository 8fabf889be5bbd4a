//! Environment variables as typed values.

use std::fmt::Display;
use std::str::FromStr;

/// The environment variables of a process.
pub(crate) struct Environment(Box<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String>;

/// A variable that is missing or has an invalid value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("environment variable {variable} {reason}")]
pub(crate) struct EnvironmentError {
    variable: &'static str,
    reason: String,
}

impl Environment {
    pub(crate) fn from_process() -> Self {
        Environment(Box::new(|name| std::env::var(name).ok()))
    }

    /// The value of a variable. An empty variable counts as not set.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    pub(crate) fn required<T: FromStr<Err: Display>>(
        &self,
        name: &'static str,
        expected: &str,
    ) -> Result<T, EnvironmentError> {
        self.parsed(name)?
            .ok_or_else(|| EnvironmentError { variable: name, reason: format!("is not set (expected: {expected})") })
    }

    /// The non-empty parts of a comma-separated list.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// The same, parsed.
    pub(crate) fn parsed_list<T: FromStr<Err: Display>>(&self, name: &'static str) -> Result<Vec<T>, EnvironmentError> {
        let parse = |part: &String| {
            part.parse::<T>().map_err(|error| EnvironmentError {
                variable: name,
                reason: format!("has the invalid value [{part}]: {error}"),
            })
        };
        self.list(name).iter().map(parse).collect()
    }

    /// A parsed value; `None` if the variable is not set.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(&self, name: &'static str) -> Result<Option<T>, EnvironmentError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|error| EnvironmentError {
            variable: name,
            reason: format!("has the invalid value [{text}]: {error}"),
        })
    }

    #[cfg(test)]
    pub(crate) fn from_pairs(variables: &'static [(&'static str, &'static str)]) -> Self {
        Environment(Box::new(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        }))
    }
}
