//! How long a client wants a scroll or a point in time to live.

use std::time::Duration;

use quidditch_engine::{Error as EngineError, ErrorKind, parse_time};

use crate::cursor::LIFETIME;
use crate::error::ApiError;

/// Checks a time that a client asks for. It has no other effect: a cursor costs nothing, and lives as long as it can. `key` names the
/// parameter.
pub(crate) fn check_keep_alive(key: &str, text: &str) -> Result<(), KeepAliveError> {
    // Clients expect -1 to be the default.
    if text == "-1" {
        return Ok(());
    }
    match parse_time(text) {
        Some(time) => check_time(time),
        None => Err(KeepAliveError::NotATime { key: key.to_owned(), text: text.to_owned() }),
    }
}

/// The same for a time that was parsed.
pub(crate) fn check_time(time: Duration) -> Result<(), KeepAliveError> {
    if time <= LIFETIME { Ok(()) } else { Err(KeepAliveError::TooLong { seconds: time.as_secs() }) }
}

/// Why a time is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeepAliveError {
    #[error("failed to parse parameter [{key}] with value [{text}]: expected a time with a unit, such as [1m]")]
    NotATime { key: String, text: String },
    #[error("Keep alive for request ({seconds}s) is too large. It must be at most (1d).")]
    TooLong { seconds: u64 },
}

impl KeepAliveError {
    /// The error of a search: clients expect a time that is too long to be a failure of the search itself.
    pub(crate) fn in_search(self, index: &str) -> ApiError {
        match self {
            KeepAliveError::NotATime { .. } => self.into(),
            KeepAliveError::TooLong { .. } => {
                ApiError::search(index, EngineError::Shard { kind: ErrorKind::Argument, reason: self.to_string() })
            }
        }
    }
}

impl From<KeepAliveError> for ApiError {
    fn from(error: KeepAliveError) -> Self {
        ApiError::Argument(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_at_most_a_day() {
        for valid in ["1m", "24h", "1d", "0", "-1"] {
            assert!(check_keep_alive("scroll", valid).is_ok(), "{valid}");
        }
        let error = |text| check_keep_alive("scroll", text).expect_err("refused").to_string();
        insta::assert_snapshot!(error("25h"), @"Keep alive for request (90000s) is too large. It must be at most (1d).");
        insta::assert_snapshot!(error("86400001ms"), @"Keep alive for request (86400s) is too large. It must be at most (1d).");
        insta::assert_snapshot!(error("x"), @"failed to parse parameter [scroll] with value [x]: expected a time with a unit, such as [1m]");
    }
}
