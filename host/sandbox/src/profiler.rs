//! Where a function spends its time: samples of its stack, one at each tick while it runs.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quidditch_function::Cause;
use wasmtime::component::Component;
use wasmtime::{AsContext, Engine, GuestProfiler, WasmBacktrace};

use crate::SandboxLimits;
use crate::frames::frame_name;

/// The profile of a function that is loaded by [`Sandbox::load_profiled`](crate::Sandbox::load_profiled). It ends with
/// [`Profiling::finish`].
pub struct Profiling {
    profiler: Arc<Profiler>,
}

/// Samples the stacks of all instances of one function.
pub(crate) struct Profiler {
    /// `None` after the end.
    samples: Mutex<Option<Samples>>,
    tick: Duration,
    limits: SandboxLimits,
}

struct Samples {
    guest: GuestProfiler,
    count: u64,
    /// By the names of the functions.
    functions: HashMap<String, Counts>,
}

/// Numbers of samples of a function, as in [`SampledFunction`].
#[derive(Default)]
struct Counts {
    own: u64,
    total: u64,
}

/// Where a function spent its time.
pub struct Profile {
    /// Number of samples.
    pub samples: u64,
    /// The functions of the component that were running, those with the most time of their own first.
    pub functions: Vec<SampledFunction>,
    /// In the processed profile format of the Firefox Profiler, as JSON.
    pub firefox: Vec<u8>,
}

/// A function of a component in a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampledFunction {
    /// Its name, or its index if the component has no names.
    pub name: String,
    /// Number of samples in which it was running.
    pub self_samples: u64,
    /// Number of samples in which it, or a function that it had called, was running.
    pub total_samples: u64,
}

impl Profiler {
    pub(crate) fn new(
        engine: &Engine,
        limits: &SandboxLimits,
        name: &str,
        component: &Component,
    ) -> Result<Self, Cause> {
        let guest = GuestProfiler::new_component(engine, name, limits.tick, component.clone(), []);
        let guest = guest.map_err(|error| Cause::unavailable(error.context("cannot profile")))?;
        let samples = Samples { guest, count: 0, functions: HashMap::new() };
        Ok(Profiler { samples: Mutex::new(Some(samples)), tick: limits.tick, limits: *limits })
    }

    /// Adds a sample of an instance that was interrupted.
    pub(crate) fn sample(&self, store: impl AsContext) {
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(samples) = samples.as_mut() else { return };
        let backtrace = WasmBacktrace::force_capture(&store);
        samples.guest.sample(&store, self.tick);
        samples.count += 1;
        let mut seen = HashSet::new();
        for (depth, frame) in backtrace.frames().iter().enumerate() {
            let name = frame_name(frame, &self.limits);
            let counts = samples.functions.entry(name.clone()).or_default();
            counts.own += u64::from(depth == 0);
            // A function that calls itself is on the stack several times.
            counts.total += u64::from(seen.insert(name));
        }
    }
}

impl Profiling {
    pub(crate) fn new(profiler: Arc<Profiler>) -> Self {
        Profiling { profiler }
    }

    /// Number of samples so far.
    pub fn samples(&self) -> u64 {
        let samples = self.profiler.samples.lock().unwrap_or_else(PoisonError::into_inner);
        samples.as_ref().map_or(0, |samples| samples.count)
    }

    /// Ends profiling; returns what was sampled. The function can still be called.
    ///
    /// # Errors
    /// The profile cannot be written as JSON.
    pub fn finish(self) -> io::Result<Profile> {
        let samples = self.profiler.samples.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Samples { guest, count, functions } = samples.expect("only this function takes them");
        let sampled = |(name, Counts { own, total })| SampledFunction { name, self_samples: own, total_samples: total };
        let mut functions: Vec<_> = functions.into_iter().map(sampled).collect();
        functions.sort_by(|a, b| {
            let samples = (b.self_samples, b.total_samples).cmp(&(a.self_samples, a.total_samples));
            samples.then_with(|| a.name.cmp(&b.name))
        });
        let mut firefox = Vec::new();
        guest.finish(&mut firefox).map_err(|error| io::Error::other(error.into_boxed_dyn_error()))?;
        Ok(Profile { samples: count, functions, firefox })
    }
}

impl fmt::Debug for Profiling {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Profiling").finish_non_exhaustive()
    }
}
