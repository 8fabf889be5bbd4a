//! Watches the calls of user functions: it counts and times them, and does not call functions that would do harm.
//!
//! [`SupervisedFunctions`] is a [`FunctionResolver`](quidditch_function::FunctionResolver) around another one. For each version of a
//! function, a [`Supervisor`] keeps
//!
//! - statistics since the start of the process, by role ([`VersionStatistics`]);
//! - a circuit breaker: a version that traps, loops or takes too much memory several times in a row is not called for a while;
//! - a limit on instances at a time, and one on calls per second;
//! - whether an operator has disabled it.
//!
//! All of it is done for each batch or each search, and nothing for each document.
//!
//! It does not know where functions come from, what they are, or who calls them.

mod circuit;
mod counters;
mod rate_limit;
mod run;
mod settings;
mod slots;
mod statistics;
mod supervised_function;
mod supervised_functions;
mod supervised_instance;
mod supervisor;
mod times;
mod version;

pub use circuit::CircuitState;
pub use settings::{CircuitSettings, DisabledFunction, InvalidDisabledFunction, SupervisionSettings};
pub use statistics::{ErrorCount, RoleStatistics, TimeStatistics, VersionStatistics};
pub use supervised_functions::SupervisedFunctions;
pub use supervisor::Supervisor;
