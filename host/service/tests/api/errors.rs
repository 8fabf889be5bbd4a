//! Error responses.

use crate::fixture::{get, post, request, send, shown};

#[test]
fn unknown_paths() {
    insta::assert_snapshot!(get("/_nope/x?pretty"), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "no handler found for uri [/_nope/x] and method [GET]"
          }
        ],
        "type": "illegal_argument_exception",
        "reason": "no handler found for uri [/_nope/x] and method [GET]"
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(post("/cities", ""), @r#"
    405 Method Not Allowed
    allow: DELETE, GET, HEAD, PUT
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "method_not_allowed_exception",
            "reason": "incorrect HTTP method for uri [/cities] and method [POST], allowed: [DELETE, GET, HEAD, PUT]"
          }
        ],
        "type": "method_not_allowed_exception",
        "reason": "incorrect HTTP method for uri [/cities] and method [POST], allowed: [DELETE, GET, HEAD, PUT]"
      },
      "status": 405
    }
    "#);
}

#[test]
fn changes_without_a_host_that_may_write() {
    insta::assert_snapshot!(shown(&send(request("PUT", "/new?pretty", ""))), @r#"
    403 Forbidden
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "cluster_block_exception",
            "reason": "blocked by: [FORBIDDEN/6/cluster read-only (api)]: [PUT /new] requires write access to the store, which this program does not have; use `quidditch serve` or the `quidditch` command"
          }
        ],
        "type": "cluster_block_exception",
        "reason": "blocked by: [FORBIDDEN/6/cluster read-only (api)]: [PUT /new] requires write access to the store, which this program does not have; use `quidditch serve` or the `quidditch` command"
      },
      "status": 403
    }
    "#);
}

#[test]
fn missing_indices() {
    insta::assert_snapshot!(post("/nope/_search", ""), @r#"
    404 Not Found
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "index_not_found_exception",
            "reason": "no such index [nope]",
            "resource.type": "index_or_alias",
            "resource.id": "nope",
            "index": "nope"
          }
        ],
        "type": "index_not_found_exception",
        "reason": "no such index [nope]",
        "resource.type": "index_or_alias",
        "resource.id": "nope",
        "index": "nope"
      },
      "status": 404
    }
    "#);
    insta::assert_snapshot!(get("/cities,towns/_search"), @r#"
    404 Not Found
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "index_not_found_exception",
            "reason": "no such index [towns]",
            "resource.type": "index_or_alias",
            "resource.id": "towns",
            "index": "towns"
          }
        ],
        "type": "index_not_found_exception",
        "reason": "no such index [towns]",
        "resource.type": "index_or_alias",
        "resource.id": "towns",
        "index": "towns"
      },
      "status": 404
    }
    "#);
}

#[test]
fn unknown_parameters() {
    insta::assert_snapshot!(get("/cities/_mapping?help=true"), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "request [/cities/_mapping] contains unrecognized parameter: [help]"
          }
        ],
        "type": "illegal_argument_exception",
        "reason": "request [/cities/_mapping] contains unrecognized parameter: [help]"
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(get("/cities/_search?df=name"), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "in the URL parameter [df]: unknown search parameter"
          }
        ],
        "type": "illegal_argument_exception",
        "reason": "in the URL parameter [df]: unknown search parameter"
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(post("/cities/_count?size=1", ""), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "request [/cities/_count] contains unrecognized parameter: [size]"
          }
        ],
        "type": "illegal_argument_exception",
        "reason": "request [/cities/_count] contains unrecognized parameter: [size]"
      },
      "status": 400
    }
    "#);
}

#[test]
fn unexpected_bodies() {
    insta::assert_snapshot!(shown(&send(request("GET", "/cities", "{}"))), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "request [/cities] does not take a body"
          }
        ],
        "type": "illegal_argument_exception",
        "reason": "request [/cities] does not take a body"
      },
      "status": 400
    }
    "#);
}

