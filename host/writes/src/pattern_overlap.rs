//! Patterns of names in templates, in which `*` stands for any characters.

/// Whether there is a name that both patterns match.
///
/// Compares from the end: `row[j]` says whether the rest of `left` and `right[j..]` have a name in common.
pub(crate) fn patterns_overlap(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut row: Vec<bool> = vec![false; right.len() + 1];
    row[right.len()] = true;
    for (index, byte) in right.iter().enumerate().rev() {
        row[index] = *byte == b'*' && row[index + 1];
    }
    for left in left.iter().rev() {
        let below = row.clone();
        row[right.len()] = *left == b'*' && below[right.len()];
        for (index, byte) in right.iter().enumerate().rev() {
            row[index] = if *left == b'*' || *byte == b'*' {
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
