//! Functions that are closures, found through a supervisor.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use quidditch_clock::{Clock, ManualClock};
use quidditch_function::{
    Batch, BoundFilter, Budget, Cause, Function, FunctionError, FunctionResolver, NativeFunctions, NativeScorer,
    error_chain, native_filter, native_scorer,
};
use quidditch_supervision::{
    CircuitSettings, RoleStatistics, SupervisedFunctions, SupervisionSettings, Supervisor, VersionStatistics,
};

pub(crate) const PAUSE: Duration = Duration::from_secs(30);

/// The time of the functions of a request.
pub(crate) const FUNCTION_TIME: Duration = Duration::from_secs(2);

// The functions do what the number of documents tells them.
const TRAPS: usize = 13;
const LOOPS: usize = 14;
const FAILS: usize = 15;
const STOPS: usize = 16;

pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) supervisor: Arc<Supervisor>,
    functions: SupervisedFunctions,
}

/// How calls end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Call {
    Succeeds,
    Traps,
    /// Stopped, as it used up the time of all functions.
    Loops,
    /// Stopped after a millisecond.
    Stops,
    Fails,
}

impl World {
    /// Three failures in a row open the circuit.
    pub(crate) fn new() -> Self {
        Self::with(SupervisionSettings::default())
    }

    pub(crate) fn with(settings: SupervisionSettings) -> Self {
        let circuit = CircuitSettings { max_failures: NonZeroU32::new(3), pause: PAUSE };
        let clock = Arc::<ManualClock>::default();
        let supervisor = Supervisor::new(SupervisionSettings { circuit, ..settings }, clock.clone() as Arc<dyn Clock>);
        let functions = NativeFunctions::new().with(filter("f", &clock)).with(filter("g", &clock)).with(scorer());
        let functions = SupervisedFunctions::new(Arc::new(functions), Arc::clone(&supervisor));
        World { clock, supervisor, functions }
    }

    pub(crate) fn find(&self, name: &str) -> Arc<dyn Function> {
        block_on(self.functions.find(name, None)).expect("it exists")
    }

    /// Binds `f` and calls it once, as a search would.
    pub(crate) fn call(&self, call: Call) -> Result<(), String> {
        self.call_with(call, &budget())
    }

    pub(crate) fn call_with(&self, call: Call, budget: &Arc<Budget>) -> Result<(), String> {
        let mut filter = self.find("f").bind_filter(&[], budget).map_err(chain)?;
        if matches!(call, Call::Loops) {
            // As the sandbox does when it stops a function.
            budget.spend(FUNCTION_TIME);
        }
        keep(&mut *filter, call)
    }

    /// The statistics of `f` as a filter.
    pub(crate) fn statistics(&self) -> (VersionStatistics, RoleStatistics) {
        let all = self.supervisor.statistics();
        let version = all.into_iter().find(|version| version.function.name == "f").expect("it was called");
        let role = version.roles.first().expect("it was called as a filter").1.clone();
        (version, role)
    }

    /// How often `f` failed, by kind.
    pub(crate) fn errors(&self) -> Vec<(&'static str, u64)> {
        self.statistics().1.errors.iter().map(|error| (error.kind.name(), error.count)).collect()
    }
}

pub(crate) fn budget() -> Arc<Budget> {
    Arc::new(Budget::new(FUNCTION_TIME))
}

pub(crate) fn chain(error: FunctionError) -> String {
    error_chain(&error)
}

pub(crate) fn keep(filter: &mut dyn BoundFilter, call: Call) -> Result<(), String> {
    let len = match call {
        Call::Succeeds => 10,
        Call::Traps => TRAPS,
        Call::Loops => LOOPS,
        Call::Stops => STOPS,
        Call::Fails => FAILS,
    };
    filter.keep(&Batch { len, ..Batch::default() }, &mut Vec::new()).map_err(chain)
}

/// Each call takes a millisecond; one that loops takes all the time that the functions of a request have.
fn filter(name: &str, clock: &Arc<ManualClock>) -> Arc<dyn Function> {
    let clock = Arc::clone(clock);
    native_filter(name, Vec::new(), move |_| {
        let clock = Arc::clone(&clock);
        let keep = move |batch: &Batch, keep: &mut Vec<u8>| {
            clock.advance(if batch.len == LOOPS { FUNCTION_TIME } else { Duration::from_millis(1) });
            match batch.len {
                TRAPS => Err(Cause::Trapped { message: "out of bounds".to_owned(), frames: Vec::new() }),
                LOOPS | STOPS => Err(Cause::TimedOut { limit: FUNCTION_TIME }),
                FAILS => Err(Cause::Failed("no luck".to_owned())),
                len => {
                    keep.resize(len, 1);
                    Ok(())
                }
            }
        };
        Ok((Vec::new(), keep))
    })
}

fn scorer() -> Arc<dyn Function> {
    native_scorer("s", Vec::new(), |_| {
        let score = |batch: &Batch, scores: &mut Vec<f32>| {
            scores.resize(batch.len, 1.0);
            Ok(())
        };
        Ok(NativeScorer { columns: Vec::new(), score, needs_score: true })
    })
}
