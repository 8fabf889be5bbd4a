//! Comparing explanations of scores.

use serde_json::Value as Json;

use crate::near::equal;

/// A clause that the other server adds to a query where documents have nested objects, which are documents there.
const ROOTS: &str = "FieldExistsQuery [field=_primary_term]";

/// What it calls a clause that matches and does not score.
const FILTER: &str = "match on required clause, product of:";

/// Whether two explanations lead to the same figures. Their words may differ; where they do not, the details are the same, too.
pub(super) fn explain_the_same(ours: &Json, theirs: &Json) -> bool {
    are_same(ours, of_query(theirs))
}

/// The explanation of the query itself, without the clause for nested objects.
fn of_query(explanation: &Json) -> &Json {
    let is_added = |detail: &&Json| {
        let parts = detail["details"].as_array();
        detail["description"] == FILTER
            && parts.is_some_and(|parts| parts.iter().any(|part| part["description"] == ROOTS))
    };
    let Some([first, second]) = explanation["details"].as_array().map(Vec::as_slice) else { return explanation };
    let Some(query) = [(first, second), (second, first)].into_iter().find(|(_, added)| is_added(added)) else {
        return explanation;
    };
    // What a query is that does not match, is below the words that it does not.
    let is_missing =
        query.0["description"].as_str().is_some_and(|words| words.starts_with("no match on required clause ("));
    query.0["details"].get(0).filter(|_| is_missing).unwrap_or(query.0)
}

fn are_same(ours: &Json, theirs: &Json) -> bool {
    if !ours.is_object() || !theirs.is_object() {
        return equal(ours, theirs);
    }
    if !equal(&ours["value"], &theirs["value"]) {
        return false;
    }
    if words(ours) != words(theirs) {
        return true;
    }
    if [ours, theirs].iter().any(|explanation| details(explanation).is_empty()) {
        // They may be those of clauses that count as one.
        return true;
    }
    let is_sum = ours["description"] == "sum of:";
    are_pairs(&details(ours), &details(theirs)) || is_sum && are_pairs(&merged(details(ours)), &merged(details(theirs)))
}

/// Whether each of ours is the same as another one of theirs. Where the order of clauses is free, so is that of their explanations.
fn are_pairs(ours: &[Json], theirs: &[Json]) -> bool {
    if ours.len() != theirs.len() {
        return false;
    }
    let same: Vec<Vec<usize>> = ours
        .iter()
        .map(|detail| (0..theirs.len()).filter(|place| are_same(detail, &theirs[*place])).collect())
        .collect();
    let mut partners = vec![None; theirs.len()];
    (0..ours.len()).all(|detail| find_partner(detail, &same, &mut partners, &mut vec![false; theirs.len()]))
}

/// Finds one of theirs for one of ours. One that has a partner is taken if that one finds another.
fn find_partner(detail: usize, same: &[Vec<usize>], partners: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    same[detail].iter().any(|place| {
        if std::mem::replace(&mut tried[*place], true) {
            return false;
        }
        let is_free = partners[*place].is_none_or(|other| find_partner(other, same, partners, tried));
        if is_free {
            partners[*place] = Some(detail);
        }
        is_free
    })
}

/// Documents have other numbers in other servers.
fn words(explanation: &Json) -> String {
    let text = explanation["description"].as_str().unwrap_or_default();
    text.chars().filter(|character| !character.is_ascii_digit()).collect()
}

fn details(explanation: &Json) -> Vec<Json> {
    explanation["details"].as_array().cloned().unwrap_or_default()
}

