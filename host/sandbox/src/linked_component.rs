//! A linked component, which can start instances.

use std::sync::Arc;

use quidditch_function::{
    Argument, Budget, Cause, FailurePhase, FunctionError, FunctionId, Metadata, Role, check_bound, check_ranges,
};
use wasmtime::component::{Component, InstancePre};

use crate::SandboxLimits;
use crate::bound::{ComponentBinding, ComponentFilter, ComponentScorer, ComponentValues, checked_columns};
use crate::exports::Exports;
use crate::failure;
use crate::guest::Guest;
use crate::host::Host;
use crate::log::LogSink;
use crate::profiler::Profiler;
use crate::state::State;

/// A component whose imports are resolved and whose exports are found. Their types and the metadata are not checked yet.
pub(crate) struct LinkedComponent {
    host: Arc<Host>,
    id: Arc<FunctionId>,
    linked: InstancePre<State>,
    exports: Exports,
    /// Bytes of memory that an instance may have.
    memory_bytes: usize,
    profiler: Option<Arc<Profiler>>,
}

impl LinkedComponent {
    pub(crate) fn new(host: &Arc<Host>, id: FunctionId, component: &Component) -> Result<Self, Cause> {
        let exports = Exports::from_component(component).map_err(|error| Cause::Unusable(error.to_string()))?;
        let linked = host.linker.instantiate_pre(component);
        let linked = linked.map_err(|error| Cause::rejected("it cannot be linked", error))?;
        // Until it is known how much it asks for.
        let memory_bytes = host.limits.memory_bytes.max(host.limits.max_memory_bytes);
        let (host, id) = (Arc::clone(host), Arc::new(id));
        Ok(LinkedComponent { host, id, linked, exports, memory_bytes, profiler: None })
    }

    /// The same component, whose instances are sampled.
    #[cfg(feature = "profiling")]
    pub(crate) fn with_profiler(self, profiler: Arc<Profiler>) -> Self {
        LinkedComponent { profiler: Some(profiler), ..self }
    }

    /// Starts an instance, checks the types of its exports, and reads its metadata, which is not checked here. Later instances have
    /// the memory that the function asks for.
    pub(crate) fn read_metadata(&mut self) -> Result<Metadata, Cause> {
        let limits = self.host.limits;
        let read = self.call_metadata(&Arc::new(Budget::new(limits.load_time))).map_err(|cause| match cause {
            Cause::TimedOut { limit } => {
                let millis = limit.as_millis();
                Cause::Unusable(format!("it did not start and return its metadata within {millis} ms"))
            }
            other => other,
        });
        let (metadata, used_bytes) = read?;
        self.memory_bytes = match metadata.memory_mib {
            0 => limits.memory_bytes,
            asked => usize::try_from(u64::from(asked) << 20).unwrap_or(usize::MAX).min(limits.max_memory_bytes),
        };
        if used_bytes > self.memory_bytes {
            return Err(Cause::OutOfMemory { limit_bytes: self.memory_bytes, requested_bytes: used_bytes });
        }
        Ok(metadata)
    }

    /// The metadata, and the memory that the instance has.
    fn call_metadata(&self, budget: &Arc<Budget>) -> Result<(Metadata, usize), Cause> {
        let mut guest = self.start(budget)?;
        guest
            .call(|store, instance| Ok(self.exports.check_types(store, instance)))?
            .map_err(|error| Cause::rejected("its exports do not have the types of the contract", error))?;
        let summary = guest.call(|store, instance| self.exports.summary(store, instance))?;
        let parameters = guest.call(|store, instance| self.exports.parameters(store, instance))?;
        let memory_mib = guest.call(|store, instance| self.exports.memory_mib(store, instance))?;
        let metadata = Metadata {
            id: FunctionId::clone(&self.id),
            summary,
            parameters: parameters.into_iter().map(Into::into).collect(),
            roles: self.exports.roles(),
            memory_mib,
        };
        Ok((metadata, guest.memory_bytes()))
    }

