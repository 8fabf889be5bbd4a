//! The conditions that hold now, and the requests that arrived.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::conditions::Treatment;
use crate::fault::ActiveRule;
use crate::{Conditions, Request};

/// Changes the conditions of a server while it runs.
#[derive(Debug, Default)]
pub struct Control {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    conditions: Conditions,
    rules: Vec<ActiveRule>,
    /// Requests under these conditions: which luck is next.
    treated: u64,
    requests: Vec<Request>,
}

impl Control {
    /// From the next request on, it is like this. Rules count anew.
    pub fn set(&self, conditions: Conditions) {
        let mut state = self.state();
        state.rules = conditions.rules.iter().cloned().map(ActiveRule::new).collect();
        state.conditions = conditions;
        state.treated = 0;
    }

    /// From the next request on, nothing goes wrong any more.
    pub fn clear(&self) {
        self.set(Conditions::default());
    }

    pub(crate) fn keys_per_page(&self) -> usize {
        self.state().conditions.keys_per_page
    }

    pub(crate) fn smallest_part(&self) -> usize {
        self.state().conditions.smallest_part
    }

    /// Notes a request, and says what becomes of it. The number is for [`answered`](Control::answered).
    pub(crate) fn arrived(&self, request: Request) -> (usize, Treatment) {
        let mut state = self.state();
        let State { conditions, rules, treated, requests } = &mut *state;
        let mut luck = fastrand::Rng::with_seed(conditions.seed.wrapping_add(*treated));
        // Neighbouring seeds begin alike.
        luck = luck.fork();
        *treated += 1;
        let mut treatment = conditions.usual(&mut luck);
        treatment.fault = rules.iter_mut().find_map(|rule| rule.fault(&request, &mut luck));
        requests.push(request);
        (requests.len() - 1, treatment)
    }

    pub(crate) fn answered(&self, number: usize, status: u16, bytes: u64) {
        // The log may have been emptied since.
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
