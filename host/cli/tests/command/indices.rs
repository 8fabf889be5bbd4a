//! `quidditch index`.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::fixture::{DOCUMENTS, Installation, MAPPING, without_sizes};

#[test]
fn an_index_is_created_and_deleted() {
    let installation = Installation::new();
    let mapping = installation.write("mapping.json", MAPPING);
    insta::assert_snapshot!(installation.run(&["index", "create", "cities", "--mapping", &mapping]), @r"
    0
    created index cities
    ");
    insta::assert_snapshot!(installation.run(&["index", "create", "cities"]), @r"
    1
    error: index [cities] already exists
    ");
    insta::assert_snapshot!(without_sizes(&installation.run_with(&["index", "add", "cities"], DOCUMENTS)), @r"
    0
    added 3 documents to cities (1 split, N KB)
    ");
    insta::assert_snapshot!(without_sizes(&installation.run(&["index", "list"])), @r"
    0
    NAME    DOCUMENTS  DELETED  SPLITS  SIZE
    cities          3        0       1  N KB
    ");
    insta::assert_snapshot!(without_sizes(&installation.run(&["index", "show", "cities"])), @r#"
    0
    cities: 3 documents in 1 split, N KB
    mapping: {
      "dynamic": "strict",
      "properties": {
        "country": {
          "type": "keyword"
        },
        "name": {
          "type": "text"
        },
        "population": {
          "type": "long"
        }
      }
    }
    "#);
    insta::assert_snapshot!(installation.run(&["index", "delete", "cities"]), @r"
    0
    deleted index cities
    ");
    insta::assert_snapshot!(installation.run(&["index", "show", "cities"]), @r"
    1
    error: no such index [cities]
    ");
}

#[test]
fn json_output() {
    let installation = Installation::with_cities();
    let list = installation.json(&["index", "list", "--json"]);
    assert_eq!((&list[0]["name"], &list[0]["documents"]), (&"cities".into(), &3.into()));
    assert_eq!((&list[0]["deleted"], &list[0]["splits"], &list[0]["retired"]), (&0.into(), &1.into(), &0.into()));
    let shown = installation.json(&["--json", "index", "show", "cities"]);
    assert_eq!(shown["mappings"]["properties"]["country"]["type"], "keyword");
    assert_eq!(installation.succeed(&["index", "delete", "cities", "--json"]), "{\"index\":\"cities\"}\n");
}

#[test]
fn bad_documents_are_skipped_and_reported() {
    let installation = Installation::with_cities();
    let good = installation.write("good.ndjson", "{\"name\": \"Bonn\"}\n");
    let bad = installation.write("bad.ndjson", "{\"name\": \"Ulm\"}\n{\"name\": 1, \"x\": 2}\nnot JSON");
    let output = installation.run(&["index", "add", "cities", &good, &bad]);
    insta::assert_snapshot!(without_sizes(&output), @r"
    3
    added 2 documents to cities (1 split, N KB), skipped 2
    skipped FOLDER/bad.ndjson:2: unknown field [x] in [document], which has a strict mapping
    skipped FOLDER/bad.ndjson:3: not valid JSON: expected ident at line 1 column 2
    ");
    let json = installation.run(&["index", "add", "cities", &bad, "--json"]);
    assert!(
        json.starts_with("3\n{\"index\":\"cities\",\"added\":1,\"replaced\":0,\"skipped\":2,\"bad_documents\":["),
        "{json}"
    );
}

#[test]
fn on_error_fail_adds_nothing() {
    let installation = Installation::with_cities();
    let good = installation.write("good.ndjson", "{\"name\": \"Bonn\"}");
    let bad = installation.write("bad.ndjson", "\n{\"population\": \"many\"}\n");
    insta::assert_snapshot!(installation.run(&["index", "add", "cities", &good, &bad, "--on-error", "fail"]), @r#"
    1
    error: no documents were added: FOLDER/bad.ndjson:2: field [population] of type [long]: "many" is not a number
    "#);
    assert_eq!(installation.json(&["index", "list", "--json"])[0]["documents"], 3);
}

#[test]
fn documents_replace_those_with_the_same_id() {
    let installation = Installation::with_cities();
    let again = "{\"_id\": \"1\", \"name\": \"Berlin\"}\n{\"_id\": \"4\", \"name\": \"Bonn\"}\n{\"_id\": \"4\", \"name\": \"Ulm\"}\n";
    insta::assert_snapshot!(without_sizes(&installation.run_with(&["index", "add", "cities"], again)), @r"
    0
    added 3 documents to cities (1 split, N KB), replaced 2
    ");
    let json = installation.run_with(&["index", "add", "cities", "--json"], again);
    assert!(json.starts_with("0\n{\"index\":\"cities\",\"added\":3,\"replaced\":3,\"skipped\":0,"), "{json}");
    insta::assert_snapshot!(without_sizes(&installation.run(&["index", "list"])), @r"
    0
    NAME    DOCUMENTS  DELETED  SPLITS  SIZE
    cities          4        2       2  N KB
    ");
    let shown = without_sizes(&installation.succeed(&["index", "show", "cities"]));
    insta::assert_snapshot!(shown.lines().take(3).collect::<Vec<_>>().join("\n"), @r"
    cities: 4 documents in 2 splits, N KB
    2 deleted documents, whose space is freed by merging
    2 objects no longer needed, to be removed by gc
    ");
}

#[test]
fn a_damaged_index_does_not_hide_the_others() {
    let installation = Installation::with_cities();
    installation.succeed(&["index", "create", "broken"]);
    installation.write("store/broken/manifest.json", "{");
    insta::assert_snapshot!(without_sizes(&installation.run(&["index", "list"])), @r#"
    1
    NAME    DOCUMENTS  DELETED  SPLITS  SIZE
    cities          3        0       1  N KB
    error: cannot read index [broken]: object "broken/manifest.json" is damaged: not a valid manifest: EOF while parsing an object at line 1 column 1
    "#);
}

#[test]
fn input_can_be_compressed() {
    let installation = Installation::with_cities();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(b"{\"name\": \"Bonn\"}\n{\"name\": \"Ulm\"}\n").expect("memory");
    let compressed = encoder.finish().expect("memory");
    let file = installation.write("more.ndjson.gz", &compressed);
    installation.succeed(&["index", "add", "cities", &file]);
    assert!(installation.run_with(&["index", "add", "cities", "-"], &compressed).starts_with("0\n"));
    assert_eq!(installation.json(&["index", "list", "--json"])[0]["documents"], 7);

    let unreadable = installation.write("unreadable.gz", &compressed[..12]);
    insta::assert_snapshot!(installation.run(&["index", "add", "cities", &unreadable]), @r"
    1
    error: no documents were added: cannot read the input: incomplete deflate stream
    ");
    let damaged = installation.write("damaged.gz", &compressed[..30]);
    insta::assert_snapshot!(installation.run(&["index", "add", "cities", &damaged]), @r"
    1
    error: no documents were added: cannot read the input after FOLDER/damaged.gz:1: incomplete deflate stream
    ");
}

#[test]
fn exit_codes() {
    let installation = Installation::new();
    let exit_code = |arguments: &[&str]| installation.run(arguments).lines().next().unwrap_or_default().to_owned();
    assert_eq!(exit_code(&["index", "list"]), "0");
    assert_eq!(exit_code(&["index", "show", "nope"]), "1");
    assert_eq!(exit_code(&["index", "add", "nope", "/no/such/file"]), "1");
    assert_eq!(exit_code(&["index", "nope"]), "2");
    assert_eq!(exit_code(&["index", "add", "cities", "--on-error", "maybe"]), "2");
    insta::assert_snapshot!(installation.run(&["index", "create", "Cities"]), @r"
    1
    error: invalid index name [Cities]: it is not all in lower case
    ");
    insta::assert_snapshot!(installation.run(&["--store", "ftp://x", "index", "list"]), @r#"
    1
    error: invalid store [ftp://x]: unknown scheme [ftp], expected a folder path, file:///FOLDER or s3://BUCKET/PREFIX
    "#);
    let mapping = installation.write("mapping.json", r#"{"properties": {"a": {"type": "txt"}}}"#);
    insta::assert_snapshot!(installation.run(&["index", "create", "a", "--mapping", &mapping]), @r#"
    1
    error: cannot use the mapping in FOLDER/mapping.json: invalid mapping at [properties.a.type]: unknown type "txt"; supported types: text, match_only_text, search_as_you_type, completion, keyword, wildcard, constant_keyword, ip, long, integer, short, byte, double, float, half_float, scaled_float, token_count, unsigned_long, boolean, date, date_nanos, integer_range, long_range, float_range, double_range, date_range, ip_range, binary, flat_object, rank_feature, rank_features, percolator, geo_point, alias, object, nested
    "#);
}
