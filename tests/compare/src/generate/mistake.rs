//! Mistakes in requests: each must be refused, or taken in the same way.

use serde_json::{Value as Json, json};

use super::Random;

/// The request with one value, key or member changed.
pub(super) fn with_mistake(random: &mut Random, mut request: Json) -> Json {
    let place = random.below(count(&request));
    change(random, &mut request, &mut { place });
    request
}

/// Values in a value, itself included.
fn count(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Json::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// Changes the value at a place in the order of writing. Returns whether the place was reached.
fn change(random: &mut Random, json: &mut Json, place: &mut usize) -> bool {
    if *place == 0 {
        spoil(random, json);
        return true;
    }
    *place -= 1;
    match json {
        Json::Array(items) => items.iter_mut().any(|item| change(random, item, place)),
        Json::Object(members) => members.values_mut().any(|value| change(random, value, place)),
        _ => false,
    }
}

fn spoil(random: &mut Random, json: &mut Json) {
    if let Json::Object(members) = json
        && random.chance(0.6)
    {
        let keys: Vec<String> = members.keys().cloned().collect();
        match (random.below(3), keys.is_empty()) {
            (0, false) => drop(members.shift_remove(&random.pick(&keys))),
            (1, false) => {
                let key = random.pick(&keys);
                if let Some(value) = members.shift_remove(&key) {
                    members.insert(format!("{key}x"), value);
                }
            }
            _ => drop(members.insert("extra".to_owned(), json!(1))),
        }
        return;
    }
    let others = [
        json!(null),
        json!(-1),
        json!(1.5),
        json!("x"),
        json!(""),
        json!(true),
        json!([]),
        json!({}),
        json!([1, 2]),
        json!({ "x": 1 }),
        json!("1"),
        json!(1e300),
    ];
    *json = random.pick(&others);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_may_be_changed() {
        let request = json!({ "a": [1, { "b": 2 }], "c": 3 });
        assert_eq!(count(&request), 6);
        for place in 0..6 {
            let mut changed = request.clone();
            assert!(change(&mut Random::new(1), &mut changed, &mut { place }));
            assert_ne!(changed, request, "{place}");
        }
        assert!(!change(&mut Random::new(1), &mut request.clone(), &mut 6));
    }
}
