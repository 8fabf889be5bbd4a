//! Conditions of the network and the server.

use std::time::Duration;

use crate::{Fault, Rule};

/// Conditions of the network and the server. By default, there are no delays and faults.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// The time until the first byte of a response.
    pub latency: Latency,
    /// Maximum number of bytes per second, in either direction, on one connection. `None` for no limit.
    pub bytes_per_second: Option<u64>,
    /// Faults. The first rule that matches a request is applied.
    pub rules: Vec<Rule>,
    /// Maximum number of keys and folders in a page of a listing. Up to 1,000 on S3, which may always return fewer.
    pub keys_per_page: usize,
    /// Minimum size of all parts of an upload but the last: 5 MiB on S3.
    pub min_part_bytes: usize,
    /// How the conditions of writes are treated.
    pub conditional_writes: ConditionalWrites,
    /// Which entity tags responses have.
    pub entity_tags: EntityTags,
    /// Seed for everything random: the n-th request has the same random values in every run.
    pub seed: u64,
}

/// The time until the first byte of a response.
#[derive(Debug, Clone, Copy, Default)]
pub struct Latency {
    /// For all requests.
    pub fixed: Duration,
    /// Maximum of a random additional time, evenly distributed.
    pub jitter: Duration,
    /// One in this many requests takes [`slow`](Latency::slow) longer. 0 for none.
    pub slow_one_in: u64,
    /// The additional time of a slow request.
    pub slow: Duration,
}

/// How the conditions of writes (`If-Match`, `If-None-Match`) are treated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ConditionalWrites {
    /// As S3 does.
    #[default]
    Honoured,
    /// Both are ignored.
    Ignored,
    /// `If-Match` is ignored.
    OnlyIfNoneMatch,
    /// `If-Match` never matches.
    NeverMatching,
    /// A write with a condition is answered with 501.
    NotImplemented,
}

/// Which entity tags responses have. Conditions of requests are compared with strong ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EntityTags {
    /// As S3 sends them.
    #[default]
    Strong,
    /// The header `ETag` is weak, as after a proxy that compresses. Listings have strong ones.
    Weak,
}

impl Default for Conditions {
    fn default() -> Self {
        Conditions {
            latency: Latency::default(),
            bytes_per_second: None,
            rules: Vec::new(),
            keys_per_page: 1000,
            min_part_bytes: 5 * 1024 * 1024,
            conditional_writes: ConditionalWrites::default(),
            entity_tags: EntityTags::default(),
            seed: 0,
        }
    }
}

impl Conditions {
    /// Only this fault.
    pub fn only(rule: Rule) -> Self {
        Conditions { rules: vec![rule], ..Conditions::default() }
    }

    /// The treatment of a request to which no rule applies.
    pub(crate) fn usual(&self, random: &mut fastrand::Rng) -> Treatment {
        let Latency { fixed, jitter, slow_one_in, slow } = self.latency;
        let mut latency = fixed + jitter.mul_f64(random.f64());
        if slow_one_in > 0 && random.u64(0..slow_one_in) == 0 {
            latency += slow;
        }
        Treatment { latency, bytes_per_second: self.bytes_per_second, fault: None }
    }
}

/// The treatment of one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Treatment {
    pub(crate) latency: Duration,
    pub(crate) bytes_per_second: Option<u64>,
    pub(crate) fault: Option<Fault>,
}
