//! `pretty` and `filter_path`.

use crate::fixture::get;

#[test]
fn pretty_indents_responses() {
    insta::assert_snapshot!(get("/cities/_doc/1?pretty"), @r#"
    200 OK
    content-type: application/json

    {
      "_index": "cities",
      "_id": "1",
      "_version": 1,
      "_seq_no": 0,
      "_primary_term": 1,
      "found": true,
      "_source": {
        "name": "Berlin",
        "country": "DE",
        "population": 3700000,
        "tags": {
          "a": 1,
          "b": 2
        }
      }
    }
    "#);
}

#[test]
fn filter_path_selects_parts() {
    insta::assert_snapshot!(get("/cities/_search?filter_path=hits.total.value,hits.hits._source.name,-hits.hits._score"), @r#"
    200 OK
    content-type: application/json

    {
      "hits": {
        "total": {
          "value": 3
        },
        "hits": [
          {
            "_source": {
              "name": "Berlin"
            }
          },
          {
            "_source": {
              "name": "Bern"
            }
          },
          {
            "_source": {
              "name": "Hamburg"
            }
          }
        ]
      }
    }
    "#);
    insta::assert_snapshot!(get("/cities/_search?filter_path=nothing"), @r"
    200 OK
    content-type: application/json

    {}
    ");
}

#[test]
fn filter_path_does_not_apply_to_errors() {
    insta::assert_snapshot!(get("/nope?filter_path=status&pretty=true"), @r#"
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
}
