//! Converts the parameters of a clause from JSON to the arguments that a function is bound to.

use serde_json::Value as Json;

use crate::{Parameter, ParameterKind, Value};

/// A named value.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// The parameter's name.
    pub name: String,
    /// Its value.
    pub value: Value,
}

/// What is wrong with the arguments of a clause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// A required parameter is missing.
    #[error("parameter [{0}] is required")]
    Missing(String),
    /// The function has no such parameter.
    #[error("unknown parameter [{name}]; the function accepts {known}")]
    Unknown {
        /// Its name in the clause.
        name: String,
        /// `[a], [b]`, or `no parameters`.
        known: String,
    },
    /// The value has the wrong type.
    #[error("parameter [{name}] must be {expected}, got {got}")]
    WrongKind {
        /// The name of the parameter.
        name: String,
        /// What the parameter accepts.
        expected: &'static str,
        /// The JSON in the clause, truncated.
        got: String,
    },
}

/// Converts the `parameters` of a clause to arguments, in the order in which the function declares them. Defaults are filled in;
/// `null` counts as missing.
pub fn arguments_from_json(
    parameters: &[Parameter],
    given: &serde_json::Map<String, Json>,
) -> Result<Vec<Argument>, ArgumentError> {
    if let Some(name) = given.keys().find(|name| !parameters.iter().any(|parameter| parameter.name == **name)) {
        return Err(ArgumentError::Unknown { name: name.clone(), known: known_names(parameters) });
    }
    let mut arguments = Vec::with_capacity(parameters.len());
    for parameter in parameters {
        let value = match given.get(&parameter.name) {
            Some(json) if !json.is_null() => Some(convert(parameter, json)?),
            _ if parameter.required => return Err(ArgumentError::Missing(parameter.name.clone())),
            _ => parameter.default.clone(),
        };
        if let Some(value) = value {
            arguments.push(Argument { name: parameter.name.clone(), value });
        }
    }
    Ok(arguments)
}

fn known_names(parameters: &[Parameter]) -> String {
    if parameters.is_empty() {
        return "no parameters".to_owned();
    }
    let names: Vec<String> = parameters.iter().map(|parameter| format!("[{}]", parameter.name)).collect();
    names.join(", ")
}

fn convert(parameter: &Parameter, json: &Json) -> Result<Value, ArgumentError> {
    let wrong_kind = || ArgumentError::WrongKind {
        name: parameter.name.clone(),
        expected: expected(parameter.kind),
        got: excerpt(json),
    };
    Value::from_json(parameter.kind, json).ok_or_else(wrong_kind)
}

fn expected(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Boolean => "true or false",
        ParameterKind::Integer => "an integer",
        ParameterKind::Float => "a number",
        ParameterKind::Text => "a string",
        ParameterKind::Field => "the name of a field",
        ParameterKind::Integers => "a list of integers",
        ParameterKind::Floats => "a list of numbers",
        ParameterKind::Texts => "a list of strings",
        ParameterKind::Json => "JSON",
    }
}

fn excerpt(json: &Json) -> String {
    const MAX_CHARACTERS: usize = 60;
    let text = json.to_string();
    match text.char_indices().nth(MAX_CHARACTERS) {
        None => text,
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn optional(name: &str, kind: ParameterKind) -> Parameter {
        Parameter { name: name.to_owned(), kind, required: false, default: None, summary: String::new() }
    }

    fn parameters() -> Vec<Parameter> {
        vec![
            Parameter { required: true, ..optional("field", ParameterKind::Field) },
            Parameter { default: Some(Value::Integer(7)), ..optional("count", ParameterKind::Integer) },
            optional("names", ParameterKind::Texts),
            optional("raw", ParameterKind::Json),
        ]
    }

    fn convert_all(given: Json) -> Result<Vec<Argument>, ArgumentError> {
        arguments_from_json(&parameters(), given.as_object().expect("an object"))
    }

    #[test]
    fn arguments_are_in_declared_order_with_defaults() {
        let arguments = convert_all(json!({"raw": {"a": [1]}, "names": null, "field": "f"})).expect("valid");
        let expected = [
            ("field", Value::Text("f".to_owned())),
            ("count", Value::Integer(7)),
            ("raw", Value::Json(r#"{"a":[1]}"#.to_owned())),
        ];
        assert_eq!(arguments, expected.map(|(name, value)| Argument { name: name.to_owned(), value }));
    }

    #[test]
    fn floats_without_fraction_are_integers() {
        let arguments = convert_all(json!({"field": "f", "count": 3.0})).expect("valid");
        assert_eq!(arguments[1].value, Value::Integer(3));
    }

    #[test]
    fn errors_name_the_parameter() {
        let message = |given| convert_all(given).expect_err("invalid").to_string();
        insta::assert_snapshot!(message(json!({})), @"parameter [field] is required");
        insta::assert_snapshot!(message(json!({"field": 3})), @"parameter [field] must be the name of a field, got 3");
        insta::assert_snapshot!(
            message(json!({"field": "f", "count": 1.5})),
            @"parameter [count] must be an integer, got 1.5"
        );
        insta::assert_snapshot!(
            message(json!({"field": "f", "names": ["a", 2]})),
            @r#"parameter [names] must be a list of strings, got ["a",2]"#
        );
        insta::assert_snapshot!(
            message(json!({"field": "f", "x": 1})),
            @"unknown parameter [x]; the function accepts [field], [count], [names], [raw]"
        );
    }
}
