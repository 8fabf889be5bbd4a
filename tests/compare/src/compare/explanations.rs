//! Comparing explanations of scores.

use serde_json::Value as Json;

use crate::near::equal;

/// What the other server adds where documents have nested objects.
const ROOTS: &str = "FieldExistsQuery [field=_primary_term]";

/// Whether two explanations lead to the same figures. Their words may differ; where they do not, the details are the same, too.
pub(super) fn explain_the_same(ours: &Json, theirs: &Json) -> bool {
    if !ours.is_object() || !theirs.is_object() {
        return equal(ours, theirs);
    }
    if !equal(&ours["value"], &theirs["value"]) {
        return false;
    }
    if words(ours) != words(theirs) {
        return true;
    }
    let ours = details(ours);
    let mut theirs = details(theirs);
    if ours.is_empty() || theirs.is_empty() {
        // They may be those of clauses that count as one.
        return true;
    }
    // Where the order of clauses is free, so is that of their explanations.
    for detail in &ours {
        let Some(place) = theirs.iter().position(|theirs| explain_the_same(detail, theirs)) else { return false };
        theirs.swap_remove(place);
    }
    theirs.is_empty()
}

/// Documents have other numbers in other servers.
fn words(explanation: &Json) -> String {
    let text = explanation["description"].as_str().unwrap_or_default();
    text.chars().filter(|character| !character.is_ascii_digit()).collect()
}

/// The details; of a sum, those with the same words together, as clauses that occur twice may count as one.
fn details(explanation: &Json) -> Vec<Json> {
    let details = explanation["details"].as_array().cloned().unwrap_or_default();
    let is_clause = |detail: &Json| !detail["details"].to_string().contains(ROOTS);
    let details: Vec<Json> = details.into_iter().filter(is_clause).collect();
    if explanation["description"] != "sum of:" {
        return details;
    }
    let mut merged: Vec<Json> = Vec::new();
    for detail in details {
        match merged.iter_mut().find(|known| known["description"] == detail["description"]) {
            Some(known) => {
                let values = [&*known, &detail].map(|detail| detail["value"].as_f64().unwrap_or_default());
                known["value"] = values.iter().sum::<f64>().into();
                known["details"] = Json::Array(Vec::new());
            }
            None => merged.push(detail),
        }
    }
    merged
}
