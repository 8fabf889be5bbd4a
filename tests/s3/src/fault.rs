//! Faults, and the requests that they affect.

use std::time::Duration;

use crate::{ErrorResponse, Operation, Request};

/// A fault of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The connection is reset before the request is carried out.
    Reset,
    /// The request is carried out, and the connection is reset instead of a response.
    LoseResponse,
    /// The connection ends after some bytes of the body. `Content-Length` has the length of the whole body.
    Cut {
        /// The number of bytes that arrive.
        after: usize,
    },
    /// The body lacks its last bytes, and `Content-Length` has the shorter length.
    Truncate {
        /// The number of missing bytes.
        by: usize,
    },
    /// The request is carried out, and the response starts later.
    Stall(Duration),
    /// The body stops for some time.
    StallBody {
        /// The number of bytes before it stops.
        after: usize,
        /// How long it stops.
        time: Duration,
    },
    /// `Content-Range` has a range that starts and ends one byte later than the range that is sent.
    WrongContentRange,
    /// A page of a listing says that there are more, without the token to request them.
    NoContinuationToken,
    /// The request is not carried out; this is the response.
    Respond(ErrorResponse),
}

impl Fault {
    /// For a stall that outlasts any test.
    pub const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);
}

/// A fault, and the requests that it affects.
#[derive(Debug, Clone)]
pub struct Rule {
    fault: Fault,
    operation: Option<Operation>,
    key: String,
    after: u64,
    times: u64,
    one_in: u64,
}

impl Rule {
    /// The fault of every request, unless restricted.
    pub fn new(fault: Fault) -> Self {
        Rule { fault, operation: None, key: String::new(), after: 0, times: u64::MAX, one_in: 1 }
    }

    /// Only for this operation.
    pub fn on(self, operation: Operation) -> Self {
        Rule { operation: Some(operation), ..self }
    }

    /// Only for keys that contain this text.
    pub fn key(self, part: impl Into<String>) -> Self {
        Rule { key: part.into(), ..self }
    }

    /// Not for the first `requests` that match.
    pub fn after(self, requests: u64) -> Self {
        Rule { after: requests, ..self }
    }

    /// For no more requests than this.
    pub fn times(self, times: u64) -> Self {
        Rule { times, ..self }
    }

    /// For one in so many of the requests that match, selected at random.
    pub fn one_in(self, requests: u64) -> Self {
        Rule { one_in: requests, ..self }
    }

    fn matches(&self, request: &Request) -> bool {
        self.operation.is_none_or(|operation| operation == request.operation) && request.key.contains(&self.key)
    }
}

/// A rule, and how often it matched and was applied.
#[derive(Debug)]
pub(crate) struct ActiveRule {
    rule: Rule,
    matched: u64,
    applied: u64,
}

impl ActiveRule {
    pub(crate) fn new(rule: Rule) -> Self {
        ActiveRule { rule, matched: 0, applied: 0 }
    }

    /// The fault of this request, if there is one.
    pub(crate) fn fault(&mut self, request: &Request, random: &mut fastrand::Rng) -> Option<Fault> {
        if !self.rule.matches(request) {
            return None;
        }
        self.matched += 1;
        let is_due = self.matched > self.rule.after && self.applied < self.rule.times;
        if !is_due || random.u64(0..self.rule.one_in.max(1)) != 0 {
            return None;
        }
        self.applied += 1;
        Some(self.rule.fault.clone())
    }
}
