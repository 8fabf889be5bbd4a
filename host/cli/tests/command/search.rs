//! `quidditch search`.

use crate::fixture::Installation;

/// Replaces the time that a search took.
fn without_took(text: &str) -> String {
    let words = text.split(' ').collect::<Vec<_>>();
    let took = |index: usize| words.get(index + 1).is_some_and(|next| next.trim() == "ms");
    words.iter().enumerate().map(|(index, word)| if took(index) { "N" } else { word }).collect::<Vec<_>>().join(" ")
}

#[test]
fn hits_are_printed_as_a_table() {
    let installation = Installation::with_cities();
    let body = r#"{"query": {"term": {"country": "DE"}}, "sort": [{"population": "desc"}]}"#;
    insta::assert_snapshot!(without_took(&installation.run(&["search", "cities", body])), @r"
    0
    ID  NAME     COUNTRY  POPULATION
     1  Berlin   DE          3700000
     3  Hamburg  DE          1900000

    2 hits of 2, N ms
    ");
    insta::assert_snapshot!(without_took(&installation.run_with(&["search", "cities", "-"], r#"{"size": 0}"#)), @r"
    0
    0 hits of 3, N ms
    ");
}

#[test]
fn json_output_is_the_response_of_the_api() {
    let installation = Installation::with_cities();
    let body = installation.write("request.json", r#"{"query": {"match": {"name": "bern"}}}"#);
    let answer = installation.json(&["search", "cities", &format!("@{body}"), "--json"]);
    assert_eq!(answer["hits"]["hits"][0]["_source"]["name"], "Bern");
    let error = installation.run(&["search", "nope", "--json"]);
    assert!(error.starts_with("1\n{\"error\":{\"root_cause\":[{\"type\":\"index_not_found_exception\""), "{error}");
}

#[test]
fn errors_are_explained() {
    let installation = Installation::with_cities();
    insta::assert_snapshot!(installation.run(&["search", "nope"]), @r"
    1
    error: no such index [nope]
    ");
    insta::assert_snapshot!(installation.run(&["search", "a/b"]), @r#"
    1
    error: no such index [a/b]: it contains a space, a control character, or one of \ / * ? " < > | , # :
    "#);
    insta::assert_snapshot!(installation.run(&["search", "cities", r#"{"query": {"trem": {}}}"#]), @r"
    1
    error: line 1, column 11: unknown query [trem] (at query)
    ");
    insta::assert_snapshot!(installation.run(&["search", "cities", r#"{"query": {"wasm_udf": {"name": "nope"}}}"#]), @r"
    1
    error: function nope: compile error: unknown function [nope], no functions are published
    ");
    insta::assert_snapshot!(installation.run(&["search", "cities", "@/no/such/file"]), @r"
    1
    error: cannot read /no/such/file: No such file or directory (os error 2)
    ");
}
