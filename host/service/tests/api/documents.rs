//! `/{index}/_doc/{id}`.

use crate::fixture::{get, request, send};

#[test]
fn returns_a_document() {
    insta::assert_snapshot!(get("/cities/_doc/1"), @r#"
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
    insta::assert_snapshot!(get("/cities/_doc/nope"), @r#"
    404 Not Found
    content-type: application/json

    {
      "_index": "cities",
      "_id": "nope",
      "found": false
    }
    "#);
}

#[test]
fn returns_the_requested_part_of_a_document() {
    insta::assert_snapshot!(get("/cities/_doc/1?_source=false"), @r#"
    200 OK
    content-type: application/json

    {
      "_index": "cities",
      "_id": "1",
      "_version": 1,
      "_seq_no": 0,
      "_primary_term": 1,
      "found": true
    }
    "#);
    insta::assert_snapshot!(get("/cities/_doc/1?_source=name,tags.b"), @r#"
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
        "tags": {
          "b": 2
        }
      }
    }
    "#);
    insta::assert_snapshot!(get("/cities/_doc/1?_source_excludes=tags,name"), @r#"
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
        "country": "DE",
        "population": 3700000
      }
    }
    "#);
    insta::assert_snapshot!(get("/cities/_doc/nope?_source=name"), @r#"
    404 Not Found
    content-type: application/json

    {
      "_index": "cities",
      "_id": "nope",
      "found": false
    }
    "#);
}

#[test]
fn values_of_the_source_are_returned_as_they_were_written() {
    let response = send(request("GET", "/cities/_doc/1", ""));
    let expected = concat!(
        r#"{"_index":"cities","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":"#,
        r#"{"name":"Berlin","country":"DE","population":3700000,"tags":{"a": 1, "b": 2}}}"#,
    );
    assert_eq!(response.body(), expected);
}
