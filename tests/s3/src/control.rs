//! The current conditions, and the log of requests.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::conditions::Treatment;
use crate::fault::ActiveRule;
use crate::{ConditionalWrites, Conditions, EntityTags, Request};

/// Changes the conditions of a server while it runs.
#[derive(Debug, Default)]
pub struct Control {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    conditions: Conditions,
    rules: Vec<ActiveRule>,
    /// The number of requests under these conditions, which selects the next random values.
    treated: u64,
    requests: Vec<Request>,
}

impl Control {
    /// Sets the conditions of all following requests. Rules start counting again.
    pub fn set(&self, conditions: Conditions) {
        let mut state = self.state();
        state.rules = conditions.rules.iter().cloned().map(ActiveRule::new).collect();
        state.conditions = conditions;
        state.treated = 0;
    }

    /// Removes all delays and faults for the following requests.
    pub fn clear(&self) {
        self.set(Conditions::default());
    }

    pub(crate) fn keys_per_page(&self) -> usize {
        self.state().conditions.keys_per_page
    }

    pub(crate) fn conditional_writes(&self) -> ConditionalWrites {
        self.state().conditions.conditional_writes
    }

    pub(crate) fn entity_tags(&self) -> EntityTags {
        self.state().conditions.entity_tags
    }

    pub(crate) fn min_part_bytes(&self) -> usize {
        self.state().conditions.min_part_bytes
    }

    /// Logs a request. Returns its number for [`responded`](Control::responded), and its treatment.
    pub(crate) fn arrived(&self, request: Request) -> (usize, Treatment) {
        let mut state = self.state();
        let State { conditions, rules, treated, requests } = &mut *state;
        let mut random = fastrand::Rng::with_seed(conditions.seed.wrapping_add(*treated));
        // Similar seeds have similar first values.
        random = random.fork();
        *treated += 1;
        let mut treatment = conditions.usual(&mut random);
        treatment.fault = rules.iter_mut().find_map(|rule| rule.fault(&request, &mut random));
        requests.push(request);
        (requests.len() - 1, treatment)
    }

    pub(crate) fn responded(&self, number: usize, status: u16, bytes: u64) {
        if let Some(request) = self.state().requests.get_mut(number) {
            request.status = Some(status);
            request.bytes = bytes;
        }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Fault, Latency, Operation, Rule};

    fn request(operation: Operation, key: &str) -> Request {
        let (bucket, key) = (String::new(), key.to_owned());
        Request { operation, bucket, key, range: None, is_next_page: false, status: None, bytes: 0 }
    }

    /// Which of the reads of "a/key" have a fault.
    fn faulty(rule: Rule, seed: u64, reads: usize) -> Vec<usize> {
        let control = Control::default();
        control.set(Conditions { seed, ..Conditions::only(rule) });
        let is_faulty = || control.arrived(request(Operation::Get, "a/key")).1.fault.is_some();
        (0..reads).filter(|_| is_faulty()).collect()
    }

    #[test]
    fn rules_select_requests() {
        let rule = || Rule::new(Fault::Reset);
        assert_eq!(faulty(rule(), 0, 3), [0, 1, 2]);
        assert_eq!(faulty(rule().times(2), 0, 3), [0, 1]);
        assert_eq!(faulty(rule().after(1).times(1), 0, 3), [1]);
        assert_eq!(faulty(rule().on(Operation::Get).key("key"), 0, 2), [0, 1]);
        assert_eq!(faulty(rule().on(Operation::Put), 0, 2), [0; 0]);
        assert_eq!(faulty(rule().key("other"), 0, 2), [0; 0]);
    }

    #[test]
    fn the_same_seed_selects_the_same_requests() {
        let rule = || Rule::new(Fault::Reset).one_in(10);
        let picked = faulty(rule(), 1, 1000);
        assert!((70..130).contains(&picked.len()), "{}", picked.len());
        assert_eq!(picked, faulty(rule(), 1, 1000));
        assert_ne!(picked, faulty(rule(), 2, 1000));
    }

    #[test]
    fn latencies_are_random_and_some_are_slow() {
        let ms = Duration::from_millis;
        let control = Control::default();
        let latency = Latency { fixed: ms(20), jitter: ms(40), slow_one_in: 100, slow: ms(1000) };
        control.set(Conditions { latency, ..Conditions::default() });
        let latencies: Vec<_> = (0..1000).map(|_| control.arrived(request(Operation::Get, "a")).1.latency).collect();
        let (slow, usual): (Vec<_>, Vec<_>) = latencies.iter().partition(|latency| **latency >= ms(1000));
        assert!((3..30).contains(&slow.len()), "{}", slow.len());
        assert!(usual.iter().all(|latency| (ms(20)..=ms(60)).contains(latency)));
        assert!(usual.iter().min() < Some(&ms(22)) && usual.iter().max() > Some(&ms(58)));
    }
}