    fn start(&self, budget: &Arc<Budget>) -> Result<Guest, Cause> {
        Guest::start(&self.host, &self.linked, self.state(self.host.log.clone(), budget))
    }

    /// Starts an instance whose messages are dropped.
    pub(crate) fn start_without_log(&self, budget: &Arc<Budget>) -> Result<Guest, Cause> {
        Guest::start(&self.host, &self.linked, self.state(None, budget))
    }

    /// The initial state of an instance.
    fn state(&self, log: Option<Arc<dyn LogSink>>, budget: &Arc<Budget>) -> State {
        let limits = SandboxLimits { memory_bytes: self.memory_bytes, ..self.host.limits };
        let mut state = State::new(Arc::clone(&self.id), limits, log, Arc::clone(budget));
        state.profiler.clone_from(&self.profiler);
        state
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
        let returned = guest.call(|store, instance| filter.binding.bind(store, instance, arguments))?;
        let resource = returned.map_err(|error| failure::reported(error, &limits))?;
        let columns = guest.call(|store, instance| filter.binding.columns(store, instance, resource))?;
        let columns = checked_columns(columns, &limits)?;
        let ranges = guest.call(|store, instance| filter.ranges(store, instance, resource))?;
        let ranges: Vec<_> = ranges.into_iter().map(Into::into).collect();
        check_ranges(&ranges, &columns)?;
        let call = guest.call(|store, instance| filter.keep(store, instance))?;
        let function = Arc::clone(&self.id);
        let bound = ComponentBinding { function, limits, columns, resource, call, guest: Some(guest) };
        Ok(ComponentFilter { bound, ranges })
    }

    pub(crate) fn bind_scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<ComponentScorer, Cause> {
        let Some(scorer) = self.exports.scorer else { return Err(Cause::missing_role(Role::Scorer)) };
        let limits = self.host.limits;
        let mut guest = self.start(budget)?;
        let returned = guest.call(|store, instance| scorer.binding.bind(store, instance, arguments))?;
        let resource = returned.map_err(|error| failure::reported(error, &limits))?;
        let columns = guest.call(|store, instance| scorer.binding.columns(store, instance, resource))?;
        let columns = checked_columns(columns, &limits)?;
        let needs_score = guest.call(|store, instance| scorer.needs_score(store, instance, resource))?;
        let max_score = guest.call(|store, instance| scorer.max_score(store, instance, resource, f32::INFINITY))?;
        let max_score = check_bound(max_score)?;
        let call = guest.call(|store, instance| scorer.score(store, instance))?;
        let function = Arc::clone(&self.id);
        let bound = ComponentBinding { function, limits, columns, resource, call, guest: Some(guest) };
        Ok(ComponentScorer { bound, needs_score, max_score, exports: scorer })
    }

    pub(crate) fn bind_values(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<ComponentValues, Cause> {
        let Some(values) = self.exports.values else { return Err(Cause::missing_role(Role::Values)) };
        let limits = self.host.limits;
        let mut guest = self.start(budget)?;
        let returned = guest.call(|store, instance| values.binding.bind(store, instance, arguments))?;
        let resource = returned.map_err(|error| failure::reported(error, &limits))?;
        let columns = guest.call(|store, instance| values.binding.columns(store, instance, resource))?;
        let columns = checked_columns(columns, &limits)?;
        let kind = guest.call(|store, instance| values.kind(store, instance, resource))?;
        let call = guest.call(|store, instance| values.compute(store, instance))?;
        let function = Arc::clone(&self.id);
        let bound = ComponentBinding { function, limits, columns, resource, call, guest: Some(guest) };
        Ok(ComponentValues { bound, kind: kind.into() })
    }

    /// The error of a failure in this phase.
    pub(crate) fn error(&self, phase: FailurePhase, cause: Cause) -> FunctionError {
        FunctionError { function: FunctionId::clone(&self.id), phase, cause }
    }
}