#[test]
fn invalid_requests() {
    insta::assert_snapshot!(post("/cities/_search", "{\"query\": {\n  \"macth\": {}}}"), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "parsing_exception",
            "reason": "unknown query [macth] (at query)",
            "line": 1,
            "col": 11
          }
        ],
        "type": "parsing_exception",
        "reason": "unknown query [macth] (at query)",
        "line": 1,
        "col": 11
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(post("/cities/_search", "{\"from\": 10000}"), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "Result window is too large, from + size must be less than or equal to: [10000] but was [10010]"
          }
        ],
        "type": "search_phase_execution_exception",
        "reason": "all shards failed",
        "phase": "query",
        "grouped": true,
        "failed_shards": [
          {
            "shard": 0,
            "index": "cities",
            "reason": {
              "type": "illegal_argument_exception",
              "reason": "Result window is too large, from + size must be less than or equal to: [10000] but was [10010]"
            }
          }
        ]
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(post("/cities/_search", r#"{"query": {"range": {"population": {"gt": "many"}}}}"#), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "query_shard_exception",
            "reason": "failed to create query: field [population] of type [long]: \"many\" is not a number",
            "index": "cities"
          }
        ],
        "type": "search_phase_execution_exception",
        "reason": "all shards failed",
        "phase": "query",
        "grouped": true,
        "failed_shards": [
          {
            "shard": 0,
            "index": "cities",
            "reason": {
              "type": "query_shard_exception",
              "reason": "failed to create query: field [population] of type [long]: \"many\" is not a number",
              "index": "cities"
            }
          }
        ]
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(post("/cities/_count", r#"{"size": 1}"#), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "parsing_exception",
            "reason": "the request does not support [size] (at size)",
            "line": 1,
            "col": 10
          }
        ],
        "type": "parsing_exception",
        "reason": "the request does not support [size] (at size)",
        "line": 1,
        "col": 10
      },
      "status": 400
    }
    "#);
}

#[test]
fn mistakes_inside_a_bool_query() {
    // Of what a clause is about, the clause is the root cause; of a bad value, the query around it is.
    insta::assert_snapshot!(post("/cities/_search", r#"{"query": {"bool": {"must": {"macth": {}}}}}"#), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "parsing_exception",
            "reason": "unknown query [macth] (at query.bool.must)",
            "line": 1,
            "col": 29
          }
        ],
        "type": "x_content_parse_exception",
        "reason": "unknown query [macth] (at query.bool.must)",
        "line": 1,
        "col": 29,
        "caused_by": {
          "type": "parsing_exception",
          "reason": "unknown query [macth] (at query.bool.must)",
          "line": 1,
          "col": 29
        }
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(post("/cities/_search", r#"{"query": {"bool": {"must": {"term": {"country": null}}}}}"#), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "x_content_parse_exception",
            "reason": "[term] query requires a value, found null (at query.bool.must.term.country)",
            "line": 1,
            "col": 50
          }
        ],
        "type": "x_content_parse_exception",
        "reason": "[term] query requires a value, found null (at query.bool.must.term.country)",
        "line": 1,
        "col": 50,
        "caused_by": {
          "type": "illegal_argument_exception",
          "reason": "[term] query requires a value, found null (at query.bool.must.term.country)",
          "line": 1,
          "col": 50
        }
      },
      "status": 400
    }
    "#);
}

#[test]
fn names_that_no_index_can_have() {
    insta::assert_snapshot!(get("/Cities/_search"), @r#"
    404 Not Found
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "index_not_found_exception",
            "reason": "no such index [Cities]: it is not all in lower case",
            "resource.type": "index_or_alias",
            "resource.id": "Cities",
            "index": "Cities"
          }
        ],
        "type": "index_not_found_exception",
        "reason": "no such index [Cities]: it is not all in lower case",
        "resource.type": "index_or_alias",
        "resource.id": "Cities",
        "index": "Cities"
      },
      "status": 404
    }
    "#);
    assert_eq!(send(request("GET", "/Cities/_count?ignore_unavailable", "")).status(), 200);
}
