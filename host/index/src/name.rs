//! Names of indices, and the keys of their objects.

use crate::{IndexError, SplitId};

/// Longest name of an index in bytes: the limit of file systems.
const MAX_NAME_BYTES: usize = 255;

/// Name of the folder of functions, which a store has next to its indices.
const RESERVED: &str = "functions";

/// Checks that an index may have this name: lower case, at most 255 bytes, without characters that have another meaning in URLs,
/// file systems or lists of names.
///
/// # Errors
/// [`IndexError::InvalidName`] with the rule that it breaks.
pub fn check_index_name(name: &str) -> Result<(), IndexError> {
    match broken_rule(name) {
        None => Ok(()),
        Some(reason) => Err(IndexError::InvalidName { name: name.to_owned(), reason }),
    }
}

/// Checks that an alias may have this name: as that of an index, but it may have upper case letters.
///
/// # Errors
/// [`IndexError::InvalidName`] with the rule that it breaks.
pub fn check_alias_name(name: &str) -> Result<(), IndexError> {
    check_index_name(&name.to_lowercase()).map_err(|error| match error {
        IndexError::InvalidName { reason, .. } => IndexError::InvalidName { name: name.to_owned(), reason },
        error => error,
    })
}

fn broken_rule(name: &str) -> Option<&'static str> {
    let forbidden =
        |character: char| character.is_control() || character.is_whitespace() || r#"\/*?"<>|,#:"#.contains(character);
    if name.is_empty() {
        Some("it is empty")
    } else if name.len() > MAX_NAME_BYTES {
        Some("it is longer than 255 bytes")
    } else if name == "." || name == ".." {
        Some("it is `.` or `..`")
    } else if name.starts_with(['_', '-', '+']) {
        Some("it begins with `_`, `-` or `+`")
    } else if name.contains(forbidden) {
        Some("it contains a space, a control character, or one of \\ / * ? \" < > | , # :")
    } else if name.chars().any(char::is_uppercase) {
        Some("it is not all in lower case")
    } else if name == RESERVED || name == ".quidditch" {
        Some("it is reserved")
    } else {
        None
    }
}

/// Key of an index's manifest.
pub fn manifest_key(name: &str) -> String {
    format!("{name}/manifest.json")
}

/// The prefix of the keys of splits and deletes objects.
pub fn splits_prefix(name: &str) -> String {
    format!("{name}/splits/")
}

/// Key of a split.
pub fn split_key(name: &str, id: &SplitId) -> String {
    format!("{name}/splits/{id}.split")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_are_accepted() {
        for name in ["cities", "a", ".hidden", "logs-2024.05.17", "größe", "1", "a_b", &"n".repeat(MAX_NAME_BYTES)] {
            check_index_name(name).expect(name);
        }
    }

    #[test]
    fn ambiguous_names_are_rejected() {
        for name in [
            "",
            ".",
            "..",
            "_all",
            "-a",
            "+a",
            "A",
            "a b",
            "a/b",
            r"a\b",
            "a*",
            "a?",
            "a\"",
            "a<",
            "a>",
            "a|",
            "a,b",
            "a#",
            "a:b",
            "a\nb",
            "functions",
            ".quidditch",
        ] {
            check_index_name(name).expect_err(name);
        }
        check_index_name(&"n".repeat(MAX_NAME_BYTES + 1)).expect_err("too long");
        insta::assert_snapshot!(check_index_name("Cities").expect_err("upper case"), @"invalid index name [Cities]: it is not all in lower case");
    }
}
