//! Lists of names and patterns.

use quidditch_index::matches_pattern;

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
                Some(excluded) if matches_pattern(excluded, name) => is_in = false,
                Some(_) => {}
                None => is_in |= matches_pattern(part, name),
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
}
