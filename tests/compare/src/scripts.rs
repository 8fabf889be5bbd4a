//! The example functions as scripts in Painless, for servers that do not have them.

use quidditch_function::Role;
use serde_json::{Map, Value as Json, json};

/// Kept if one value is in the range.
const NUMBER_RANGE: &str = "for (def v : doc[params.field]) { \
    if ((params.min == null || v >= params.min) && (params.max == null || v <= params.max)) { return true; } } return false;";

const WITHIN_RADIUS: &str = "doc[params.field].size() > 0 && \
    doc[params.field].arcDistance(params.lat, params.lon) <= params.radius_km * 1000.0";

const NEARNESS: &str = "if (doc[params.field].size() == 0) { return 0; } \
    double offset = params.offset_km == null ? 0.0 : params.offset_km; \
    double decay = params.decay == null ? 0.5 : params.decay; \
    double d = Math.max(0.0, doc[params.field].arcDistance(params.lat, params.lon) / 1000.0 - offset); \
    return Math.exp(d * d * Math.log(decay) / (params.scale_km * params.scale_km));";

const CUSTOM_SCORE: &str = "double boost = params.boost == null ? 1.0 : params.boost; \
    double factor = params.factor == null ? 0.0 : params.factor; \
    double missing = params.missing == null ? 0.0 : params.missing; \
    double value = doc[params.field].size() == 0 ? missing : doc[params.field][0]; \
    return _score * boost + factor * value;";

/// Levenshtein distances of the field's texts, by the definition. Both string scripts begin with it.
const DISTANCE: &str = "int distance(String a, String b) { \
    int[] row = new int[b.length() + 1]; \
    for (int j = 0; j <= b.length(); j++) { row[j] = j; } \
    for (int i = 1; i <= a.length(); i++) { \
    int diagonal = row[0]; row[0] = i; \
    for (int j = 1; j <= b.length(); j++) { \
    int above = row[j]; \
    int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1); \
    row[j] = (int) Math.min(replaced, Math.min(above, row[j - 1]) + 1); \
    diagonal = above; } } \
    return row[b.length()]; } \
    boolean ignore = params.ignore_case == true; \
    String text = ignore ? params.text.toLowerCase() : params.text; ";

const CLOSE_TEXT: &str = "int max = params.max_distance == null ? 2 : params.max_distance; \
    for (String v : doc[params.field]) { \
    if (distance(text, ignore ? v.toLowerCase() : v) <= max) { return true; } } return false;";

const SIMILARITY: &str = "double best = 0; \
    for (String v : doc[params.field]) { \
    String other = ignore ? v.toLowerCase() : v; \
    int longer = (int) Math.max(text.length(), other.length()); \
    double similarity = longer == 0 ? 1.0 : 1.0 - (double) distance(text, other) / longer; \
    best = Math.max(best, similarity); } return best;";

/// The source of a function as a script; `None` if it is not an example function.
fn source(name: &str, role: Role) -> Option<String> {
    Some(match (name, role) {
        ("number_range", Role::Filter) => NUMBER_RANGE.to_owned(),
        ("geo_distance", Role::Filter) => WITHIN_RADIUS.to_owned(),
        ("geo_distance", Role::Scorer) => NEARNESS.to_owned(),
        ("custom_score", Role::Scorer) => CUSTOM_SCORE.to_owned(),
        ("string_distance", Role::Filter) => format!("{DISTANCE}{CLOSE_TEXT}"),
        ("string_distance", Role::Scorer) => format!("{DISTANCE}{SIMILARITY}"),
        _ => return None,
    })
}

/// Whether a request calls a function.
pub(crate) fn calls_functions(request: &Json) -> bool {
    match request {
        Json::Object(members) => {
            members.contains_key("wasm_udf")
                || members.get("lang").is_some_and(|lang| lang == "wasm")
                || members.values().any(calls_functions)
        }
        Json::Array(items) => items.iter().any(calls_functions),
        _ => false,
    }
}

/// The same request with scripts in place of its functions. Calls that are not well-formed stay as they are.
pub(crate) fn with_scripts(request: &Json) -> Json {
    convert(request, "")
}

