//! Formats the response to a search as text.

use quidditch_function::FunctionId;
use serde_json::{Map, Value as Json};

use crate::output::count;
use crate::table::Table;

/// Maximum number of columns of document fields. 7: a document's first fields tell most about it.
const COLUMNS: usize = 7;

/// Maximum number of characters of a field's value. 48: longer texts do not help to distinguish documents.
const FIELD_CHARACTERS: usize = 48;

/// The hits as a table, their number, and the cost of functions if the response has a profile.
pub(crate) fn text(response: &Json) -> String {
    let hits = response["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut parts = Vec::new();
    if !hits.is_empty() {
        parts.push(hits_table(hits));
    }
    parts.push(summary(response, hits.len()));
    if let Some(functions) = response["profile"]["functions"].as_array().filter(|functions| !functions.is_empty()) {
        parts.push(functions_table(functions));
    }
    parts.join("\n\n")
}

fn hits_table(hits: &[Json]) -> String {
    let sources: Vec<Option<&Map<String, Json>>> = hits.iter().map(|hit| hit["_source"].as_object()).collect();
    let mut keys: Vec<&str> = Vec::new();
    for key in sources.iter().flatten().flat_map(|source| source.keys()) {
        if keys.len() < COLUMNS && !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    let scored = hits.iter().any(|hit| hit["_score"].is_number());
    let lead: &[&str] = if scored { &["score", "id"] } else { &["id"] };
    let mut table = Table::new(&[lead, &keys].concat());
    for (hit, source) in hits.iter().zip(sources) {
        let score = scored.then(|| cell(&hit["_score"]));
        let fields = keys.iter().map(|key| {
            source.and_then(|source| source.get(*key)).map_or_else(String::new, |value| truncate(cell(value)))
        });
        table.row(score.into_iter().chain([cell(&hit["_id"])]).chain(fields));
    }
    table.text()
}

/// Strings without quotes, nothing for null, everything else as JSON.
fn cell(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn truncate(text: String) -> String {
    match text.char_indices().nth(FIELD_CHARACTERS) {
        None => text,
        Some(_) => text.chars().take(FIELD_CHARACTERS - 1).chain(['…']).collect(),
    }
}

fn summary(response: &Json, shown: usize) -> String {
    let total = &response["hits"]["total"];
    let at_least = if total["relation"] == "gte" { "at least " } else { "" };
    let total = total["value"].as_u64().map(|total| format!(" of {at_least}{total}")).unwrap_or_default();
    let timed_out = if response["timed_out"] == true { ", timed out" } else { "" };
    let took = response["took"].as_u64().unwrap_or_default();
    let noun = count(shown as u64, "hit");
    format!("{noun}{total}, {took} ms{timed_out}")
}

fn functions_table(functions: &[Json]) -> String {
    let mut table = Table::new(&["function", "role", "documents", "calls", "ns/document", "clause"]);
    for function in functions {
        let id = FunctionId::new(cell(&function["name"]), cell(&function["version"]));
        let nanos = function["time_in_nanos"].as_f64().unwrap_or_default();
        let each = match function["documents"].as_f64() {
            Some(documents) if documents > 0.0 => format!("{:.1}", nanos / documents),
            _ => "-".to_owned(),
        };
        let numbers = [cell(&function["documents"]), cell(&function["calls"]), each];
        let [documents, calls, each] = numbers;
        table.row([id.to_string(), cell(&function["role"]), documents, calls, each, cell(&function["clause"])]);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hits_are_formatted_as_a_table() {
        let response = json!({
            "took": 3, "timed_out": false,
            "hits": { "total": { "value": 10000, "relation": "gte" }, "hits": [
                { "_id": "1", "_score": 2.5, "_source": { "name": "Berlin", "location": { "lat": 52.5, "lon": 13.4 } } },
                { "_id": "2", "_score": 1.0, "_source": { "name": "Bern", "tags": ["a", "b"] } },
            ] },
            "profile": { "functions": [
                { "name": "f", "version": "1.0.0", "role": "filter", "documents": 4, "calls": 1, "time_in_nanos": 50, "clause": "query.wasm_udf" },
                { "name": "g", "version": "1.0.0", "role": "scorer", "documents": 0, "calls": 0, "time_in_nanos": 0, "clause": "query.wasm_udf" },
            ] },
        });
        insta::assert_snapshot!(text(&response), @r#"
        SCORE  ID  NAME    LOCATION                 TAGS
          2.5   1  Berlin  {"lat":52.5,"lon":13.4}
          1.0   2  Bern                             ["a","b"]

        2 hits of at least 10000, 3 ms

        FUNCTION  ROLE    DOCUMENTS  CALLS  NS/DOCUMENT  CLAUSE
        f@1.0.0   filter          4      1         12.5  query.wasm_udf
        g@1.0.0   scorer          0      0            -  query.wasm_udf
        "#);
    }

    #[test]
    fn long_fields_are_truncated() {
        assert_eq!(truncate("é".repeat(48)), "é".repeat(48));
        assert_eq!(truncate("é".repeat(49)), "é".repeat(47) + "…");
    }

    #[test]
    fn a_response_without_hits_is_one_line() {
        let response =
            json!({ "took": 0, "timed_out": true, "hits": { "total": { "value": 0, "relation": "eq" }, "hits": [] } });
        assert_eq!(text(&response), "0 hits of 0, 0 ms, timed out");
    }
}
