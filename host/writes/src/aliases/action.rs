//! The actions of `POST /_aliases`.

use quidditch_service::writing::ApiError;
use serde_json::{Map, Value as Json};

use super::definition::AliasDefinition;
use crate::body::Keys;

/// Most actions of a request. 1,000: each names indices and aliases, which are looked up.
const MAX_ACTIONS: usize = 1_000;

/// What an action does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    /// Adds aliases to indices.
    Add { indices: Vec<String>, aliases: Vec<String>, definition: AliasDefinition },
    /// Removes aliases from indices.
    Remove { indices: Vec<String>, aliases: Vec<String>, missing: IfMissing },
    /// Deletes indices.
    RemoveIndex { indices: Vec<String> },
}

/// What happens if an alias that is to be removed does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IfMissing {
    /// Each must exist.
    Fail,
    /// At least one must exist.
    FailForAll,
    /// None has to exist.
    Ignore,
}

/// Reads `{"actions": [{"add": {...}}, {"remove": {...}}, {"remove_index": {...}}]}`.
pub(crate) fn read_actions(body: Map<String, Json>) -> Result<Vec<Action>, ApiError> {
    let mut keys = Keys::new(body, "aliases");
    let items = match keys.take("actions") {
        None => Vec::new(),
        Some(Json::Array(items)) => items,
        Some(other) => return Err(ApiError::object(format!("[aliases] [actions] must be a list, but is [{other}]"))),
    };
    keys.finish()?;
    if items.is_empty() {
        return Err(ApiError::Argument("No action specified".to_owned()));
    }
    if items.len() > MAX_ACTIONS {
        let count = items.len();
        return Err(ApiError::Argument(format!("[actions] has {count} actions: at most {MAX_ACTIONS} are allowed")));
    }
    items.into_iter().map(read_action).collect()
}

fn read_action(json: Json) -> Result<Action, ApiError> {
    let Json::Object(action) = json else {
        return Err(ApiError::object(format!("[alias_action] must be an object, but is [{json}]")));
    };
    let mut entries = action.into_iter();
    let (Some((name, content)), None) = (entries.next(), entries.next()) else {
        return Err(ApiError::object("[alias_action] must have exactly one key: [add], [remove] or [remove_index]"));
    };
    match name.as_str() {
        "add" => {
            let mut keys = Keys::of(content, "add")?;
            let (indices, aliases) = (take_indices(&mut keys)?, take_aliases(&mut keys)?);
            let definition = AliasDefinition::take(&mut keys)?;
            keys.take_boolean("must_exist")?;
            keys.finish()?;
            Ok(Action::Add { indices, aliases, definition })
        }
        "remove" => {
            let mut keys = Keys::of(content, "remove")?;
            let (indices, aliases) = (take_indices(&mut keys)?, take_aliases(&mut keys)?);
            let missing = match keys.take_boolean("must_exist")? {
                Some(true) => IfMissing::Fail,
                None => IfMissing::FailForAll,
                Some(false) => IfMissing::Ignore,
            };
            keys.finish()?;
            Ok(Action::Remove { indices, aliases, missing })
        }
        "remove_index" => {
            let mut keys = Keys::of(content, "remove_index")?;
            let indices = take_indices(&mut keys)?;
            keys.take_boolean("must_exist")?;
            keys.finish()?;
            Ok(Action::RemoveIndex { indices })
        }
        other => Err(ApiError::object(format!("[alias_action] unknown field [{other}]"))),
    }
}

fn take_indices(keys: &mut Keys) -> Result<Vec<String>, ApiError> {
    take_names(keys, "index", "indices")
}

fn take_aliases(keys: &mut Keys) -> Result<Vec<String>, ApiError> {
    take_names(keys, "alias", "aliases")
}

fn take_names(keys: &mut Keys, key: &str, list_key: &str) -> Result<Vec<String>, ApiError> {
    let names = match (keys.take_text(key)?, keys.take_texts(list_key)?) {
        (Some(_), Some(_)) => {
            return Err(ApiError::object(format!("Only one of [{key}] and [{list_key}] is supported")));
        }
        (Some(name), None) => vec![name],
        (None, names) => names.unwrap_or_default(),
    };
    if names.is_empty() {
        return Err(ApiError::object(format!("One of [{key}] or [{list_key}] is required")));
    }
    if names.iter().any(String::is_empty) {
        return Err(ApiError::object(format!("[{key}] can't be empty string")));
    }
    Ok(names)
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: Json) -> Result<Vec<Action>, ApiError> {
        read_actions(json.as_object().expect("an object").clone())
    }

    #[test]
    fn actions_are_read() {
        let actions = read(json!({"actions": [
            {"add": {"indices": ["a", "b"], "alias": "x", "is_write_index": false}},
            {"remove": {"index": "a", "aliases": ["x", "y"], "must_exist": true}},
            {"remove_index": {"index": "c"}},
        ]}));
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let definition = AliasDefinition::read(json!({"is_write_index": false})).expect("valid");
        assert_eq!(
            actions.expect("valid"),
            [
                Action::Add { indices: texts(&["a", "b"]), aliases: texts(&["x"]), definition },
                Action::Remove { indices: texts(&["a"]), aliases: texts(&["x", "y"]), missing: IfMissing::Fail },
                Action::RemoveIndex { indices: texts(&["c"]) },
            ]
        );
    }

    #[test]
    fn mistakes_are_named() {
        let error = |json: Json| read(json).expect_err("refused").to_string();
        let action = |action: Json| error(json!({"actions": [action]}));
        insta::assert_snapshot!(error(json!({"actions": []})), @"No action specified");
        insta::assert_snapshot!(error(json!({"foo": []})), @"[aliases] unknown field [foo]");
        insta::assert_snapshot!(action(json!({"foo": {}})), @"[alias_action] unknown field [foo]");
        insta::assert_snapshot!(action(json!({"add": {"alias": "x"}})), @"One of [index] or [indices] is required");
        insta::assert_snapshot!(action(json!({"remove": {"index": "x"}})), @"One of [alias] or [aliases] is required");
        insta::assert_snapshot!(action(json!({"add": {"index": "a", "alias": "x", "foo": 1}})), @"[add] unknown field [foo]");
        insta::assert_snapshot!(action(json!({"add": {"index": "a", "alias": ["x"]}})), @r#"[add] [alias] must be a string, but is [["x"]]"#);
        insta::assert_snapshot!(action(json!({"add": {"index": "a", "alias": "x", "routing": "1"}})), @"[routing] of an alias is not supported: an index is one shard, which is searched as a whole");
    }

    #[test]
    fn the_number_of_actions_is_limited() {
        let actions = |count: usize| read(json!({"actions": vec![json!({"remove_index": {"index": "a"}}); count]}));
        assert!(actions(MAX_ACTIONS).is_ok());
        insta::assert_snapshot!(actions(MAX_ACTIONS + 1).expect_err("one more"), @"[actions] has 1001 actions: at most 1000 are allowed");
    }
}
