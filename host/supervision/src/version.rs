//! What is kept of a version of a function.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use quidditch_clock::Clock;
use quidditch_function::{FunctionId, NotCalled, Role};

use crate::circuit::{Admission, Circuit};
use crate::counters::Counters;
use crate::rate_limit::RateLimit;
use crate::settings::SupervisionSettings;
use crate::slots::Slots;
use crate::statistics::VersionStatistics;

/// What is kept of a version of a function.
pub(crate) struct Version {
    pub(crate) id: FunctionId,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) circuit: Circuit,
    pub(crate) slots: Arc<Slots>,
    is_disabled: bool,
    rate: Option<RateLimit>,
    /// By role, in the order of [`Role::ALL`], once it was called in it.
    counters: [OnceLock<Counters>; Role::ALL.len()],
}

impl Version {
    pub(crate) fn new(id: FunctionId, settings: &SupervisionSettings, clock: &Arc<dyn Clock>) -> Self {
        Version {
            circuit: Circuit::new(settings.circuit),
            slots: Slots::new(settings.max_instances),
            is_disabled: settings.disabled.iter().any(|disabled| disabled.is(&id)),
            rate: settings.max_calls_per_second.map(RateLimit::new),
            counters: [const { OnceLock::new() }; Role::ALL.len()],
            clock: Arc::clone(clock),
            id,
        }
    }

    /// Whether a clause may call it now.
    pub(crate) fn admit(&self) -> Result<Admission, NotCalled> {
        if self.is_disabled {
            return Err(NotCalled::Disabled);
        }
        let now = self.now();
        if let Some(rate) = &self.rate {
            rate.admit(now)?;
        }
        // Last: a trial must be made.
        self.circuit.admit(now)
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    pub(crate) fn counters(&self, role: Role) -> &Counters {
        self.counters[role as usize].get_or_init(Counters::new)
    }

    pub(crate) fn statistics(&self) -> VersionStatistics {
        let roles = Role::ALL.into_iter().zip(&self.counters);
        let called = roles.filter_map(|(role, counters)| Some((role, counters.get()?.statistics())));
        VersionStatistics {
            function: self.id.clone(),
            is_disabled: self.is_disabled,
            circuit: self.circuit.state(),
            times_opened: self.circuit.times_opened(),
            instances: self.slots.used(),
            roles: called.collect(),
        }
    }
}
