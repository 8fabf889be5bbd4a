//! Variables of the environment, read as what they mean.

use std::fmt::Display;
use std::str::FromStr;

/// The variables that a program was started with.
pub(crate) struct Environment(Box<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String>;

/// A variable that is missing or says what it cannot.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the environment variable {variable} {reason}")]
pub(crate) struct EnvironmentError {
    variable: &'static str,
    reason: String,
}

impl Environment {
    pub(crate) fn of_this_process() -> Self {
        Environment(Box::new(|name| std::env::var(name).ok()))
    }

    /// The value of a variable; one that is empty counts as not set.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    pub(crate) fn required<T: FromStr<Err: Display>>(
        &self,
        name: &'static str,
        meaning: &str,
    ) -> Result<T, EnvironmentError> {
        self.parsed(name)?
            .ok_or_else(|| EnvironmentError { variable: name, reason: format!("is not set: it has to be {meaning}") })
    }

    /// Parts with commas between them, none of them empty.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// What a value says in a way of its own; `None` if the variable is not set.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(&self, name: &'static str) -> Result<Option<T>, EnvironmentError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|error| EnvironmentError {
            variable: name,
            reason: format!("is [{text}], which cannot be read: {error}"),
        })
    }

    #[cfg(test)]
    pub(crate) fn of(variables: &'static [(&'static str, &'static str)]) -> Self {
        Environment(Box::new(|name| {
            let found = variables.iter().find(|(of, _)| *of == name);
            found.map(|(_, value)| (*value).to_owned())
        }))
    }
}
