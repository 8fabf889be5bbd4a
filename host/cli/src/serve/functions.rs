//! Options that limit the calls of functions.

use std::num::NonZeroU32;
use std::time::Duration;

use quidditch_supervision::{CircuitSettings, DisabledFunction, SupervisionSettings};

#[derive(clap::Args)]
pub(super) struct FunctionArguments {
    /// Functions that are not called, as NAME or NAME@VERSION, separated by commas; searches that call them get a 503
    #[arg(long, value_name = "FUNCTION", value_delimiter = ',')]
    disable_functions: Vec<DisabledFunction>,
    /// Maximum number of instances of each version of a function at a time; searches over it are answered with a 429
    #[arg(long, value_name = "N", default_value_t = SupervisionSettings::default().max_instances)]
    max_function_instances: u32,
    /// Maximum number of calls of each version of a function per second; others are answered with a 429 [default: unlimited]
    #[arg(long, value_name = "N")]
    max_function_rate: Option<NonZeroU32>,
    /// Searches in a row in which a function traps, loops or runs out of memory, after which it is not called for a while; 0 for
    /// any number
    #[arg(long, value_name = "N", default_value_t = max_failures())]
    function_failures: u32,
    /// How long such a function is not called, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = CircuitSettings::default().pause.as_secs())]
    function_pause: u64,
}

fn max_failures() -> u32 {
    CircuitSettings::default().max_failures.map_or(0, NonZeroU32::get)
}

impl FunctionArguments {
    pub(super) fn settings(&self) -> SupervisionSettings {
        SupervisionSettings {
            disabled: self.disable_functions.clone(),
            circuit: CircuitSettings {
                max_failures: NonZeroU32::new(self.function_failures),
                pause: Duration::from_secs(self.function_pause),
            },
            max_instances: self.max_function_instances,
            max_calls_per_second: self.max_function_rate,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        functions: FunctionArguments,
    }

    fn parse(line: &[&str]) -> Result<SupervisionSettings, clap::Error> {
        let line = Line::try_parse_from([&["serve"], line].concat())?;
        Ok(line.functions.settings())
    }

    #[test]
    fn the_limits_of_functions_are_configurable() {
        assert_eq!(parse(&[]).expect("valid"), SupervisionSettings::default());
        let settings = parse(&[
            "--disable-functions=f,g@1.0.0",
            "--max-function-instances=7",
            "--max-function-rate=100",
            "--function-failures=0",
            "--function-pause=5",
        ]);
        let expected = SupervisionSettings {
            disabled: ["f", "g@1.0.0"].map(|text| text.parse().expect("a function")).to_vec(),
            circuit: CircuitSettings { max_failures: None, pause: Duration::from_secs(5) },
            max_instances: 7,
            max_calls_per_second: NonZeroU32::new(100),
        };
        assert_eq!(settings.expect("valid"), expected);
    }

    #[test]
    fn functions_that_cannot_be_are_errors() {
        for line in [["--disable-functions=f@"], ["--max-function-rate=0"], ["--function-failures=-1"]] {
            assert!(parse(&line).is_err(), "{line:?}");
        }
    }
}
