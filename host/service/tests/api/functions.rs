//! `/_udf`.

use crate::fixture::get;

#[test]
fn lists_functions() {
    insta::assert_snapshot!(get("/_udf"), @r#"
    200 OK
    content-type: application/json

    {
      "functions": [
        {
          "name": "above",
          "versions": [
            "1.0.0",
            "1.1.0"
          ],
          "summary": "above of version 1.1.0",
          "filter": true,
          "scorer": false,
          "values": false
        },
        {
          "name": "below",
          "versions": [
            "0.1.0"
          ],
          "summary": "below of version 0.1.0",
          "filter": true,
          "scorer": false,
          "values": false
        }
      ]
    }
    "#);
}

#[test]
fn describes_a_function() {
    insta::assert_snapshot!(get("/_udf/above"), @r#"
    200 OK
    content-type: application/json

    {
      "name": "above",
      "versions": [
        {
          "version": "1.0.0",
          "summary": "above of version 1.0.0",
          "filter": true,
          "scorer": false,
          "values": false,
          "parameters": [
            {
              "name": "least",
              "kind": "float",
              "required": false,
              "default": 0.5,
              "summary": "the smallest population"
            }
          ]
        },
        {
          "version": "1.1.0",
          "summary": "above of version 1.1.0",
          "filter": true,
          "scorer": false,
          "values": false,
          "parameters": [
            {
              "name": "least",
              "kind": "float",
              "required": false,
              "default": 0.5,
              "summary": "the smallest population"
            }
          ]
        }
      ]
    }
    "#);
    insta::assert_snapshot!(get("/_udf/nope"), @r#"
    404 Not Found
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "resource_not_found_exception",
            "reason": "no such function [nope]"
          }
        ],
        "type": "resource_not_found_exception",
        "reason": "no such function [nope]"
      },
      "status": 404
    }
    "#);
}
