//! Sends the same requests to Quidditch and to a server that speaks the same API, and prints where the answers differ.
#![allow(clippy::print_stdout, reason = "this is a command-line tool")]

mod answer;
mod compare;
mod described;
mod difference;
mod document;
mod generate;
mod near;
mod now;
mod peer;
mod quidditch;
mod random;
mod report;
mod scenarios;
mod scripts;
mod server;
mod shrink;
mod signature;
mod transcripts;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use quidditch_tests::{Scenario, Transcript};

use generate::About;
use peer::Peer;
use quidditch::Quidditch;
use random::RandomRun;
use scenarios::{Outcome, ScenarioRun};
use transcripts::{StepOutcome, run_transcript};

/// Compares the answers of Quidditch with those of a server that speaks the same API.
#[derive(Parser)]
struct Arguments {
    /// The other server. It gets indices whose names begin with "quidditch-compare-"
    #[arg(long, default_value = "http://127.0.0.1:9201")]
    url: String,
    /// Compare this many random requests instead of the scenarios
    #[arg(long, value_name = "N")]
    random: Option<usize>,
    /// What random requests are about
    #[arg(long, value_name = "ABOUT", default_value = "everything")]
    about: About,
    /// Where random indices and requests follow from
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Compare the transcripts instead of the scenarios
    #[arg(long)]
    transcripts: bool,
    /// Where scenarios are, instead of tests/scenarios
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
    /// Write the differences that random requests found as scenarios into this folder
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    /// Compare only scenarios whose name contains one of these
    names: Vec<String>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let theirs = Peer::connect(&arguments.url)?;
    println!("comparing with {} at {}", theirs.version()?, arguments.url);
    if arguments.transcripts {
        return Ok(if compare_transcripts(&arguments, &theirs)? { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let ours = Quidditch::new();
    let is_same = match arguments.random {
        Some(count) => compare_random(&arguments, count, RandomRun::new(&ours, &theirs))?,
        None => compare_scenarios(&arguments, &ScenarioRun::new(&ours, &theirs))?,
    };
    Ok(if is_same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns whether there are no differences.
fn compare_random(arguments: &Arguments, count: usize, mut run: RandomRun<'_>) -> Result<bool> {
    run.run(count, arguments.seed, arguments.about)?;
    let findings = run.findings.by_frequency();
    for (number, (finding, times)) in findings.iter().enumerate() {
        finding.print(*times);
        if let Some(folder) = &arguments.write {
            finding.write(folder, number + 1)?;
        }
    }
    println!("\n== kinds of differences ==\n");
    for (finding, times) in &findings {
        println!("{times:>6}  {}", finding.signature);
    }
    println!(
        "\n{} random requests: {} answered in the same way ({} of them refused), {} refused because of another of their \
         faults, {} to which the other server has no answer, {} differently as described, {} differently, of {} kinds",
        run.compared,
        run.compared - run.differing - run.other_fault - run.their_failure - run.described,
        run.refused,
        run.other_fault,
        run.their_failure,
        run.described,
        run.differing,
        findings.len()
    );
    Ok(findings.is_empty())
}

/// Returns whether there are no differences but described ones.
fn compare_transcripts(arguments: &Arguments, theirs: &Peer) -> Result<bool> {
    let (mut same, mut described, mut different) = (0, 0, 0);
    for transcript in Transcript::all()? {
        let name = &transcript.name;
        if !arguments.names.is_empty() && !arguments.names.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        for (step, outcome) in run_transcript(&transcript, theirs)? {
            let request = format!("{name}: {} {} {}", step.method, step.path, step.body.trim_end());
            match outcome {
                StepOutcome::Same => same += 1,
                StepOutcome::DiffersAsDescribed => described += 1,
                StepOutcome::NoLongerDiffers => {
                    different += 1;
                    println!("\n{request}\n  no longer differs, remove the comment that says so");
                }
                StepOutcome::Differs(differences) => {
                    different += 1;
                    println!("\n{request}");
                    for difference in differences {
                        println!("  {difference}");
                    }
                }
            }
        }
    }
    println!("\n{same} answers are the same, {described} differ as described, {different} differ");
    Ok(different == 0)
}

/// Returns whether there are no differences but described ones.
fn compare_scenarios(arguments: &Arguments, run: &ScenarioRun<'_>) -> Result<bool> {
    let root = arguments.scenarios.clone().unwrap_or_else(Scenario::root);
    let mut scenarios = Vec::new();
    for name in Scenario::names(&root)? {
        if arguments.names.is_empty() || arguments.names.iter().any(|part| name.contains(part.as_str())) {
            scenarios.push(Scenario::read(&root, &name).with_context(|| format!("the scenario {name} is invalid"))?);
        }
    }
    ensure!(!scenarios.is_empty(), "no scenario has such a name");
    run.prepare(&scenarios)?;
    let (mut same, mut described, mut not_compared, mut different) = (0, 0, 0, 0);
    for scenario in &scenarios {
        match run.run(scenario)? {
            Outcome::Same => same += 1,
            Outcome::DiffersAsDescribed => described += 1,
            Outcome::NotCompared(reason) => {
                not_compared += 1;
                println!("\n{}: not compared, {reason}", scenario.name);
            }
            Outcome::NoLongerDiffers => {
                different += 1;
                println!("\n{}: no longer differs, remove its differs.txt", scenario.name);
            }
            Outcome::Differs(differences) => {
                different += 1;
                println!("\n{}:", scenario.name);
                for difference in differences {
                    println!("  {difference}");
                }
            }
        }
    }
    run.clean_up();
    println!(
        "\n{} scenarios: {same} answered in the same way, {described} differently as described, {different} differently, \
         {not_compared} not compared",
        scenarios.len()
    );
    Ok(different == 0)
}
