//! A function whose calls are watched.

use std::sync::{Arc, Mutex, PoisonError};

use quidditch_function::{
    Argument, BoundFilter, BoundScorer, BoundValues, Budget, Cause, FailurePhase, Function, FunctionError, Metadata,
    NotCalled, Role, StoredScript,
};

use crate::run::Run;
use crate::supervised_instance::{SupervisedInstance, Watch};
use crate::version::Version;

/// A function that was found for one clause of a search.
pub(crate) struct SupervisedFunction {
    inner: Arc<dyn Function>,
    version: Arc<Version>,
    /// Begins when the clause binds its first instance.
    run: Mutex<Option<Arc<Run>>>,
}

impl SupervisedFunction {
    pub(crate) fn new(inner: Arc<dyn Function>, version: Arc<Version>) -> Self {
        SupervisedFunction { inner, version, run: Mutex::default() }
    }

    /// Binds an instance, if the function may be called.
    fn bind<T: ?Sized>(
        &self,
        role: Role,
        budget: &Arc<Budget>,
        bind: impl FnOnce() -> Result<Box<T>, FunctionError>,
    ) -> Result<SupervisedInstance<T>, FunctionError> {
        let run = self.run(role)?;
        let slot = self.version.slots.take().map_err(|reason| self.not_called(role, reason))?;
        let start = run.now();
        let bound = bind();
        run.spend(u64::try_from(run.now().saturating_sub(start).as_nanos()).unwrap_or(u64::MAX));
        match bound {
            Ok(inner) => Ok(SupervisedInstance { inner, watch: Watch::new(&run, budget, slot) }),
            Err(error) => {
                run.failed(&error, budget);
                Err(error)
            }
        }
    }

    fn run(&self, role: Role) -> Result<Arc<Run>, FunctionError> {
        let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = &*run {
            return Ok(Arc::clone(run));
        }
        self.version.counters(role).add_clause();
        let admission = self.version.admit().map_err(|reason| self.not_called(role, reason))?;
        let started = Arc::new(Run::new(Arc::clone(&self.version), role, admission));
        Ok(Arc::clone(run.insert(started)))
    }

    fn not_called(&self, role: Role, reason: NotCalled) -> FunctionError {
        let cause = Cause::NotCalled(reason);
        self.version.counters(role).add_error(cause.kind());
        FunctionError { function: self.version.id.clone(), phase: FailurePhase::Bind, cause }
    }
}

impl Function for SupervisedFunction {
    fn metadata(&self) -> &Metadata {
        self.inner.metadata()
    }

    fn script(&self) -> Option<&StoredScript> {
        self.inner.script()
    }

    fn around(&self, compiled: Arc<dyn Function>) -> Arc<dyn Function> {
        Arc::new(SupervisedFunction::new(self.inner.around(compiled), Arc::clone(&self.version)))
    }

    fn digest(&self) -> Option<&str> {
        self.inner.digest()
    }

    fn record_cached(&self, role: Role, documents: u64) {
        self.version.counters(role).add_cached_documents(documents);
        self.inner.record_cached(role, documents);
    }

    fn deprecation(&self) -> Option<&str> {
        self.inner.deprecation()
    }

    fn check_independence(&self) -> Result<(), FunctionError> {
        self.inner.check_independence()
    }

    fn bind_filter(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        Ok(Box::new(self.bind(Role::Filter, budget, || self.inner.bind_filter(arguments, budget))?))
    }

    fn bind_scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        Ok(Box::new(self.bind(Role::Scorer, budget, || self.inner.bind_scorer(arguments, budget))?))
    }

    fn bind_values(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundValues>, FunctionError> {
        Ok(Box::new(self.bind(Role::Values, budget, || self.inner.bind_values(arguments, budget))?))
    }
}
