//! What the end-to-end tests and the benchmarks have in common: a whole Quidditch in one process, the example functions as
//! they were built, the cities, and the `quidditch` command as a process of its own.
//!
//! Everything here panics where something is missing, with a message that says what to do about it.
#![allow(clippy::missing_panics_doc, reason = "that is what these are for")]

mod books;
mod cities;
mod clock;
mod command;
mod components;
mod installation;
mod lambda;
mod process;
mod s3;
mod scenario;
mod spin;

pub use books::{BOOKS, BOOKS_MAPPING};
pub use cities::{CITIES_MAPPING, City, cities, cities_compressed, cities_ndjson};
pub use clock::{NOW, NOW_MILLIS, StandingClock};
pub use command::{Quidditch, Server};
pub use components::{EXAMPLES, component, components_directory, target_directory};
pub use installation::Installation;
pub use lambda::{HttpAnswer, Invoked, LambdaFunction, LambdaProcess, LambdaStore, RuntimeApi, function_url_event};
pub use process::{peak_resident_bytes, reset_peak_resident_bytes, resident_bytes};
pub use s3::s3_settings;
pub use scenario::{Scenario, ScenarioCall, ScenarioError, ScenarioIndex};
pub use spin::{SpinApp, SpinOptions};
