//! What an error response says about one error: a type, a reason and details.

use http::StatusCode;
use quidditch_function::{Cause, NotCalled, error_chain};
use serde_json::{Map, Value as Json};

use super::Refusal;

/// One error in a response.
pub(super) struct Exception {
    kind: &'static str,
    reason: String,
    details: Map<String, Json>,
    caused_by: Option<Box<Exception>>,
}

impl Exception {
    pub(super) fn new(kind: &'static str, reason: impl Into<String>) -> Self {
        Exception { kind, reason: reason.into(), details: Map::new(), caused_by: None }
    }

    pub(super) fn kind(&self) -> &'static str {
        self.kind
    }

    pub(super) fn detail(mut self, key: &str, value: impl Into<Json>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    pub(super) fn caused_by(self, cause: Exception) -> Self {
        Exception { caused_by: Some(Box::new(cause)), ..self }
    }

    pub(super) fn from_refusal(refusal: &Refusal) -> Self {
        let Refusal { kind, reason, details, caused_by, .. } = refusal;
        let caused_by = caused_by.as_ref().map(|cause| Box::new(Self::from_refusal(cause)));
        Exception { details: details.clone(), caused_by, ..Self::new(kind, reason) }
    }

    pub(super) fn into_refusal(self, status: StatusCode) -> Refusal {
        let Exception { kind, reason, details, caused_by } = self;
        let mut refusal = Refusal::new(status, kind, reason);
        refusal.details = details;
        match caused_by {
            Some(cause) => refusal.caused_by(cause.into_refusal(status)),
            None => refusal,
        }
    }

    /// Why a function failed, with a type for each kind of cause.
    pub(super) fn from_cause(cause: &Cause) -> Self {
        let kind = match cause {
            Cause::NotFound(_) => "resource_not_found_exception",
            Cause::Unusable(_) => "unusable_function_exception",
            Cause::Rejected { .. } => return Exception::new("unusable_function_exception", error_chain(cause)),
            Cause::Untrusted(_) => "untrusted_function_exception",
            Cause::InvalidArgument(_) => "illegal_argument_exception",
            Cause::Failed(_) => "function_failed_exception",
            Cause::Script(failure) => return Exception::new(failure.kind, failure.reason.as_str()),
            Cause::Trapped { .. } => "function_trapped_exception",
            Cause::TimedOut { .. } => "function_timed_out_exception",
            Cause::OutOfMemory { .. } | Cause::OutOfSharedMemory { .. } => "function_out_of_memory_exception",
            // The reason starts like Elasticsearch's.
            Cause::InvalidScore { .. } => {
                let reason = format!("script_score script returned an {cause}");
                return Exception::new("illegal_argument_exception", reason);
            }
            Cause::InvalidAnswer(_) | Cause::InvalidNumber { .. } => "invalid_function_answer_exception",
            Cause::Unavailable(error) => {
                tracing::error!(error = error_chain(error), "a function is unavailable");
                let reason = "the function is temporarily unavailable; retry later";
                return Exception::new("service_unavailable_exception", reason);
            }
            Cause::NotCalled(NotCalled::Disabled | NotCalled::DisabledInStore(_)) => "function_disabled_exception",
            Cause::NotCalled(NotCalled::CircuitOpen { .. }) => "function_circuit_open_exception",
            Cause::NotCalled(NotCalled::TooManyInstances { .. } | NotCalled::TooManyCalls { .. }) => {
                "circuit_breaking_exception"
            }
        };
        Exception::new(kind, cause.to_string())
    }

    /// As JSON, without its cause.
    pub(super) fn without_cause(&self) -> Map<String, Json> {
        let mut json =
            Map::from_iter([("type".to_owned(), self.kind.into()), ("reason".to_owned(), self.reason.as_str().into())]);
        json.extend(self.details.iter().map(|(key, value)| (key.clone(), value.clone())));
        json
    }

    /// As JSON, with its cause.
    pub(super) fn to_json(&self) -> Map<String, Json> {
        let mut json = self.without_cause();
        if let Some(cause) = &self.caused_by {
            json.insert("caused_by".to_owned(), Json::Object(cause.to_json()));
        }
        json
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use quidditch_function::{DocumentRef, SharedError};

    use super::*;

    #[test]
    fn every_cause_has_its_type() {
        let shown = |cause: Cause| {
            let exception = Exception::from_cause(&cause);
            format!("{}: {}", exception.kind, exception.reason)
        };
        let text = || "why".to_owned();
        let causes = [
            Cause::NotFound(text()),
            Cause::Unusable(text()),
            Cause::Rejected { reason: "it cannot be linked", source: SharedError::new("an import is missing") },
            Cause::Untrusted(text()),
            Cause::Failed(text()),
            Cause::TimedOut { limit: Duration::from_secs(2) },
            Cause::OutOfMemory { limit_bytes: 10, requested_bytes: 20 },
            Cause::OutOfSharedMemory { limit_bytes: 30 },
            Cause::InvalidScore { document: DocumentRef::Id("7".to_owned()), score: -1.5 },
            Cause::InvalidAnswer(text()),
            Cause::unavailable("secret"),
        ];
        insta::assert_snapshot!(causes.map(shown).join("\n"), @r"
        resource_not_found_exception: why
        unusable_function_exception: why
        unusable_function_exception: it cannot be linked: an import is missing
        untrusted_function_exception: why
        function_failed_exception: why
        function_timed_out_exception: the function was stopped: the functions of one request share a budget of 2000 ms
        function_out_of_memory_exception: the function ran out of memory: it requested 20 bytes; at most 10 are allowed
        function_out_of_memory_exception: the function ran out of memory: the functions of one request may use 30 bytes together
        illegal_argument_exception: script_score script returned an invalid score [-1.5] for document [7]: must be a finite non-negative number
        invalid_function_answer_exception: why
        service_unavailable_exception: the function is temporarily unavailable; retry later
        ");
    }
}
