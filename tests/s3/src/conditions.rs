//! What the network and the server are like.

use std::time::Duration;

use crate::{Fault, Rule};

/// What the network and the server are like. The default is a perfect network.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// How long the first byte of an answer takes.
    pub latency: Latency,
    /// Most bytes a second, up or down, on one connection. `None`: as fast as the machine goes.
    pub bytes_per_second: Option<u64>,
    /// What goes wrong. The first rule that fits a request decides.
    pub rules: Vec<Rule>,
    /// Most keys and folders in one page of a listing. S3 gives up to 1,000, and may always give fewer.
    pub keys_per_page: usize,
    /// Fewest bytes in a part of an upload that is not the last one: 5 MiB on S3.
    pub smallest_part: usize,
    /// Decides all that is left to chance: the n-th request has the same luck in every run.
    pub seed: u64,
}

/// How long the first byte of an answer takes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Latency {
    /// Always.
    pub fixed: Duration,
    /// Up to so much more, evenly spread.
    pub jitter: Duration,
    /// One in so many requests takes [`slow`](Latency::slow) longer. 0: none does.
    pub slow_one_in: u64,
    /// How much longer a slow request takes.
    pub slow: Duration,
}

impl Default for Conditions {
    fn default() -> Self {
        Conditions {
            latency: Latency::default(),
            bytes_per_second: None,
            rules: Vec::new(),
            keys_per_page: 1000,
            smallest_part: 5 * 1024 * 1024,
            seed: 0,
        }
    }
}

impl Conditions {
    /// Only this goes wrong.
    pub fn only(rule: Rule) -> Self {
        Conditions { rules: vec![rule], ..Conditions::default() }
    }

    /// What becomes of a request that no rule fits.
    pub(crate) fn usual(&self, luck: &mut fastrand::Rng) -> Treatment {
        let Latency { fixed, jitter, slow_one_in, slow } = self.latency;
        let mut latency = fixed + jitter.mul_f64(luck.f64());
        if slow_one_in > 0 && luck.u64(0..slow_one_in) == 0 {
            latency += slow;
        }
        Treatment { latency, bytes_per_second: self.bytes_per_second, fault: None }
    }
}

/// What becomes of one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Treatment {
    pub(crate) latency: Duration,
    pub(crate) bytes_per_second: Option<u64>,
    pub(crate) fault: Option<Fault>,
}
