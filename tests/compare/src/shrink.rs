//! Making a request smaller as long as it shows what it showed.

use serde_json::Value as Json;

/// Attempts after which a request is small enough.
const ATTEMPTS: usize = 400;

/// The smallest request found that still fulfils `holds`, by removing members and items, and by putting inner objects in place
/// of outer ones.
pub(crate) fn shrink(request: &Json, mut holds: impl FnMut(&Json) -> anyhow::Result<bool>) -> anyhow::Result<Json> {
    let mut smallest = request.clone();
    let mut attempts = 0;
    'smaller: loop {
        for candidate in smaller(&smallest) {
            if attempts == ATTEMPTS {
                return Ok(smallest);
            }
            attempts += 1;
            if holds(&candidate)? {
                smallest = candidate;
                continue 'smaller;
            }
        }
        return Ok(smallest);
    }
}

/// All values that are one step smaller, or that an inner query takes the place of: those with the largest steps first.
fn variants(json: &Json) -> Vec<Json> {
    let is_query = json.as_object().is_some_and(|members| members.len() == 1);
    let mut variants = if is_query { inner_queries(json) } else { Vec::new() };
    variants.extend(smaller(json));
    variants
}

/// All values that are one step smaller.
pub(crate) fn smaller(json: &Json) -> Vec<Json> {
    let mut found = Vec::new();
    match json {
        // Most parts of a script are not one, and it needs its parameters.
        Json::Object(members) if members.contains_key("source") => {}
        Json::Object(members) => {
            for key in members.keys() {
                let mut fewer = members.clone();
                fewer.shift_remove(key);
                found.push(Json::Object(fewer));
            }
            for (key, value) in members {
                for smaller in variants(value) {
                    let mut changed = members.clone();
                    changed.insert(key.clone(), smaller);
                    found.push(Json::Object(changed));
                }
            }
        }
        Json::Array(items) => {
            for position in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(position);
                found.push(fewer.into());
            }
            for (position, item) in items.iter().enumerate() {
                for smaller in variants(item) {
                    let mut changed = items.clone();
                    changed[position] = smaller;
                    found.push(changed.into());
                }
            }
        }
        Json::String(text) if text.contains(' ') => {
            let words: Vec<&str> = text.split(' ').collect();
            for position in 0..words.len() {
                let mut fewer = words.clone();
                fewer.remove(position);
                found.push(fewer.join(" ").into());
            }
        }
        _ => {}
    }
    found
}

/// Objects with one member that are somewhere in an object: queries, most likely.
fn inner_queries(json: &Json) -> Vec<Json> {
    let mut found = Vec::new();
    let mut outer: Vec<&Json> = vec![json];
    while let Some(json) = outer.pop() {
        let inner: Vec<&Json> = match json {
            Json::Object(members) => members.values().collect(),
            Json::Array(items) => items.iter().collect(),
            _ => continue,
        };
        for value in inner {
            let is_query =
                value.as_object().is_some_and(|members| members.len() == 1 && members.values().all(Json::is_object));
            if is_query {
                found.push(value.clone());
            }
            outer.push(value);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shrunk(request: &Json, needle: &str) -> Json {
        shrink(request, |request| Ok(request.to_string().contains(needle))).expect("it cannot fail")
    }

    #[test]
    fn what_does_not_matter_goes() {
        let request = json!({ "query": { "bool": { "must": [{ "a": { "x": 1 } }, { "b": { "y": "one two three" } }], "boost": 2 } }, "size": 1 });
        assert_eq!(shrunk(&request, "two"), json!({ "query": { "b": { "y": "two" } } }));
        assert_eq!(shrunk(&request, "boost"), json!({ "query": { "bool": { "boost": 2 } } }));
        assert_eq!(shrunk(&request, ""), json!({}));
    }

    #[test]
    fn what_matters_stays() {
        let request = json!({ "query": { "match_all": {} } });
        assert_eq!(shrink(&request, |_| Ok(false)).expect("it cannot fail"), request);
    }
}
