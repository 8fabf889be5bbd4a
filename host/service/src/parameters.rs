//! URL parameters. Each is taken once by the code that supports it; parameters left at the end are errors.

use crate::error::ApiError;

/// Whether something is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// The parameters that have not been taken yet, decoded, in their order.
#[derive(Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the part of a URL after its question mark.
    pub fn parse(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Parameters(pairs.map(|(key, value)| (key.into_owned(), value.into_owned())).collect())
    }

    /// Parameters that come from elsewhere.
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Self {
        Parameters(pairs)
    }

    /// Takes a parameter.
    ///
    /// # Errors
    /// A parameter that is given twice, since it is unclear which value is meant.
    pub fn take(&mut self, key: &str) -> Result<Option<String>, ApiError> {
        let Some(index) = self.0.iter().position(|(other, _)| other == key) else { return Ok(None) };
        let (_, value) = self.0.remove(index);
        if self.0.iter().any(|(other, _)| other == key) {
            return Err(repeated(key));
        }
        Ok(Some(value))
    }

    /// Takes a flag, which is off by default: `true`, `false`, or empty, which means `true`.
    pub fn take_flag(&mut self, key: &str) -> Result<bool, ApiError> {
        self.take_flag_or(key, Flag::Off).map(|flag| flag == Flag::On)
    }

    /// Takes a flag with this default.
    pub fn take_flag_or(&mut self, key: &str, default: Flag) -> Result<Flag, ApiError> {
        match self.take(key)?.as_deref() {
            None => Ok(default),
            Some("false") => Ok(Flag::Off),
            Some("" | "true") => Ok(Flag::On),
            Some(other) => {
                let reason = format!("parameter [{key}] must be [true] or [false], but is [{other}]");
                Err(ApiError::Argument(reason))
            }
        }
    }

    /// The parameters that have not been taken.
    ///
    /// # Errors
    /// A parameter that is given twice.
    pub fn into_rest(self) -> Result<Vec<(String, String)>, ApiError> {
        for (index, (key, _)) in self.0.iter().enumerate() {
            if self.0[..index].iter().any(|(other, _)| other == key) {
                return Err(repeated(key));
            }
        }
        Ok(self.0)
    }

    /// Fails if any parameter has not been taken.
    pub fn finish(&self, path: &str) -> Result<(), ApiError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = self.0.iter().map(|(key, _)| format!("[{key}]")).collect();
        let plural = if names.len() == 1 { "" } else { "s" };
        let reason = format!("request [{path}] contains unrecognized parameter{plural}: {}", names.join(", "));
        Err(ApiError::Argument(reason))
    }
}

fn repeated(key: &str) -> ApiError {
    ApiError::Argument(format!("parameter [{key}] is given more than once"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_taken_once() {
        let mut parameters = Parameters::parse(Some("a=x+y%2Cz&pretty&b=1"));
        assert_eq!(parameters.take("a").expect("once"), Some("x y,z".to_owned()));
        assert_eq!(parameters.take("a").expect("none"), None);
        assert!(parameters.take_flag("pretty").expect("a switch"));
        assert!(!parameters.take_flag("human").expect("a switch"));
        assert_eq!(parameters.into_rest().expect("once"), [("b".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn errors_name_the_parameter() {
        let message = |result: Result<(), ApiError>| result.expect_err("refused").to_string();
        let twice = Parameters::parse(Some("a=1&a=2")).take("a").map(|_| ());
        insta::assert_snapshot!(message(twice), @"parameter [a] is given more than once");
        let twice = Parameters::parse(Some("size=1&from=2&size=1")).into_rest().map(|_| ());
        insta::assert_snapshot!(message(twice), @"parameter [size] is given more than once");
        let not_a_flag = Parameters::parse(Some("a=yes")).take_flag("a").map(|_| ());
        insta::assert_snapshot!(message(not_a_flag), @"parameter [a] must be [true] or [false], but is [yes]");
        let one = Parameters::parse(Some("a=1")).finish("/x");
        insta::assert_snapshot!(message(one), @"request [/x] contains unrecognized parameter: [a]");
        let two = Parameters::parse(Some("a=1&b")).finish("/x");
        insta::assert_snapshot!(message(two), @"request [/x] contains unrecognized parameters: [a], [b]");
    }
}
