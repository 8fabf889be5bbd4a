//! Documents through the official client for Rust.

use std::env;

use opensearch::http::StatusCode;
use opensearch::http::transport::Transport;
use opensearch::indices::{IndicesCreateParts, IndicesDeleteParts};
use opensearch::{
    BulkOperation, BulkParts, CountParts, DeleteParts, Error, GetParts, IndexParts, OpenSearch, SearchParts, UpdateParts,
};
use serde_json::{Value, json};

fn client() -> OpenSearch {
    let url = env::var("QUIDDITCH_URL").expect("the tests have a server");
    OpenSearch::new(Transport::single_node(&url).expect("a URL"))
}

#[tokio::test]
async fn a_document_is_stored_read_changed_and_deleted() -> Result<(), Error> {
    let client = client();
    let mapping = json!({ "mappings": { "properties": { "title": { "type": "text" }, "year": { "type": "integer" } } } });
    let created = client.indices().create(IndicesCreateParts::Index("rust-movies")).body(mapping).send().await?;
    assert_eq!(created.status_code(), StatusCode::OK);
    let movie = json!({ "title": "Moneyball", "year": 2011 });
    let stored = client.index(IndexParts::IndexId("rust-movies", "1")).body(movie).send().await?;
    assert_eq!(stored.status_code(), StatusCode::CREATED);
    let change = json!({ "doc": { "year": 2012 } });
    client.update(UpdateParts::IndexId("rust-movies", "1")).body(change).send().await?.error_for_status_code()?;
    let read: Value = client.get(GetParts::IndexId("rust-movies", "1")).send().await?.json().await?;
    assert_eq!((&read["_source"]["year"], &read["_version"]), (&json!(2012), &json!(2)));
    let query = json!({ "query": { "match": { "title": "moneyball" } } });
    let found: Value = client.search(SearchParts::Index(&["rust-movies"])).body(query).send().await?.json().await?;
    assert_eq!(found["hits"]["total"]["value"], 1);
    let deleted: Value = client.delete(DeleteParts::IndexId("rust-movies", "1")).send().await?.json().await?;
    assert_eq!(deleted["result"], "deleted");
    let dropped = client.indices().delete(IndicesDeleteParts::Index(&["rust-movies"])).send().await?;
    assert_eq!(dropped.status_code(), StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn many_documents_are_written() -> Result<(), Error> {
    let client = client();
    let operation = |number: u32| BulkOperation::create(number.to_string(), json!({ "number": number })).into();
    let operations: Vec<BulkOperation<Value>> = (0..500).map(operation).collect();
    let written: Value = client.bulk(BulkParts::Index("rust-numbers")).body(operations).send().await?.json().await?;
    assert_eq!(written["errors"], false);
    let counted: Value = client.count(CountParts::Index(&["rust-numbers"])).send().await?.json().await?;
    assert_eq!(counted["count"], 500);
    Ok(())
}

#[tokio::test]
async fn errors_have_their_types() -> Result<(), Error> {
    let missing = client().search(SearchParts::Index(&["rust-missing"])).send().await?;
    assert_eq!(missing.status_code(), StatusCode::NOT_FOUND);
    let error: Value = missing.json().await?;
    assert_eq!(error["error"]["type"], "index_not_found_exception");
    Ok(())
}
