//! What a response says about failures of functions that the request tolerates.

use quidditch_function::{Cause, FunctionError, error_chain};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::functions::{BoundCall, Failures, FunctionCall};

/// The failures of the function of one clause, which gave the answer of its `on_error` instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionFailures {
    /// Name of the function.
    pub name: String,
    /// Its version; the one that the request names, or none, if the function was not found out.
    pub version: String,
    /// `filter` or `scorer`.
    pub role: String,
    /// The path of the clause in the request.
    pub clause: String,
    /// What the clause did instead, as the request says it.
    pub on_error: Json,
    /// For how many documents. One that the clause was evaluated for twice, such as in a `rescore`, counts twice.
    pub documents: u64,
    /// The first failure.
    pub error: FirstFailure,
}

/// The first failure of a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstFailure {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// Why the function failed.
    pub reason: String,
}

impl FunctionFailures {
    /// The failures of a call; `None` if there was none.
    pub(crate) fn of(call: &FunctionCall, bound: &BoundCall) -> Option<Self> {
        let (id, _, tolerated) = bound.state();
        let Failures { first, documents } = tolerated.failures()?;
        Some(FunctionFailures {
            name: id.name.clone(),
            version: id.version.clone(),
            role: call.role.name().to_owned(),
            clause: call.path.clone(),
            on_error: call.on_error.to_json(),
            documents,
            error: FirstFailure::new(&first),
        })
    }

    /// Adds the failures of other indices or parts, which have the same clauses.
    pub(crate) fn merge(all: &mut Vec<Self>, others: Vec<Self>) {
        for other in others {
            match all.iter_mut().find(|failures| failures.clause == other.clause) {
                Some(failures) => failures.documents += other.documents,
                None => all.push(other),
            }
        }
    }
}

impl FirstFailure {
    fn new(error: &FunctionError) -> Self {
        let reason = match &error.cause {
            Cause::Unavailable(source) => {
                // It may say where the store is, and the like.
                tracing::error!(function = %error.function, error = error_chain(source), "a function is unavailable");
                format!("{error}: the function is temporarily unavailable; retry later")
            }
            _ => error_chain(error),
        };
        FirstFailure { kind: error.cause.kind().name().to_owned(), reason }
    }
}

#[cfg(test)]
mod tests {
    use quidditch_function::{FailurePhase, FunctionId};

    use super::*;

    fn reason(cause: Cause) -> String {
        let function = FunctionId::new("f", "1.0.0");
        FirstFailure::new(&FunctionError { function, phase: FailurePhase::Load, cause }).reason
    }

    #[test]
    fn what_is_unavailable_is_told_to_the_log_alone() {
        insta::assert_snapshot!(reason(Cause::unavailable("10.0.0.1 refused")), @"function f@1.0.0 failed to load: the function is temporarily unavailable; retry later");
        insta::assert_snapshot!(reason(Cause::Failed("no luck".to_owned())), @"function f@1.0.0 failed to load: no luck");
    }

    #[test]
    fn failures_of_the_same_clause_are_added() {
        let failures = |clause: &str, documents| FunctionFailures {
            name: "f".to_owned(),
            version: "1.0.0".to_owned(),
            role: "filter".to_owned(),
            clause: clause.to_owned(),
            on_error: "include".into(),
            documents,
            error: FirstFailure { kind: "failed".to_owned(), reason: String::new() },
        };
        let mut all = vec![failures("a", 1)];
        FunctionFailures::merge(&mut all, vec![failures("b", 2), failures("a", 3)]);
        assert_eq!(all, [failures("a", 4), failures("b", 2)]);
    }
}
