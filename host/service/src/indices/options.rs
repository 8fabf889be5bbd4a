//! What to do about names that stand for no index: `ignore_unavailable`, `allow_no_indices`, `expand_wildcards`.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::parameters::{Flag, Parameters};

/// What to do about names that stand for no index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndicesOptions {
    /// What happens if there is no index of a name.
    pub if_unavailable: IfUnavailable,
    /// What happens if a pattern, or all names together, stand for no index.
    pub if_empty: IfEmpty,
    /// What patterns match.
    pub wildcards: Wildcards,
}

/// What happens if there is no index of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfUnavailable {
    /// The request fails.
    Fail,
    /// The name is ignored.
    Ignore,
}

/// What happens if a pattern, or all names together, stand for no index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfEmpty {
    /// The request is answered as if there were one empty index.
    Allow,
    /// The request fails.
    Fail,
}

/// What patterns match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wildcards {
    /// All indices: none is closed, and none is hidden.
    Expand,
    /// Nothing: only closed or only hidden indices are wanted, or none.
    MatchNothing,
}

impl IndicesOptions {
    /// What most requests do.
    pub const DEFAULT: IndicesOptions =
        IndicesOptions { if_unavailable: IfUnavailable::Fail, if_empty: IfEmpty::Allow, wildcards: Wildcards::Expand };

    /// Takes the parameters of everything that works on indices.
    pub fn take(parameters: &mut Parameters, default: IndicesOptions) -> Result<Self, ApiError> {
        let mut options = default;
        let ignored = if default.if_unavailable == IfUnavailable::Ignore { Flag::On } else { Flag::Off };
        options.if_unavailable = match parameters.take_flag_or("ignore_unavailable", ignored)? {
            Flag::On => IfUnavailable::Ignore,
            Flag::Off => IfUnavailable::Fail,
        };
        let allowed = if default.if_empty == IfEmpty::Allow { Flag::On } else { Flag::Off };
        options.if_empty = match parameters.take_flag_or("allow_no_indices", allowed)? {
            Flag::On => IfEmpty::Allow,
            Flag::Off => IfEmpty::Fail,
        };
        if let Some(words) = parameters.take("expand_wildcards")? {
            options.wildcards = Wildcards::parse(words.split(','))?;
        }
        // Throttled indices do not exist.
        parameters.take_flag("ignore_throttled")?;
        Ok(options)
    }
}

impl Wildcards {
    /// Reads words such as `open` and `hidden`.
    pub(crate) fn parse<'a>(words: impl Iterator<Item = &'a str>) -> Result<Self, ApiError> {
        let mut wildcards = Wildcards::MatchNothing;
        for word in words {
            match word.trim() {
                "open" | "all" => wildcards = Wildcards::Expand,
                "none" => wildcards = Wildcards::MatchNothing,
                "closed" | "hidden" => {}
                other => {
                    let reason = format!(
                        "parameter [expand_wildcards] must be a list of [open], [closed], [hidden], [none], [all], but has [{other}]"
                    );
                    return Err(ApiError::Argument(reason));
                }
            }
        }
        Ok(wildcards)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(query: &str) -> Result<IndicesOptions, ApiError> {
        IndicesOptions::take(&mut Parameters::parse(Some(query)), IndicesOptions::DEFAULT)
    }

    #[test]
    fn parameters_override_the_default() {
        assert_eq!(taken("").expect("valid"), IndicesOptions::DEFAULT);
        let all = taken("ignore_unavailable&allow_no_indices=false&expand_wildcards=none&ignore_throttled=true");
        let expected = IndicesOptions {
            if_unavailable: IfUnavailable::Ignore,
            if_empty: IfEmpty::Fail,
            wildcards: Wildcards::MatchNothing,
        };
        assert_eq!(all.expect("valid"), expected);
        for (words, expanded) in [("open,hidden", true), ("all", true), ("closed", false), ("hidden", false)] {
            let wildcards = taken(&format!("expand_wildcards={words}")).expect("valid").wildcards;
            assert_eq!(wildcards == Wildcards::Expand, expanded, "{words}");
        }
    }

    #[test]
    fn unknown_words_are_errors() {
        insta::assert_snapshot!(
            taken("expand_wildcards=open,x").expect_err("refused"),
            @"parameter [expand_wildcards] must be a list of [open], [closed], [hidden], [none], [all], but has [x]"
        );
    }
}
