//! Token and user files.

use std::fmt::Write;

use anyhow::{Context, Result, anyhow, bail};
use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::roles::Roles;

/// Most tokens, and most users. Each request is compared with every token.
const MAX_CREDENTIALS: usize = 1_000;

/// Who a caller is, and how they show it.
#[derive(Clone)]
pub(in crate::serve) struct Credential {
    pub(super) name: String,
    pub(super) roles: Roles,
    /// The digest of a token, or the hash of a password.
    pub(super) secret: String,
}

/// Reads lines of a name, roles and a secret, separated by spaces. Empty lines and those that begin with `#` are skipped.
pub(super) fn parse_credentials(text: &str) -> Result<Vec<Credential>> {
    let mut credentials: Vec<Credential> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let credential = parse_line(line).with_context(|| format!("line {}", index + 1))?;
        if credentials.iter().any(|known| known.name == credential.name) {
            bail!("line {}: duplicate name [{}]", index + 1, credential.name);
        }
        credentials.push(credential);
    }
    if credentials.len() > MAX_CREDENTIALS {
        bail!("{} lines: at most {MAX_CREDENTIALS} are allowed", credentials.len());
    }
    Ok(credentials)
}

fn parse_line(line: &str) -> Result<Credential> {
    let mut parts = line.split_whitespace();
    let (Some(name), Some(roles), Some(secret), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        bail!("it is not a name, roles and a hash, separated by spaces");
    };
    let is_digest = secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_digest && !secret.starts_with("$argon2") {
        // The line may have a token or password itself, which must not be shown.
        bail!("the third column is neither the SHA-256 digest of a token nor the Argon2 hash of a password");
    }
    let secret = if is_digest { secret.to_ascii_lowercase() } else { secret.to_owned() };
    Ok(Credential { name: name.to_owned(), roles: roles.parse()?, secret })
}

/// The credential with this token. All are compared, each in constant time.
pub(super) fn find_by_token<'a>(credentials: &'a [Credential], token: &str) -> Option<&'a Credential> {
    let digest = token_digest(token);
    let mut found = None;
    for credential in credentials {
        if bool::from(credential.secret.as_bytes().ct_eq(digest.as_bytes())) {
            found = Some(credential);
        }
    }
    found
}

/// What a file has of a token: its SHA-256 digest in hexadecimal. A token is long and random, so that nobody can find it by trying.
pub(crate) fn token_digest(token: &str) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(token.as_bytes()) {
        write!(text, "{byte:02x}").expect("a text takes more text");
    }
    text
}

/// What a file has of a password: its Argon2id hash.
pub(crate) fn password_hash(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| anyhow!("cannot hash the password: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_a_name_roles_and_a_hash() {
        let text =
            format!("# comment\n\n a read {}\nb read,write {}\n", token_digest("x"), token_digest("y").to_uppercase());
        let credentials = parse_credentials(&text).expect("valid");
        assert_eq!(find_by_token(&credentials, "x").map(|credential| credential.name.as_str()), Some("a"));
        assert_eq!(find_by_token(&credentials, "y").map(|credential| credential.name.as_str()), Some("b"));
        assert!(find_by_token(&credentials, "z").is_none());
    }

    #[test]
    fn mistakes_are_named_without_secrets() {
        let error = |text: &str| format!("{:#}", parse_credentials(text).map(drop).expect_err("refused"));
        let digest = token_digest("x");
        insta::assert_snapshot!(error("a read"), @"line 1: it is not a name, roles and a hash, separated by spaces");
        insta::assert_snapshot!(error("\na read secret"), @"line 2: the third column is neither the SHA-256 digest of a token nor the Argon2 hash of a password");
        insta::assert_snapshot!(error(&format!("a all {digest}")), @"line 1: unknown role [all]; known roles: read, write, publish");
        insta::assert_snapshot!(error(&format!("a read {digest}\na read {digest}")), @"line 2: duplicate name [a]");
    }

    #[test]
    fn the_number_of_lines_is_limited() {
        let digest = token_digest("x");
        let lines = |count: usize| (0..count).map(|number| format!("n{number} read {digest}\n")).collect::<String>();
        assert_eq!(parse_credentials(&lines(MAX_CREDENTIALS)).expect("at the limit").len(), MAX_CREDENTIALS);
        assert!(parse_credentials(&lines(MAX_CREDENTIALS + 1)).is_err());
    }
}
