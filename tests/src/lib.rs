//! Code shared by end-to-end tests and benchmarks: a complete Quidditch in one process, the example functions, the cities, and
//! processes of the `quidditch` command, the Lambda functions and Spin apps.
//!
//! If something has not been built, this code panics with a message that names the command to build it.
#![expect(clippy::disallowed_methods, reason = "these tests run in real time")]
#![allow(clippy::missing_panics_doc, reason = "that is what these are for")]

mod books;
mod cities;
mod clock;
mod command;
mod components;
mod installation;
mod lambda;
mod patience;
mod process;
mod s3;
mod scenario;
mod spin;
mod transcript;

pub use books::{BOOKS, BOOKS_MAPPING};
pub use cities::{CITIES_MAPPING, City, cities, cities_compressed, cities_ndjson};
pub use clock::{NOW, NOW_MILLIS, StandingClock};
pub use command::{Quidditch, Server};
pub use components::{EXAMPLES, component, components_directory, target_directory};
pub use installation::Installation;
pub use lambda::{
    HttpAnswer, Invoked, LambdaFunction, LambdaProcess, LambdaStore, RuntimeApi, function_url_event,
    sequenced_upload_event, upload_event,
};
pub use patience::{PATIENCE, http_client};
pub use process::{peak_resident_bytes, reset_peak_resident_bytes, resident_bytes};
pub use s3::s3_settings;
pub use scenario::{Scenario, ScenarioCall, ScenarioError, ScenarioIndex};
pub use spin::{NotStarted, SpinApp, SpinOptions};
pub use transcript::{Step, TRANSCRIPT_PREFIX, Transcript, transcript_answer};
