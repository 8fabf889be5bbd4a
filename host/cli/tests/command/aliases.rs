//! `quidditch alias`.

use crate::fixture::Installation;

#[test]
fn aliases_are_added_moved_and_removed() {
    let installation = Installation::with_cities();
    installation.succeed(&["index", "create", "towns"]);
    let add = [
        "alias",
        "add",
        "places",
        "cities",
        "towns",
        "--filter",
        r#"{"term":{"country":"DE"}}"#,
        "--write-index",
        "towns",
    ];
    insta::assert_snapshot!(installation.run(&add), @r#"
    0
    ALIAS   INDEX   WRITE INDEX  FILTER
    places  cities  false        {"term":{"country":"DE"}}
    places  towns   true         {"term":{"country":"DE"}}
    "#);
    let actions = r#"{"actions": [{"remove": {"index": "cities", "alias": "places"}}, {"add": {"index": "cities", "alias": "live"}}]}"#;
    installation.succeed(&["alias", "update", actions]);
    let listed = installation.json(&["--json", "alias", "list"]);
    assert_eq!(listed["live"]["cities"], serde_json::json!({}));
    assert_eq!(listed["places"]["cities"], serde_json::Value::Null);
    insta::assert_snapshot!(installation.run(&["alias", "remove", "places"]), @r"
    0
    ALIAS  INDEX   WRITE INDEX  FILTER
    live   cities
    ");
    let actions =
        r#"{"actions": [{"add": {"index": "t*", "alias": "all"}}, {"remove": {"index": "*", "alias": "l*"}}]}"#;
    insta::assert_snapshot!(installation.run(&["alias", "update", actions]), @r"
    0
    ALIAS  INDEX  WRITE INDEX  FILTER
    all    towns
    ");
    installation.succeed(&["alias", "update", r#"{"actions": [{"remove_index": {"index": "towns"}}]}"#]);
    assert_eq!(installation.json(&["--json", "alias", "list"]), serde_json::json!({}));
}

#[test]
fn mistakes_change_nothing() {
    let installation = Installation::with_cities();
    insta::assert_snapshot!(installation.run(&["alias", "add", "x", "nope"]), @r"
    1
    error: no such index [nope]
    ");
    insta::assert_snapshot!(installation.run(&["alias", "add", "cities", "cities"]), @r"
    1
    error: invalid alias name [cities]: an index has this name
    ");
    insta::assert_snapshot!(installation.run(&["alias", "add", "x", "cities", "--write-index", "towns"]), @r"
    1
    error: the write index [towns] is not one of the indices
    ");
    insta::assert_snapshot!(installation.run(&["alias", "remove", "x"]), @r"
    1
    error: aliases [x] missing
    ");
    for (actions, error) in [
        (r#"{"actions": []}"#, "No action specified"),
        (r#"{"actions": [{"add": {"alias": "x"}}]}"#, "One of [index] or [indices] is required"),
        (r#"{"actions": [{"add": {"index": "nope", "alias": "x"}}]}"#, "no such index [nope]"),
        (
            r#"{"actions": [{"add": {"index": "cities", "alias": "x", "filter": {"trem": {}}}}]}"#,
            "failed to parse filter for alias [x]: unknown query [trem]",
        ),
        (
            r#"{"actions": [{"add": {"index": "cities", "alias": "x", "filter": {"wasm_udf": {"name": "f"}}}}]}"#,
            "failed to parse filter for alias [x]: the filter of an alias cannot call functions or scripts",
        ),
    ] {
        assert_eq!(installation.run(&["alias", "update", actions]), format!("1\nerror: {error}\n"));
    }
    installation.succeed(&["alias", "add", "x", "cities"]);
    insta::assert_snapshot!(installation.run(&["index", "create", "x"]), @r"
    1
    error: [x] is an alias: choose another name, or remove the alias
    ");
}
