//! Keys of features that are not supported, with the values that do not use the feature: many clients always send them.

use serde_json::Value as Json;

use crate::json::{Fields, Node, ParseError};

/// The values of a key that change nothing.
#[derive(Clone, Copy)]
enum Inactive {
    /// An empty object or list.
    Empty,
    False,
    /// Strings of any content.
    Labels,
}

const KEYS: &[(&str, Inactive)] = &[
    ("ext", Inactive::Empty),
    // Names of groups in the server's statistics of searches.
    ("stats", Inactive::Labels),
    ("verbose_pipeline", Inactive::False),
];

/// Takes the keys with values that change nothing. Any other value of such a key is an error.
pub(super) fn take(fields: &mut Fields<'_>) -> Result<(), ParseError> {
    for (key, inactive) in KEYS {
        if let Some(node) = fields.take(key)
            && !inactive.allows(&node)?
        {
            let only = inactive.describe();
            return Err(node.error(format!("a search request does not support [{key}], except {only}")));
        }
    }
    Ok(())
}

/// Whether a URL parameter has the name of such a key, and a value that changes nothing.
pub(super) fn allows_parameter(key: &str, value: &Node<'_>) -> Result<bool, ParseError> {
    match KEYS.iter().find(|(name, _)| *name == key) {
        Some((_, Inactive::Empty)) | None => Ok(false),
        Some((_, inactive)) if inactive.allows(value)? => Ok(true),
        Some((_, inactive)) => Err(value.error(format!("only {} is supported", inactive.describe()))),
    }
}

impl Inactive {
    /// Values of a wrong type are errors of their own.
    fn allows(self, node: &Node<'_>) -> Result<bool, ParseError> {
        match self {
            Inactive::Empty => Ok(match node.json() {
                Json::Object(object) => object.is_empty(),
                Json::Array(items) => items.is_empty(),
                _ => return Err(node.error("expected an object or a list")),
            }),
            Inactive::False => Ok(!node.boolean()?),
            Inactive::Labels => {
                node.list()?.try_for_each(|item| item.text().map(|_| ()))?;
                Ok(true)
            }
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Inactive::Empty => "an empty one",
            Inactive::False => "[false]",
            Inactive::Labels => "a list of names",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken(body: &Json) -> Result<(), String> {
        let root = Node::root(body);
        let mut fields = root.fields().expect("an object");
        let taken = take(&mut fields).and_then(|()| fields.finish("a search request"));
        taken.map_err(|error| error.reason)
    }

    #[test]
    fn values_that_change_nothing_are_accepted() {
        for body in [json!({"ext": {}, "stats": ["a"]}), json!({"verbose_pipeline": "false"})] {
            assert_eq!(taken(&body), Ok(()), "{body}");
        }
    }

    #[test]
    fn values_that_use_the_feature_are_errors() {
        let error = |body: Json| taken(&body).expect_err("an error");
        insta::assert_snapshot!(error(json!({"ext": {"a": {}}})), @"a search request does not support [ext], except an empty one");
        insta::assert_snapshot!(error(json!({"verbose_pipeline": true})), @"a search request does not support [verbose_pipeline], except [false]");
        insta::assert_snapshot!(error(json!({"verbose_pipeline": 1})), @"expected true or false, found [1]");
        insta::assert_snapshot!(error(json!({"suggest": {}})), @"a search request does not support [suggest]");
        assert!(KEYS.is_sorted_by_key(|(key, _)| key));
    }
}
