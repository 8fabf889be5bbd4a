//! HyperLogLog: the number of distinct hashes, estimated from a few kilobytes.

use serde::{Deserialize, Serialize};

/// For each of 2^precision groups of hashes, the longest run of zeros that one of them had. Adding a hash twice changes nothing,
/// and neither does the order. Estimated as in Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches",
/// 2017, section 4, which needs no tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Registers {
    precision: u32,
    longest: Vec<u8>,
}

impl Registers {
    /// Registers that are as precise as clients expect beyond a threshold.
    pub(crate) fn for_values(threshold: usize) -> Self {
        let precision = (threshold.max(1) * 5).next_power_of_two().ilog2().clamp(4, 18);
        Registers { precision, longest: vec![0; 1 << precision] }
    }

    #[inline]
    pub(crate) fn add(&mut self, hash: u64) {
        let group = (hash >> (64 - self.precision)) as usize;
        let rest = hash << self.precision;
        let run = (rest.leading_zeros().min(64 - self.precision) + 1) as u8;
        let longest = &mut self.longest[group];
        *longest = (*longest).max(run);
    }

    /// Both must be for the same threshold.
    pub(crate) fn merge(&mut self, other: &Registers) {
        for (longest, other) in self.longest.iter_mut().zip(&other.longest) {
            *longest = (*longest).max(*other);
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.longest.len()
    }

    pub(crate) fn estimate(&self) -> u64 {
        let groups = self.longest.len() as f64;
        let most = 64 - self.precision;
        let mut counts = vec![0_u32; most as usize + 2];
        for longest in &self.longest {
            counts[usize::from(*longest)] += 1;
        }
        let mut sum = groups * tau(1.0 - f64::from(counts[most as usize + 1]) / groups);
        for run in (1..=most as usize).rev() {
            sum = 0.5 * (sum + f64::from(counts[run]));
        }
        sum += groups * sigma(f64::from(counts[0]) / groups);
        let constant = 1.0 / (2.0 * std::f64::consts::LN_2);
        (constant * groups * groups / sum).round() as u64
    }
}

fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut sum) = (1.0, x);
    loop {
        x *= x;
        let previous = sum;
        sum += x * y;
        y += y;
        if sum == previous {
            return sum;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut y, mut sum) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let previous = sum;
        y *= 0.5;
        sum -= (1.0 - x).powi(2) * y;
        if sum == previous {
            return sum / 3.0;
        }
    }
}
