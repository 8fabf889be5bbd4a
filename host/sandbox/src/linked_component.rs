//! A linked component, which can start instances.

use std::sync::Arc;

use quidditch_function::{Argument, Budget, Cause, FailurePhase, FunctionError, FunctionId, Metadata, Role};
use wasmtime::component::{Component, InstancePre};

use crate::SandboxLimits;
use crate::bound::{ComponentBinding, ComponentFilter, ComponentScorer, checked_columns};
use crate::exports::Exports;
use crate::failure;
use crate::guest::{self, Guest};
use crate::host::Host;
use crate::state::State;

/// A component whose imports are resolved and whose exports are found. Their types and the metadata are not checked yet.
pub(crate) struct LinkedComponent {
    host: Arc<Host>,
    id: Arc<FunctionId>,
    linked: InstancePre<State>,
    exports: Exports,
}

impl LinkedComponent {
    pub(crate) fn new(host: &Arc<Host>, id: FunctionId, component: &Component) -> Result<Self, Cause> {
        let exports = Exports::from_component(component).map_err(|error| Cause::Unusable(error.to_string()))?;
        let linked = host.linker.instantiate_pre(component);
        let linked = linked.map_err(|error| Cause::Unusable(format!("it cannot be linked: {error:#}")))?;
        Ok(LinkedComponent { host: Arc::clone(host), id: Arc::new(id), linked, exports })
    }

    /// Starts an instance, checks the types of its exports, and reads its metadata, which is not checked here.
    pub(crate) fn read_metadata(&self) -> Result<Metadata, Cause> {
        let limits = &self.host.limits;
        self.call_metadata(&Arc::new(Budget::new(limits.load_time))).map_err(|cause| match cause {
            Cause::TimedOut { limit } => {
                let millis = limit.as_millis();
                Cause::Unusable(format!("it did not start and return its metadata within {millis} ms"))
            }
            other => other,
        })
    }

    fn call_metadata(&self, budget: &Arc<Budget>) -> Result<Metadata, Cause> {
        let mut guest = self.start(budget)?;
        guest.call(|store, instance| Ok(self.exports.check_types(store, instance)))?.map_err(|error| {
            Cause::Unusable(format!("its exports do not have the types of the contract: {error:#}"))
        })?;
        let summary = guest.call(|store, instance| self.exports.summary(store, instance))?;
        let parameters = guest.call(|store, instance| self.exports.parameters(store, instance))?;
        Ok(Metadata {
            id: FunctionId::clone(&self.id),
            summary,
            parameters: parameters.into_iter().map(Into::into).collect(),
            roles: self.exports.roles(),
        })
    }

    fn start(&self, budget: &Arc<Budget>) -> Result<Guest, Cause> {
        Guest::start(&self.host, &self.linked, guest::state(&self.host, &self.id, self.host.log.clone(), budget))
    }

    /// Starts an instance whose messages are dropped.
    pub(crate) fn start_without_log(&self, budget: &Arc<Budget>) -> Result<Guest, Cause> {
        Guest::start(&self.host, &self.linked, guest::state(&self.host, &self.id, None, budget))
    }

    pub(crate) fn limits(&self) -> &SandboxLimits {
        &self.host.limits
    }

    pub(crate) fn exports(&self) -> &Exports {
        &self.exports
    }

    pub(crate) fn bind_filter(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<ComponentFilter, Cause> {
        let Some(filter) = self.exports.filter else { return Err(Cause::missing_role(Role::Filter)) };
        let limits = self.host.limits;
        let mut guest = self.start(budget)?;
        let returned = guest.call(|store, instance| filter.bind(store, instance, arguments))?;
        let resource = returned.map_err(|error| failure::reported(error, &limits))?;
        let columns = guest.call(|store, instance| filter.columns(store, instance, resource))?;
        let columns = checked_columns(columns, &limits)?;
        let call = guest.call(|store, instance| filter.keep(store, instance))?;
        let function = Arc::clone(&self.id);
        Ok(ComponentFilter(ComponentBinding { function, limits, columns, resource, call, guest: Some(guest) }))
    }

    pub(crate) fn bind_scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<ComponentScorer, Cause> {
        let Some(scorer) = self.exports.scorer else { return Err(Cause::missing_role(Role::Scorer)) };
        let limits = self.host.limits;
        let mut guest = self.start(budget)?;
        let returned = guest.call(|store, instance| scorer.bind(store, instance, arguments))?;
        let resource = returned.map_err(|error| failure::reported(error, &limits))?;
        let columns = guest.call(|store, instance| scorer.columns(store, instance, resource))?;
        let columns = checked_columns(columns, &limits)?;
        let needs_score = guest.call(|store, instance| scorer.needs_score(store, instance, resource))?;
        let call = guest.call(|store, instance| scorer.score(store, instance))?;
        let function = Arc::clone(&self.id);
        let bound = ComponentBinding { function, limits, columns, resource, call, guest: Some(guest) };
        Ok(ComponentScorer { bound, needs_score })
    }

    /// The error of a failure in this phase.
    pub(crate) fn error(&self, phase: FailurePhase, cause: Cause) -> FunctionError {
        FunctionError { function: FunctionId::clone(&self.id), phase, cause }
    }
}
