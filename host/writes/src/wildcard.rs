//! Patterns of names in templates, in which `*` stands for any characters.

/// Whether a pattern matches the whole name.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    overlap(pattern.as_bytes(), name.as_bytes(), Stars::InFirst)
}

/// Whether there is a name that both patterns match.
pub(crate) fn patterns_overlap(left: &str, right: &str) -> bool {
    overlap(left.as_bytes(), right.as_bytes(), Stars::InBoth)
}

/// Which of the texts are patterns.
#[derive(Clone, Copy, PartialEq)]
enum Stars {
    InFirst,
    InBoth,
}

/// Compares from the end: `row[j]` says whether the rest of `left` and `right[j..]` have a name in common.
fn overlap(left: &[u8], right: &[u8], stars: Stars) -> bool {
    let is_star = |byte: u8| byte == b'*' && stars == Stars::InBoth;
    let mut row: Vec<bool> = vec![false; right.len() + 1];
    row[right.len()] = true;
    for (index, byte) in right.iter().enumerate().rev() {
        row[index] = is_star(*byte) && row[index + 1];
    }
    for left in left.iter().rev() {
        let below = row.clone();
        row[right.len()] = *left == b'*' && below[right.len()];
        for (index, byte) in right.iter().enumerate().rev() {
            row[index] = if *left == b'*' || is_star(*byte) {
                // The star stands for nothing more, or also for the next character of the other text.
                below[index] || row[index + 1]
            } else {
                left == byte && below[index + 1]
            };
        }
    }
    row[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_characters() {
        for (pattern, name) in [("a", "a"), ("*", ""), ("*", "ab"), ("a*", "ab"), ("*b", "ab"), ("a*c*e", "abcde")] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a", "ab"), ("a*", "ba"), ("*a", "ab"), ("a*a", "a"), ("", "a"), ("a", "*")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn patterns_overlap_if_they_match_the_same_name() {
        for (left, right) in
            [("log-*", "log-x*"), ("*a", "b*"), ("a*c", "ab*"), ("*", "*"), ("a", "a*"), ("a*b*c", "*b*")]
        {
            assert!(patterns_overlap(left, right) && patterns_overlap(right, left), "{left} {right}");
        }
        for (left, right) in [("a*", "b*"), ("*a", "*b"), ("a", "b*"), ("", "a*"), ("a*c", "*d")] {
            assert!(!patterns_overlap(left, right) && !patterns_overlap(right, left), "{left} {right}");
        }
    }
}
