//! Actions on aliases, in the form that clients of OpenSearch know.

use anyhow::{Context, Result, anyhow, bail};
use quidditch_engine::{Limits, QueryFilter};
use quidditch_index::AliasOptions;
use quidditch_indexing::AliasAction;
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    actions: Vec<Action>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Action {
    Add(Add),
    Remove(Names),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    index: Option<String>,
    indices: Option<Vec<String>>,
    alias: Option<String>,
    aliases: Option<Vec<String>>,
    filter: Option<Json>,
    is_write_index: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    index: Option<String>,
    indices: Option<Vec<String>>,
    alias: Option<String>,
    aliases: Option<Vec<String>>,
}

/// Reads `{"actions": [{"add": {"index": ..., "alias": ..., "filter": ...}}, {"remove": ...}]}`.
pub(super) fn parse_actions(json: &Json) -> Result<Vec<AliasAction>> {
    let Body { actions } = Body::deserialize(json).context("cannot read the actions")?;
    let mut parsed = Vec::new();
    for action in actions {
        match action {
            Action::Add(Add { index, indices, alias, aliases, filter, is_write_index }) => {
                if let Some(filter) = &filter {
                    check_filter(filter)?;
                }
                let options = AliasOptions { filter, is_write_index };
                for (index, alias) in pairs((index, indices), (alias, aliases))? {
                    parsed.push(AliasAction::Add { index, alias, options: options.clone() });
                }
            }
            Action::Remove(Names { index, indices, alias, aliases }) => {
                for (index, alias) in pairs((index, indices), (alias, aliases))? {
                    parsed.push(AliasAction::Remove { index: Some(index), alias });
                }
            }
        }
    }
    if parsed.is_empty() {
        bail!("the list of actions is empty");
    }
    Ok(parsed)
}

/// Checks that a filter is a query that can be one.
pub(super) fn check_filter(filter: &Json) -> Result<()> {
    QueryFilter::parse(filter, &Limits::default()).map(|_| ()).context("cannot use the filter")
}

/// Each index with each alias.
fn pairs(
    indices: (Option<String>, Option<Vec<String>>),
    aliases: (Option<String>, Option<Vec<String>>),
) -> Result<Vec<(String, String)>> {
    let indices = names(indices, "index", "indices")?;
    let aliases = names(aliases, "alias", "aliases")?;
    Ok(indices.iter().flat_map(|index| aliases.iter().map(move |alias| (index.clone(), alias.clone()))).collect())
}

fn names((one, several): (Option<String>, Option<Vec<String>>), key: &str, list_key: &str) -> Result<Vec<String>> {
    let names = match (one, several) {
        (Some(one), None) => vec![one],
        (None, Some(several)) if !several.is_empty() => several,
        (Some(_), Some(_)) => bail!("[{key}] and [{list_key}] cannot be used together"),
        _ => bail!("an action needs [{key}] or [{list_key}]"),
    };
    match names.iter().find(|name| name.contains(['*', ','])) {
        Some(pattern) => Err(anyhow!("[{pattern}] is not a name: patterns are not supported in actions")),
        None => Ok(names),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn actions_are_read() {
        let filter = json!({"term": {"k": "red"}});
        let actions = parse_actions(&json!({"actions": [
            {"remove": {"index": "a", "alias": "x"}},
            {"add": {"indices": ["b", "c"], "alias": "x", "filter": filter, "is_write_index": false}},
        ]}));
        let options = AliasOptions { filter: Some(filter), is_write_index: Some(false) };
        let add = |index: &str| AliasAction::Add { index: index.into(), alias: "x".into(), options: options.clone() };
        let remove = AliasAction::Remove { index: Some("a".into()), alias: "x".into() };
        assert_eq!(actions.expect("valid"), [remove, add("b"), add("c")]);
    }

    #[test]
    fn mistakes_are_errors() {
        let error = |json: Json| format!("{:#}", parse_actions(&json).expect_err("refused"));
        insta::assert_snapshot!(error(json!({"actions": []})), @"the list of actions is empty");
        insta::assert_snapshot!(error(json!({"actions": [{"add": {"alias": "x"}}]})), @"an action needs [index] or [indices]");
        insta::assert_snapshot!(error(json!({"actions": [{"remove": {"index": "a*", "alias": "x"}}]})), @"[a*] is not a name: patterns are not supported in actions");
        insta::assert_snapshot!(
            error(json!({"actions": [{"add": {"index": "a", "alias": "x", "filter": {"trem": {}}}}]})),
            @"cannot use the filter: unknown query [trem]"
        );
        insta::assert_snapshot!(
            error(json!({"actions": [{"add": {"index": "a", "alias": "x", "filter": {"wasm_udf": {"name": "f"}}}}]})),
            @"cannot use the filter: the filter of an alias cannot call functions or scripts"
        );
        insta::assert_snapshot!(
            error(json!({"actions": [{"add": {"index": "a", "alias": "x", "routing": "1"}}]})),
            @"cannot read the actions: unknown field `routing`, expected one of `index`, `indices`, `alias`, `aliases`, `filter`, `is_write_index`"
        );
    }
}
