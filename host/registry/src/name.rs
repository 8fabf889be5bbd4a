//! Names of functions.

use std::collections::BTreeSet;

/// At most so many names are told to someone who used an unknown one.
const NAMES_TOLD: usize = 10;

/// Whether a function may have this name: a lower-case letter, then up to 63 lower-case letters, digits or `_`.
pub(crate) fn is_valid(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() <= 64 && name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(allowed)
}

/// What to tell someone who used a name that no function has.
pub(crate) fn unknown(name: &str, names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "no functions are published".to_owned();
    }
    let similar: Vec<&String> = names.iter().filter(|known| distance(name, known) <= name.len() / 3).collect();
    if !similar.is_empty() {
        return format!("there is no function of that name, did you mean {}?", bracketed(&similar, " or "));
    }
    let told: Vec<&String> = names.iter().take(NAMES_TOLD).collect();
    let more = names.len() - told.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("there is no function of that name, there are {}{more}", bracketed(&told, ", "))
}

/// `[a], [b]`
pub(crate) fn bracketed(items: &[impl std::fmt::Display], separator: &str) -> String {
    items.iter().map(|item| format!("[{item}]")).collect::<Vec<_>>().join(separator)
}

/// Levenshtein distance in bytes, which names are made of. By rows of the table of distances between beginnings.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, of_left) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, of_right) in right.bytes().enumerate() {
            let replaced = diagonal + usize::from(of_left != of_right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_lower_case() {
        for valid in ["f", "number_range", "a1_", &"a".repeat(64)] {
            assert!(is_valid(valid), "{valid}");
        }
        for invalid in ["", "1a", "_a", "A", "a-b", "a/b", "..", "ä", &"a".repeat(65)] {
            assert!(!is_valid(invalid), "{invalid}");
        }
    }

    #[test]
    fn distances() {
        for (left, right, expected) in [("", "", 0), ("", "ab", 2), ("kitten", "sitting", 3), ("ab", "ba", 2)] {
            assert_eq!(distance(left, right), expected);
            assert_eq!(distance(right, left), expected);
        }
    }

    #[test]
    fn unknown_names_lead_to_known_ones() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let known = names(&["number_range", "string_distance"]);
        insta::assert_snapshot!(unknown("number_rnage", &known), @"there is no function of that name, did you mean [number_range]?");
        insta::assert_snapshot!(unknown("geo", &known), @"there is no function of that name, there are [number_range], [string_distance]");
        insta::assert_snapshot!(unknown("geo", &BTreeSet::new()), @"no functions are published");
        let many = (0..12).map(|number| format!("function_{number:02}")).collect();
        insta::assert_snapshot!(unknown("geo", &many), @"there is no function of that name, there are [function_00], [function_01], [function_02], [function_03], [function_04], [function_05], [function_06], [function_07], [function_08], [function_09] and 2 more");
    }
}
