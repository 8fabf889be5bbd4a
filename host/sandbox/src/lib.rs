//! Runs functions that are WebAssembly components, within limits.
//!
//! A component goes through stages, each with a type of its own: bytes; compiled (wasmtime's `Component`, or ahead-of-time code),
//! after its imports and exports were checked; linked (a [`quidditch_function::Function`]); instance (a
//! [`quidditch_function::BoundFilter`] or [`quidditch_function::BoundScorer`]).
//!
//! A component cannot harm the process or another function: it can call only `log`; its memory, stack and time are limited;
//! each result is checked; and every failure is a [`quidditch_function::FunctionError`] that tells the author what to fix. A failed
//! instance is dropped immediately.
//!
//! There is one exception: compiling hostile bytes can take much time and memory. Compile components from untrusted authors in a
//! process that has limits of its own.
//!
//! The sandbox does not know where components come from, and does not know queries or indices. No other crate knows wasmtime.
//!
//! ```
//! use quidditch_function::{Code, FunctionId, Loader};
//! use quidditch_sandbox::{Sandbox, SandboxLimits};
//!
//! let sandbox = Sandbox::new(SandboxLimits { instances: 10, ..SandboxLimits::default() }, None)?;
//!
//! // A valid component, but not a function.
//! let component = wat::parse_str(r#"(component (import "wasi:io/poll@0.2.0" (instance)))"#)?;
//! let report = sandbox.check(&component);
//! assert_eq!(report.findings[0].problem, "it imports `wasi:io/poll@0.2.0`, which is not available to functions");
//!
//! let error = sandbox.load(FunctionId::new("poll", "1.0.0"), Code::Component(&component)).err();
//! assert_eq!(error.map(|error| error.to_string()).as_deref(), Some("function poll@1.0.0 failed to load"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bound;
mod call_timer;
mod component_function;
mod config;
mod contract;
mod debug_info;
mod error;
mod exports;
mod failure;
mod frames;
mod guest;
mod host;
mod independence;
mod limits;
mod linked_component;
mod linker;
mod load_error;
mod log;
mod metadata;
#[cfg(feature = "compiler")]
mod outline;
mod precompiled;
#[cfg_attr(not(feature = "profiling"), path = "no_profiler.rs")]
mod profiler;
#[cfg(feature = "compiler")]
mod report;
mod sample;
mod sandbox;
mod state;
mod ticker;

pub use error::SandboxError;
pub use limits::SandboxLimits;
pub use log::{Level, LogSink};
#[cfg(feature = "compiler")]
pub use outline::{Interfaces, interfaces, package};
pub use precompiled::Precompiled;
#[cfg(feature = "profiling")]
pub use profiler::{Profile, Profiling, SampledFunction};
#[cfg(feature = "compiler")]
pub use report::{Finding, Report};
pub use sandbox::Sandbox;
