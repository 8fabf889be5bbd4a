//! The query in a URL: `q`, and what it is read with.

use std::borrow::Cow;

use quidditch_index::parse_json;
use serde_json::{Map, Value as Json, json};

use crate::error::ApiError;
use crate::parameters::{Flag, Parameters};

/// Parameters that are options of the query, by the keys that they have in a `query_string` query.
const OPTIONS: [(&str, &str); 3] =
    [("df", "default_field"), ("analyzer", "analyzer"), ("default_operator", "default_operator")];

/// Takes `q` and its options. With a `q`, the body that is returned has it as its query, in place of its own.
///
/// # Errors
/// Values that cannot be read. Options without a `q` are left, as they would be ignored.
pub fn take_url_query<'a>(parameters: &mut Parameters, body: &'a str) -> Result<Cow<'a, str>, ApiError> {
    let Some(text) = parameters.take("q")? else { return Ok(Cow::Borrowed(body)) };
    let mut query = Map::from_iter([("query".to_owned(), Json::String(text))]);
    for (parameter, key) in OPTIONS {
        query.extend(parameters.take(parameter)?.map(|value| (key.to_owned(), Json::String(value))));
    }
    for flag in ["analyze_wildcard", "lenient"] {
        if parameters.take_flag_or(flag, Flag::Off)? == Flag::On {
            query.insert(flag.to_owned(), json!(true));
        }
    }
    let mut object = match parse_json(body) {
        Ok(Json::Object(object)) => object,
        _ if body.trim().is_empty() => Map::new(),
        // The mistake is reported when the body is read.
        _ => return Ok(Cow::Borrowed(body)),
    };
    object.insert("query".to_owned(), json!({ "query_string": query }));
    Ok(Cow::Owned(Json::Object(object).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(query: &str, body: &str) -> String {
        let mut parameters = Parameters::parse(Some(query));
        take_url_query(&mut parameters, body).expect("valid").into_owned()
    }

    #[test]
    fn the_query_of_the_url_replaces_that_of_the_body() {
        assert_eq!(body("size=1", r#"{"query":1}"#), r#"{"query":1}"#);
        assert_eq!(body("q=a:b+c", ""), r#"{"query":{"query_string":{"query":"a:b c"}}}"#);
        assert_eq!(
            body("q=a&df=t&analyzer=x&default_operator=AND&lenient&analyze_wildcard=true", r#"{"size":1,"query":2}"#),
            r#"{"size":1,"query":{"query_string":{"query":"a","default_field":"t","analyzer":"x","default_operator":"AND","analyze_wildcard":true,"lenient":true}}}"#
        );
        assert_eq!(body("q=a", "not JSON"), "not JSON");
    }

    #[test]
    fn options_without_a_query_are_left() {
        let mut parameters = Parameters::parse(Some("df=a"));
        take_url_query(&mut parameters, "").expect("valid");
        assert!(parameters.finish("/_search").is_err());
    }
}
