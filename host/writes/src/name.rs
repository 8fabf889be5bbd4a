//! Names of new indices and aliases.

use quidditch_index::{IndexError, check_index_name};
use quidditch_service::writing::ApiError;

use crate::failure::invalid_index_name;

/// Checks that a new index may have this name.
pub(crate) fn check_new_index(name: &str) -> Result<(), ApiError> {
    match check_index_name(name) {
        Ok(()) => Ok(()),
        Err(IndexError::InvalidName { name, reason }) => Err(invalid_index_name(&name, &must(reason))),
        Err(error) => Err(error.into()),
    }
}

fn must(reason: &str) -> String {
    if reason == "it is not all in lower case" { "must be lowercase".to_owned() } else { reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_the_rule() {
        let error = |name: &str| check_new_index(name).expect_err("refused").to_string();
        insta::assert_snapshot!(error("A"), @"Invalid index name [A], must be lowercase");
        insta::assert_snapshot!(error("-a"), @"Invalid index name [-a], it begins with `_`, `-` or `+`");
    }
}
