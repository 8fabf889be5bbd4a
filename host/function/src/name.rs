//! Names of functions.

/// Whether this may be the name of a function without its namespace, or a namespace: a lower-case letter, then up to 63 lower-case
/// letters, digits or `_`.
pub fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() <= 64 && name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(allowed)
}
