//! Patterns of names, in which `*` stands for any characters.

/// Whether the whole text matches the pattern.
pub(crate) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p) == Some(&text[t]) {
            p += 1;
            t += 1;
        } else if let Some((star_p, star_t)) = star {
            // Let the last star take one character more.
            star = Some((star_p, star_t + 1));
            p = star_p + 1;
            t = star_t + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|character| *character == b'*')
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_star_stands_for_any_characters() {
        let matches = |pattern: &str, text: &str| super::matches(pattern.as_bytes(), text.as_bytes());
        for (pattern, text) in
            [("a*", "a"), ("a*", "abc"), ("*c", "abc"), ("a*c*e", "abcde"), ("*", ""), ("a.b", "a.b")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a*", "ba"), ("*c", "cd"), ("a", "ab"), ("", "a"), ("a?", "ab")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
