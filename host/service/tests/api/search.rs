//! `/{index}/_search` and `/{index}/_count`.

use crate::fixture::{get, post};

#[test]
fn searches_without_a_body() {
    insta::assert_snapshot!(get("/cities/_search?size=1&sort=population:desc&_source=name"), @r#"
    200 OK
    content-type: application/json

    {
      "took": 0,
      "timed_out": false,
      "_shards": {
        "total": 1,
        "successful": 1,
        "skipped": 0,
        "failed": 0
      },
      "hits": {
        "total": {
          "value": 3,
          "relation": "eq"
        },
        "max_score": null,
        "hits": [
          {
            "_index": "cities",
            "_id": "1",
            "_score": null,
            "_source": {
              "name": "Berlin"
            },
            "sort": [
              3700000
            ]
          }
        ]
      }
    }
    "#);
}

#[test]
fn searches_with_functions() {
    let body = r#"{
        "query": { "script_score": {
            "query": { "bool": { "filter": [ { "wasm_udf": { "name": "above", "parameters": { "least": 1e6 } } } ] } },
            "script": { "lang": "wasm", "id": "population_score@0.0.0" } } },
        "_source": "name", "profile": true }"#;
    insta::assert_snapshot!(post("/cities/_search", body), @r#"
    200 OK
    content-type: application/json

    {
      "took": 0,
      "timed_out": false,
      "_shards": {
        "total": 1,
        "successful": 1,
        "skipped": 0,
        "failed": 0
      },
      "hits": {
        "total": {
          "value": 2,
          "relation": "eq"
        },
        "max_score": 3700000.0,
        "hits": [
          {
            "_index": "cities",
            "_id": "1",
            "_score": 3700000.0,
            "_source": {
              "name": "Berlin"
            }
          },
          {
            "_index": "cities",
            "_id": "3",
            "_score": 1900000.0,
            "_source": {
              "name": "Hamburg"
            }
          }
        ]
      },
      "profile": {
        "time_in_nanos": {
          "plan": 0,
          "warm": 0,
          "execute": 0,
          "fetch": 0
        },
        "storage": {
          "gets": 2,
          "bytes": 0,
          "round_trips": 2,
          "late_round_trips": 0,
          "cache_hits": 0
        },
        "splits_searched": 1,
        "splits_skipped": 0,
        "functions": [
          {
            "name": "above",
            "version": "0.0.0",
            "role": "filter",
            "clause": "query.script_score.query.bool.filter[0].wasm_udf",
            "instances": 1,
            "calls": 1,
            "documents": 3,
            "time_in_nanos": 0
          },
          {
            "name": "population_score",
            "version": "0.0.0",
            "role": "scorer",
            "clause": "query.script_score.script",
            "instances": 1,
            "calls": 1,
            "documents": 2,
            "time_in_nanos": 0
          }
        ]
      }
    }
    "#);
}

#[test]
fn totals_can_be_plain_numbers() {
    insta::assert_snapshot!(post("/cities/_search?rest_total_hits_as_int&size=0", "{}"), @r#"
    200 OK
    content-type: application/json

    {
      "took": 0,
      "timed_out": false,
      "_shards": {
        "total": 1,
        "successful": 1,
        "skipped": 0,
        "failed": 0
      },
      "hits": {
        "total": 3,
        "max_score": null,
        "hits": []
      }
    }
    "#);
    insta::assert_snapshot!(
        post("/cities/_search?rest_total_hits_as_int&size=0", r#"{"track_total_hits": false}"#),
        @r#"
        200 OK
        content-type: application/json

        {
          "took": 0,
          "timed_out": false,
          "_shards": {
            "total": 1,
            "successful": 1,
            "skipped": 0,
            "failed": 0
          },
          "hits": {
            "total": -1,
            "max_score": null,
            "hits": []
          }
        }
        "#
    );
    insta::assert_snapshot!(
        post("/cities/_search?rest_total_hits_as_int&size=0", r#"{"track_total_hits": 100}"#),
        @r#"
        400 Bad Request
        content-type: application/json

        {
          "error": {
            "root_cause": [
              {
                "type": "illegal_argument_exception",
                "reason": "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got [100]"
              }
            ],
            "type": "illegal_argument_exception",
            "reason": "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got [100]"
          },
          "status": 400
        }
        "#
    );
    insta::assert_snapshot!(post("/cities/_search?rest_total_hits_as_int&track_total_hits=5&size=0", ""), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got [5]"
          }
        ],
        "type": "illegal_argument_exception",
        "reason": "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got [5]"
      },
      "status": 400
    }
    "#);
}

#[test]
fn a_missing_index_can_be_ignored() {
    insta::assert_snapshot!(post("/nope/_search?ignore_unavailable=true&typed_keys", ""), @r#"
    200 OK
    content-type: application/json

    {
      "took": 0,
      "timed_out": false,
      "_shards": {
        "total": 0,
        "successful": 0,
        "skipped": 0,
        "failed": 0
      },
      "hits": {
        "total": {
          "value": 0,
          "relation": "eq"
        },
        "max_score": 0.0,
        "hits": []
      }
    }
    "#);
    insta::assert_snapshot!(post("/nope/_count?ignore_unavailable=true", ""), @r#"
    200 OK
    content-type: application/json

    {
      "count": 0,
      "_shards": {
        "total": 0,
        "successful": 0,
        "skipped": 0,
        "failed": 0
      }
    }
    "#);
}

#[test]
fn counts_documents() {
    insta::assert_snapshot!(get("/cities/_count"), @r#"
    200 OK
    content-type: application/json

    {
      "count": 3,
      "_shards": {
        "total": 1,
        "successful": 1,
        "skipped": 0,
        "failed": 0
      }
    }
    "#);
    insta::assert_snapshot!(post("/cities/_count", r#"{"query": {"term": {"country": "DE"}}}"#), @r#"
    200 OK
    content-type: application/json

    {
      "count": 2,
      "_shards": {
        "total": 1,
        "successful": 1,
        "skipped": 0,
        "failed": 0
      }
    }
    "#);
}

#[test]
fn repeated_parameters_are_errors() {
    for parameter in ["size=1", "from=0", "sort=name", "_source=name", "timeout=1s", "track_total_hits=true"] {
        let (name, _) = parameter.split_once('=').expect("a parameter");
        let response = get(&format!("/cities/_search?{parameter}&{parameter}"));
        assert!(response.starts_with("400 "), "{response}");
        assert!(response.contains(&format!("parameter [{name}] is given more than once")), "{response}");
    }
}
