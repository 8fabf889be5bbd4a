//! Patterns of names, in which `*` stands for any characters.

/// A list of names, patterns and exclusions, such as `a*,-ab,c`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePatterns(Vec<String>);

impl NamePatterns {
    /// Reads a list. `_all` is `*`.
    pub fn parse(text: &str) -> Self {
        let text = if text == "_all" { "*" } else { text };
        NamePatterns(text.split(',').map(|part| part.trim().to_owned()).collect())
    }

    /// Whether a name is in the list. A later part counts more than an earlier one.
    pub fn matches(&self, name: &str) -> bool {
        let (mut is_in, mut has_pattern) = (false, false);
        for part in &self.0 {
            match part.strip_prefix('-').filter(|_| has_pattern) {
                Some(excluded) if matches(excluded, name) => is_in = false,
                Some(_) => {}
                None => is_in |= matches(part, name),
            }
            has_pattern |= part.contains('*');
        }
        is_in
    }

    /// The names that are neither patterns nor exclusions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let mut has_pattern = false;
        self.0.iter().map(String::as_str).filter(move |part| {
            let is_name = !(part.contains('*') || has_pattern && part.starts_with('-'));
            has_pattern |= part.contains('*');
            is_name
        })
    }
}

/// Whether a pattern with `*` matches the whole name.
pub fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let Some((middle, end)) = rest.rsplit_once('*') else { return name.ends_with(rest) };
    for part in middle.split('*') {
        let Some(found) = name.find(part) else { return false };
        name = &name[found + part.len()..];
    }
    name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_names_patterns_and_exclusions() {
        let patterns = NamePatterns::parse("a*,-ab,c,-d");
        let matched = ["a", "ab", "abc", "c", "d", "-d"].map(|name| patterns.matches(name));
        assert_eq!(matched, [true, false, true, true, false, false]);
        assert_eq!(patterns.names().collect::<Vec<_>>(), ["c"]);
        assert_eq!(NamePatterns::parse("-a,b").names().collect::<Vec<_>>(), ["-a", "b"]);
        assert!(NamePatterns::parse("_all").matches("x"));
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name) in
            [("a", "a"), ("*", ""), ("*", "ab"), ("a*", "ab"), ("*b", "ab"), ("a*c*e", "abcde"), ("a*", "a")]
        {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a", "ab"), ("a*", "ba"), ("*a", "ab"), ("a*a", "a"), ("a*b*b", "ab"), ("", "a")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