/// Clauses of a sum, those with the same words together: clauses that occur twice may count as one.
fn merged(details: Vec<Json>) -> Vec<Json> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn explained(value: f64, words: &str, details: &[Json]) -> Json {
        json!({ "value": value, "description": words, "details": details })
    }

    fn leaf(value: f64, words: &str) -> Json {
        explained(value, words, &[])
    }

    fn roots() -> Json {
        explained(0.0, FILTER, &[leaf(0.0, "# clause"), leaf(1.0, ROOTS)])
    }

    #[test]
    fn words_and_numbers_of_documents_may_differ_but_not_values() {
        assert!(explain_the_same(&leaf(1.0, "weight of 3"), &leaf(1.0, "weight of 45")));
        assert!(explain_the_same(&leaf(1.0, "a constant"), &explained(1.0, "ConstantScore(a:b)", &[leaf(7.0, "x")])));
        assert!(!explain_the_same(&leaf(1.0, "weight of 3"), &leaf(1.1, "weight of 3")));
    }

    #[test]
    fn details_count_where_the_words_are_the_same() {
        let product = |values: [f64; 2]| explained(6.0, "product of:", &values.map(|value| leaf(value, "a factor")));
        assert!(explain_the_same(&product([2.0, 3.0]), &product([3.0, 2.0])));
        assert!(!explain_the_same(&product([2.0, 3.0]), &product([1.0, 6.0])));
        assert!(!explain_the_same(&product([2.0, 3.0]), &explained(6.0, "product of:", &[leaf(2.0, "a factor")])));
        // Nothing is known of what is not shown.
        assert!(explain_the_same(&product([2.0, 3.0]), &leaf(6.0, "product of:")));
    }

    #[test]
    fn details_are_paired_so_that_all_have_a_partner() {
        // The first of ours is also the same as what only the second one can be.
        let exact = |inner: f64| explained(1.0, "weight", &[leaf(inner, "tf")]);
        let ours = explained(2.0, "max of:", &[leaf(1.0, "other words"), exact(0.5)]);
        let theirs = explained(2.0, "max of:", &[exact(0.5), exact(0.25)]);
        assert!(explain_the_same(&ours, &theirs));
        let theirs = explained(2.0, "max of:", &[exact(0.125), exact(0.25)]);
        assert!(!explain_the_same(&ours, &theirs));
    }

    #[test]
    fn clauses_that_occur_twice_in_a_sum_may_count_as_one() {
        let twice = explained(4.0, "sum of:", &[leaf(2.0, "a"), leaf(2.0, "a")]);
        assert!(explain_the_same(&twice, &explained(4.0, "sum of:", &[leaf(4.0, "a")])));
        assert!(!explain_the_same(&twice, &explained(4.0, "sum of:", &[leaf(3.0, "a")])));
        let other_words = explained(4.0, "sum of:", &[leaf(2.0, "ConstantScore(a)"), leaf(2.0, "ConstantScore(b)")]);
        assert!(explain_the_same(&twice, &other_words));
        let twice = explained(4.0, "max of:", &[leaf(2.0, "a"), leaf(2.0, "a")]);
        assert!(!explain_the_same(&twice, &explained(4.0, "max of:", &[leaf(4.0, "a")])));
    }

    #[test]
    fn the_clause_for_nested_objects_does_not_count_around_a_query() {
        let query = explained(2.0, "weight", &[leaf(2.0, "tf")]);
        assert!(explain_the_same(&query, &explained(2.0, "sum of:", &[query.clone(), roots()])));
        let other = explained(2.0, "weight", &[leaf(3.0, "tf")]);
        assert!(!explain_the_same(&query, &explained(2.0, "sum of:", &[other, roots()])));
        let failure = explained(0.0, "Failure", &[leaf(1.0, "*:*"), leaf(0.0, "no match")]);
        let wrapped = explained(0.0, "no match on required clause (+*:* +a:b)", std::slice::from_ref(&failure));
        assert!(explain_the_same(&failure, &explained(0.0, "Failure", &[wrapped, roots()])));
    }

    #[test]
    fn the_clause_for_nested_objects_counts_elsewhere() {
        let deep = explained(1.0, "product of:", &[explained(1.0, "a", &[roots(), leaf(1.0, "b")]), leaf(1.0, "c")]);
        let without = explained(1.0, "product of:", &[leaf(1.0, "c")]);
        assert!(!explain_the_same(&without, &deep));
        let named = explained(1.0, "sum of:", &[leaf(1.0, "a"), leaf(0.0, ROOTS)]);
        assert!(!explain_the_same(&explained(1.0, "sum of:", &[leaf(1.0, "a")]), &named));
    }
}
