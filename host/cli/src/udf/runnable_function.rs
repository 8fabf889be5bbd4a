//! A function that a command runs on documents.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use quidditch_clock::SystemClock;
use quidditch_engine::Limits;
use quidditch_function::{
    Code, FunctionId, FunctionResolver, Loader, NativeFunctions, Role, TrustedCode, name_and_version,
};
use quidditch_index::Mapping;
use quidditch_sandbox::{LogSink, Profiling, Sandbox, SandboxLimits};
use quidditch_writes::Trial;
use serde_json::{Map, Value as Json};

use crate::arguments::Global;
use crate::compiler::ChildCompiler;
use crate::installation::Installation;
use crate::log::FunctionLog;

/// Maximum number of documents. A million: each is held in memory several times.
const MAX_DOCUMENTS: usize = 1_000_000;

/// Time limit. A minute: the command blocks only its caller, so it may take longer than a search.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// How often a function that is profiled is sampled. 200 µs: a second has thousands of samples, and each takes some microseconds.
const SAMPLING: Duration = Duration::from_micros(200);

/// Functions on the stack that a sample has. 1,000: those of an interpreter are deep, and the outermost ones have the most time.
const PROFILED_FRAMES: usize = 1_000;

/// Where a function's log goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Log {
    /// To standard error.
    Printed,
    /// Nowhere, as that of a function that is called thousands of times to measure it.
    Dropped,
}

impl Log {
    fn sink(self) -> Option<Arc<dyn LogSink>> {
        match self {
            Log::Printed => Some(Arc::new(FunctionLog)),
            Log::Dropped => None,
        }
    }
}

/// A function, and where it is found.
pub(super) struct RunnableFunction {
    functions: Arc<dyn FunctionResolver>,
    name: String,
    version: Option<String>,
}

impl RunnableFunction {
    /// Loads a component if the name ends with `.wasm`, otherwise finds a published function.
    pub(super) fn find(global: &Global, function: &str, log: Log) -> Result<Self> {
        if function.ends_with(".wasm") {
            return RunnableFunction::load(Path::new(function), log);
        }
        let (name, version) = name_and_version(function);
        let functions = Installation::open(global, log.sink())?.registry;
        Ok(RunnableFunction { functions, name: name.to_owned(), version: version.map(str::to_owned) })
    }

    /// Loads a component.
    pub(super) fn load(file: &Path, log: Log) -> Result<Self> {
        let (name, component) = read_component(file)?;
        RunnableFunction::from_code(&name, Code::Component(&component), log)
    }

    /// Loads a component, and records where it spends its time. Its log is dropped.
    pub(super) fn load_profiled(file: &Path) -> Result<(Self, Profiling)> {
        let (name, component) = read_component(file)?;
        let limits = SandboxLimits { tick: SAMPLING, backtrace_frames: PROFILED_FRAMES, ..SandboxLimits::default() };
        // Names need no debug information, which would be looked up for each sample.
        let loader = ChildCompiler::new(Sandbox::new(limits, Log::Dropped.sink())?);
        let (loaded, profiling) = loader.load_profiled(FunctionId::new(&name, ""), &component)?;
        let functions = Arc::new(NativeFunctions::new().with(loaded));
        Ok((RunnableFunction { functions, name, version: None }, profiling))
    }

    /// Loads code that this program has just compiled.
    pub(super) fn from_own_code(name: &str, code: &[u8]) -> Result<Self> {
        RunnableFunction::from_code(name, Code::AheadOfTime(TrustedCode::vouch_for(code)), Log::Printed)
    }

    fn from_code(name: &str, code: Code<'_>, log: Log) -> Result<Self> {
        let loaded = author_loader(log)?.load(FunctionId::new(name, ""), code)?;
        let functions = Arc::new(NativeFunctions::new().with(loaded));
        Ok(RunnableFunction { functions, name: name.to_owned(), version: None })
    }

    /// A trial of it, to be run on documents. `values_type` is the type of its values, if these are computed.
    pub(super) fn trial<'a>(
        &'a self,
        role: Role,
        values_type: &'a str,
        parameters: Map<String, Json>,
        mapping: Mapping,
    ) -> Trial<'a> {
        Trial {
            functions: self.functions.as_ref(),
            name: &self.name,
            version: self.version.as_deref(),
            role,
            values_type,
            parameters,
            mapping,
            max_documents: MAX_DOCUMENTS,
            limits: Limits { max_function_time: TIME_LIMIT, timeout: TIME_LIMIT, ..Limits::default() },
            clock: Arc::new(SystemClock::default()),
        }
    }
}

/// Loads functions for their author: traps have positions in the source.
fn author_loader(log: Log) -> Result<ChildCompiler> {
    Ok(ChildCompiler::new(Sandbox::with_debug_info(SandboxLimits::default(), log.sink())?))
}

/// The name of a function by its file, and its component.
fn read_component(file: &Path) -> Result<(String, Vec<u8>)> {
    let component = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok((file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned(), component))
}
