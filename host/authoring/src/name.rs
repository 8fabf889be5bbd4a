//! Names of functions.

/// What a name of a function is.
pub(crate) const NAME_RULE: &str = "a lower-case letter followed by up to 63 lower-case letters, digits or _";

/// Whether this is a name of a function, without a namespace: namespaces belong to a store, and are given when publishing.
pub(crate) fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_')
}
