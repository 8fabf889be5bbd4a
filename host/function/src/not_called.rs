//! Why a host does not call a function.

use std::time::Duration;

/// Why a host does not call a function, whatever the function would do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCalled {
    /// An operator has switched the function off on this host.
    #[error("the function is disabled on this host")]
    Disabled,
    /// An operator has switched the function off in the store, for all hosts.
    #[error("the function is disabled{}", reason(.0.as_deref()))]
    DisabledInStore(Option<String>),
    /// The function has failed too often. It is tried again later.
    #[error(
        "the function is not called for {} s more, since it failed in {failures} searches in a row; the last failure: {last}",
        whole_seconds(.retry_after)
    )]
    CircuitOpen {
        /// The searches in which it failed.
        failures: u32,
        /// Why it failed the last time.
        last: String,
        /// How long it is not called.
        retry_after: Duration,
    },
    /// All instances that the function may have at a time are in use.
    #[error("all {limit} instances that the function may have at a time are in use; retry later")]
    TooManyInstances {
        /// The limit.
        limit: u32,
    },
    /// The function is called too often.
    #[error("the function is called more often than {limit} times a second; retry later")]
    TooManyCalls {
        /// The limit.
        limit: u32,
    },
}

impl NotCalled {
    /// The time after which a retry may succeed; `None` if that depends on an operator.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            NotCalled::Disabled | NotCalled::DisabledInStore(_) => None,
            NotCalled::CircuitOpen { retry_after, .. } => Some(*retry_after),
            NotCalled::TooManyInstances { .. } | NotCalled::TooManyCalls { .. } => Some(Duration::from_secs(1)),
        }
    }
}

fn reason(reason: Option<&str>) -> String {
    reason.map(|reason| format!(": {reason}")).unwrap_or_default()
}

/// Rounded up: after this many seconds, the time has passed.
fn whole_seconds(time: &Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_says_what_to_do() {
        let circuit = |millis| NotCalled::CircuitOpen {
            failures: 5,
            last: "the function trapped".to_owned(),
            retry_after: Duration::from_millis(millis),
        };
        insta::assert_snapshot!(NotCalled::Disabled, @"the function is disabled on this host");
        insta::assert_snapshot!(NotCalled::DisabledInStore(None), @"the function is disabled");
        insta::assert_snapshot!(NotCalled::DisabledInStore(Some("use g".to_owned())), @"the function is disabled: use g");
        insta::assert_snapshot!(circuit(29_001), @"the function is not called for 30 s more, since it failed in 5 searches in a row; the last failure: the function trapped");
        insta::assert_snapshot!(circuit(29_000), @"the function is not called for 29 s more, since it failed in 5 searches in a row; the last failure: the function trapped");
        insta::assert_snapshot!(NotCalled::TooManyInstances { limit: 3 }, @"all 3 instances that the function may have at a time are in use; retry later");
        insta::assert_snapshot!(NotCalled::TooManyCalls { limit: 3 }, @"the function is called more often than 3 times a second; retry later");
    }
}
