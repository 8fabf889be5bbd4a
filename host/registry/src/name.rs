//! Names of functions.

use std::collections::BTreeSet;

use quidditch_function::is_name;

/// How many known names a message about an unknown one lists.
const LISTED_NAMES: usize = 10;

/// Whether a function may have this name: one part, or a namespace, `/` and a part.
pub(crate) fn is_valid(name: &str) -> bool {
    match name.split_once('/') {
        Some((namespace, name)) => is_name(namespace) && is_name(name),
        None => is_name(name),
    }
}

/// The message about a name that no function has.
pub(crate) fn unknown(name: &str, names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return format!("unknown function [{name}], no functions are published");
    }
    let is_similar = |known: &&String| {
        let in_namespace = known.split_once('/').is_some_and(|(_, part)| part == name);
        in_namespace || distance(name, known) <= name.len() / 3
    };
    let similar: Vec<&String> = names.iter().filter(is_similar).collect();
    if !similar.is_empty() {
        return format!("unknown function [{name}], did you mean {}?", bracketed(&similar, " or "));
    }
    let listed: Vec<&String> = names.iter().take(LISTED_NAMES).collect();
    let more = names.len() - listed.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("unknown function [{name}], published: {}{more}", bracketed(&listed, ", "))
}

/// `[a], [b]`
fn bracketed(items: &[impl std::fmt::Display], separator: &str) -> String {
    items.iter().map(|item| format!("[{item}]")).collect::<Vec<_>>().join(separator)
}

/// Levenshtein distance in bytes: names are ASCII. Computes row by row the distances between prefixes.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, left_byte) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right_byte) in right.bytes().enumerate() {
            let replaced = diagonal + usize::from(left_byte != right_byte);
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
        for valid in
            ["f", "number_range", "a1_", &"a".repeat(64), "team/f", &["a".repeat(64), "b".repeat(64)].join("/")]
        {
            assert!(is_valid(valid), "{valid}");
        }
        for invalid in ["", "1a", "_a", "A", "a-b", "a/", "/b", "a/b/c", "a/1", "..", "ä", &"a".repeat(65)] {
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
    fn unknown_names_list_known_ones() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let known = names(&["number_range", "string_distance"]);
        insta::assert_snapshot!(unknown("number_rnage", &known), @"unknown function [number_rnage], did you mean [number_range]?");
        insta::assert_snapshot!(unknown("geo", &known), @"unknown function [geo], published: [number_range], [string_distance]");
        insta::assert_snapshot!(unknown("geo", &BTreeSet::new()), @"unknown function [geo], no functions are published");
        let many = (0..12).map(|number| format!("function_{number:02}")).collect();
        insta::assert_snapshot!(unknown("geo", &many), @"unknown function [geo], published: [function_00], [function_01], [function_02], [function_03], [function_04], [function_05], [function_06], [function_07], [function_08], [function_09] and 2 more");
    }
}
