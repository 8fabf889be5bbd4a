//! `/`, `/_health`, and descriptions of indices.

use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use quidditch_indexing::delete_index;
use quidditch_service::Settings;

use crate::fixture::{get, request, service_over, shown, storage};

#[test]
fn tells_name_and_version() {
    insta::assert_snapshot!(get("/"), @r#"
    200 OK
    content-type: application/json

    {
      "name": "quidditch",
      "cluster_name": "quidditch",
      "cluster_uuid": "_na_",
      "version": {
        "distribution": "opensearch",
        "number": "2.19.0",
        "build_type": "quidditch",
        "quidditch": "0.1.0",
        "build_snapshot": false,
        "minimum_wire_compatibility_version": "7.10.0",
        "minimum_index_compatibility_version": "7.0.0"
      },
      "tagline": "Catches the one you are after"
    }
    "#);
    insta::assert_snapshot!(get("/_health"), @r#"
    200 OK
    content-type: application/json

    {
      "status": "ok"
    }
    "#);
}

#[test]
fn describes_an_index() {
    insta::assert_snapshot!(get("/cities?filter_path=-*.settings.index.uuid"), @r#"
    200 OK
    content-type: application/json

    {
      "cities": {
        "aliases": {},
        "mappings": {
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
            },
            "tags": {
              "properties": {
                "a": {
                  "type": "long"
                },
                "b": {
                  "type": "long"
                }
              }
            }
          }
        },
        "settings": {
          "index": {
            "number_of_shards": "1",
            "number_of_replicas": "0",
            "provided_name": "cities"
          }
        }
      }
    }
    "#);
    insta::assert_snapshot!(get("/cities/_mapping"), @r#"
    200 OK
    content-type: application/json

    {
      "cities": {
        "mappings": {
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
            },
            "tags": {
              "properties": {
                "a": {
                  "type": "long"
                },
                "b": {
                  "type": "long"
                }
              }
            }
          }
        }
      }
    }
    "#);
}

#[test]
fn a_missing_index_can_be_ignored() {
    insta::assert_snapshot!(get("/nope/_mapping?ignore_unavailable"), @r"
    200 OK
    content-type: application/json

    {}
    ");
}

#[test]
fn lists_indices_as_a_table() {
    insta::assert_snapshot!(get("/_cat/indices?v&h=health,status,index,pri,rep,docs.count,docs.deleted,splits"), @r"
    200 OK
    content-type: text/plain; charset=UTF-8

    health status index  pri rep docs.count docs.deleted splits
    green  open   cities   1   0          3            0      1
    ");
    insta::assert_snapshot!(get("/_cat/indices?h=index,docs.count"), @r"
    200 OK
    content-type: text/plain; charset=UTF-8

    cities 3
    ");
    insta::assert_snapshot!(get("/_cat/indices?h=docs.count,index&format=json"), @r#"
    200 OK
    content-type: application/json

    [
      {
        "docs.count": "3",
        "index": "cities"
      }
    ]
    "#);
}

#[test]
fn unknown_columns_and_formats_are_errors() {
    insta::assert_snapshot!(get("/_cat/indices?h=size"), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "unknown column [size] in parameter [h]; supported: [health], [status], [index], [uuid], [pri], [rep], [docs.count], [docs.deleted], [store.size], [pri.store.size], [splits]"
          }
        ],
        "type": "illegal_argument_exception",
        "reason": "unknown column [size] in parameter [h]; supported: [health], [status], [index], [uuid], [pri], [rep], [docs.count], [docs.deleted], [store.size], [pri.store.size], [splits]"
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(get("/_cat/indices?bytes=x"), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "parameter [bytes] must be one of [b], [k], [kb], [m], [mb], [g], [gb], [t], [tb], [p], [pb], but is [x]"
          }
        ],
        "type": "illegal_argument_exception",
        "reason": "parameter [bytes] must be one of [b], [k], [kb], [m], [mb], [g], [gb], [t], [tb], [p], [pb], but is [x]"
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(get("/_cat/indices?format=yaml"), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "parameter [format] must be one of [text], [json], but is [yaml]"
          }
        ],
        "type": "illegal_argument_exception",
        "reason": "parameter [format] must be one of [text], [json], but is [yaml]"
      },
      "status": 400
    }
    "#);
}

#[test]
fn an_index_that_was_deleted_while_it_was_searched_is_missing() {
    let storage = storage();
    let settings = Settings { snapshot_max_age: Duration::MAX, ..Settings::default() };
    let service = service_over(Arc::clone(&storage), settings);
    let answer = |path: &str| shown(&block_on(service.handle(request("GET", path, ""))));
    // This opens the index, and none of its splits.
    assert!(answer("/cities/_mapping").starts_with("200"));
    block_on(delete_index(&storage, "cities")).expect("it exists");
    let gone = answer("/cities/_search");
    assert!(gone.starts_with("404") && gone.contains("index_not_found_exception"), "{gone}");
}
