//! The character filter `pattern_replace`: replaces what matches a regular expression.

use std::sync::Arc;

use quidditch_java_regex::replacement as java_replacement;
use regex::Regex;

use super::super::analyzer_parts::CharFilter;
use super::super::java_regex::java_regex;
use super::super::offsets::Replaced;
use super::super::options::Options;
use crate::IndexError;

struct PatternReplace {
    pattern: Regex,
    replacement: String,
    /// How many groups it contains, at most.
    references: usize,
}

pub(super) fn read(options: &mut Options<'_>) -> Result<Arc<dyn CharFilter>, IndexError> {
    let pattern = options.required_text("pattern")?;
    let flags = options.text("flags")?.unwrap_or_default();
    let pattern = java_regex(&pattern, &flags).map_err(|error| options.error("pattern", error))?;
    let replacement = java_replacement(&options.text("replacement")?.unwrap_or_default());
    let references = replacement.matches('$').count();
    Ok(Arc::new(PatternReplace { pattern, replacement, references }))
}

impl CharFilter for PatternReplace {
    fn filter(&self, text: &str, max_bytes: usize) -> Option<Replaced> {
        let mut replaced = Replaced::within(text.len(), max_bytes);
        let mut kept = 0;
        let mut replacement = String::new();
        for found in self.pattern.captures_iter(text) {
            let whole = found.get_match();
            replaced.keep(&text[kept..whole.start()]);
            // Each `$` may stand for all that was found.
            let largest = self.replacement.len() + self.references * whole.as_str().len();
            if !replaced.has_room_for(largest) {
                return None;
            }
            replacement.clear();
            found.expand(&self.replacement, &mut replacement);
            replaced.replace(whole.as_str(), &replacement);
            kept = whole.end();
        }
        replaced.keep(&text[kept..]);
        replaced.finished()
    }
}