fn convert(json: &Json, parent: &str) -> Json {
    match json {
        Json::Array(items) => items.iter().map(|item| convert(item, parent)).collect(),
        Json::Object(members) => {
            let mut converted = Map::new();
            for (key, value) in members {
                let (key, value) =
                    convert_member(members, parent, key, value).unwrap_or_else(|| (key.clone(), convert(value, key)));
                converted.insert(key, value);
            }
            Json::Object(converted)
        }
        scalar => scalar.clone(),
    }
}

/// A member that calls a function, with the script in its place.
fn convert_member(siblings: &Map<String, Json>, parent: &str, key: &str, value: &Json) -> Option<(String, Json)> {
    match key {
        "script" if value["lang"] == "wasm" => {
            let name = value["id"].as_str()?.split('@').next()?;
            // A query has the key twice, one in the other.
            let role = if parent == "script" { Role::Filter } else { Role::Scorer };
            Some((key.to_owned(), script(name, role, value.get("params"))?))
        }
        "wasm_udf" => {
            let script = |role| script(value["name"].as_str()?, role, value.get("parameters"));
            if parent == "script_score" {
                Some(("script".to_owned(), script(Role::Scorer)?))
            } else if parent == "functions" || siblings.len() > 1 {
                Some(("script_score".to_owned(), json!({ "script": script(Role::Scorer)? })))
            } else {
                let mut query = json!({ "script": script(Role::Filter)? });
                if let Some(boost) = value.get("boost") {
                    query["boost"] = boost.clone();
                }
                Some(("script".to_owned(), query))
            }
        }
        _ => None,
    }
}

fn script(name: &str, role: Role, parameters: Option<&Json>) -> Option<Json> {
    let parameters = parameters.cloned().unwrap_or_else(|| json!({}));
    Some(json!({ "source": source(name, role)?, "params": parameters }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(request: Json) -> Json {
        assert!(calls_functions(&request));
        let converted = with_scripts(&request);
        assert!(!calls_functions(&converted), "{converted}");
        converted
    }

    #[test]
    fn filters_become_script_queries() {
        let parameters = json!({ "field": "x", "min": 1 });
        let expected = json!({ "source": NUMBER_RANGE, "params": parameters });
        let udf = json!({ "query": { "wasm_udf": { "name": "number_range", "parameters": parameters, "boost": 2 } } });
        assert_eq!(converted(udf), json!({ "query": { "script": { "script": expected, "boost": 2 } } }));
        let script = json!({ "lang": "wasm", "id": "number_range@1.0.0", "params": parameters });
        let query = json!({ "filter": [{ "script": { "script": script, "boost": 2 } }] });
        assert_eq!(converted(query), json!({ "filter": [{ "script": { "script": expected, "boost": 2 } }] }));
    }

    #[test]
    fn scorers_become_scripts_where_they_are() {
        let expected = json!({ "source": CUSTOM_SCORE, "params": { "field": "x" } });
        let udf = json!({ "name": "custom_score", "parameters": { "field": "x" } });
        let script = json!({ "lang": "wasm", "id": "custom_score", "params": { "field": "x" } });
        for (key, scorer) in [("wasm_udf", &udf), ("script", &script)] {
            let query = json!({ "script_score": { "query": { "match_all": {} }, key: scorer } });
            let with_script = json!({ "script_score": { "query": { "match_all": {} }, "script": expected } });
            assert_eq!(converted(query), with_script);
            let function = json!({ "functions": [{ "script_score": { key: scorer } }] });
            assert_eq!(converted(function), json!({ "functions": [{ "script_score": { "script": expected } }] }));
        }
        for function in [json!({ "wasm_udf": udf }), json!({ "weight": 2, "wasm_udf": udf })] {
            let function = converted(json!({ "functions": [function] }));
            assert_eq!(function["functions"][0]["script_score"]["script"], expected);
        }
    }

    #[test]
    fn other_scripts_stay_as_they_are() {
        let request = json!({ "script": { "script": { "lang": "painless", "source": "true" } } });
        assert!(!calls_functions(&request));
        assert_eq!(with_scripts(&request), request);
        let unknown = json!({ "wasm_udf": { "name": "nobody" } });
        assert_eq!(with_scripts(&unknown), unknown);
    }
}
