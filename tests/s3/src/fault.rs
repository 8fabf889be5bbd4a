//! What can go wrong, and with which requests.

use std::time::Duration;

use crate::{Answer, Operation, Request};

/// What goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The connection is reset before the request is carried out.
    Reset,
    /// The request is carried out, and the connection is reset in place of an answer.
    LoseAnswer,
    /// The connection ends after so many bytes of the answer's body, which was announced whole.
    Cut {
        /// Bytes that still arrive.
        after: usize,
    },
    /// The answer's body lacks its last bytes, and its `Content-Length` says so: nothing looks wrong.
    Truncate {
        /// Bytes that are left out.
        by: usize,
    },
    /// The request is carried out, and the answer begins so much later.
    Stall(Duration),
    /// The answer's body stops for a while.
    StallBody {
        /// Bytes before it stops.
        after: usize,
        /// How long it stops.
        time: Duration,
    },
    /// `Content-Range` tells of the bytes one further on than those that come.
    WrongContentRange,
    /// The request is not carried out; this is the answer.
    Answer(Answer),
}

impl Fault {
    /// For a stall: no test is still there when it ends.
    pub const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);
}

/// With which requests something goes wrong.
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
    /// It goes wrong with every request, until narrowed down.
    pub fn new(fault: Fault) -> Self {
        Rule { fault, operation: None, key: String::new(), after: 0, times: u64::MAX, one_in: 1 }
    }

    /// Only with these requests.
    pub fn on(self, operation: Operation) -> Self {
        Rule { operation: Some(operation), ..self }
    }

    /// Only where this is part of the key.
    pub fn key(self, part: impl Into<String>) -> Self {
        Rule { key: part.into(), ..self }
    }

    /// Not with the first `requests` that fit.
    pub fn after(self, requests: u64) -> Self {
        Rule { after: requests, ..self }
    }

    /// At most so often.
    pub fn times(self, times: u64) -> Self {
        Rule { times, ..self }
    }

    /// Only with one in so many of the requests that fit, by the luck of the seed.
    pub fn one_in(self, requests: u64) -> Self {
        Rule { one_in: requests, ..self }
    }

    fn fits(&self, request: &Request) -> bool {
        self.operation.is_none_or(|operation| operation == request.operation) && request.key.contains(&self.key)
    }
}

/// A rule, and how often it has been followed.
#[derive(Debug)]
pub(crate) struct ActiveRule {
    rule: Rule,
    fitted: u64,
    followed: u64,
}

impl ActiveRule {
    pub(crate) fn new(rule: Rule) -> Self {
        ActiveRule { rule, fitted: 0, followed: 0 }
    }

    /// What goes wrong with this request, if anything.
    pub(crate) fn fault(&mut self, request: &Request, luck: &mut fastrand::Rng) -> Option<Fault> {
        if !self.rule.fits(request) {
            return None;
        }
        self.fitted += 1;
        let is_due = self.fitted > self.rule.after && self.followed < self.rule.times;
        if !is_due || luck.u64(0..self.rule.one_in.max(1)) != 0 {
            return None;
        }
        self.followed += 1;
        Some(self.rule.fault.clone())
    }
}
