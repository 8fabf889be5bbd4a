//! Runs the scenarios, whose files `tests/src/scenario.rs` describes, and compares the responses.
//!
//! `UPDATE_SCENARIOS=1` writes the responses instead. Review the difference.

use std::{env, fmt, fs};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use quidditch_test_s3::S3Server;
use quidditch_tests::{Installation, Scenario, ScenarioCall};
use serde_json::Value as Json;

use crate::s3::storage;
use crate::shared::{installation, installation_over};

/// An expected or actual response.
#[derive(PartialEq)]
struct Outcome {
    /// `response.json` or `error.json`.
    file: &'static str,
    status: u16,
    /// Indented JSON, or plain text.
    text: String,
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} with status {}\n{}", self.file, self.status, self.text)
    }
}

/// What to do with responses.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Compare,
    Write,
}

#[test]
fn every_scenario_has_the_expected_response() {
    let update = env::var_os("UPDATE_SCENARIOS").is_some_and(|value| value == "1");
    run_all(installation(), if update { Mode::Write } else { Mode::Compare });
}

#[test]
fn every_scenario_has_the_expected_response_over_s3() {
    let server = S3Server::start();
    let storage = storage(&server, &format!("{}/some/prefix", server.url()));
    run_all(&installation_over(storage), Mode::Compare);
}

/// Runs all scenarios except those in `except`, by their names or topics, with a function that answers requests from the store of `installation`.
pub(crate) fn run_over(
    installation: &Installation,
    answer: &dyn Fn(Request<Bytes>) -> Response<Bytes>,
    except: &[&str],
) {
    for_each(except, |scenario| run(&Target { answer, installation, ranged: None }, scenario, Mode::Compare));
}

/// The target that scenarios run against.
struct Target<'a> {
    answer: &'a dyn Fn(Request<Bytes>) -> Response<Bytes>,
    /// Creates the scenarios' own indices.
    installation: &'a Installation,
    /// Answers searches a second time, reading splits by ranges.
    ranged: Option<&'a Installation>,
}

fn run_all(installation: &Installation, mode: Mode) {
    let target = Target { answer: &|request| installation.send(request), installation, ranged: Some(installation) };
    for_each(&[], |scenario| run(&target, scenario, mode));
}

fn for_each(except: &[&str], run: impl Fn(&Scenario) -> Result<(), String>) {
    let root = Scenario::root();
    let mut failures = Vec::new();
    let mut count = 0;
    for name in Scenario::names(&root).expect("the scenarios can be listed") {
        let topic = name.split('/').next();
        if except.iter().any(|except| *except == name || Some(*except) == topic) {
            continue;
        }
        count += 1;
        let scenario = Scenario::read(&root, &name).map_err(|error| format!("{error}"));
        if let Err(failure) = scenario.and_then(|scenario| run(&scenario)) {
            failures.push(format!("--- {name}\n{failure}"));
        }
    }
    assert!(count > 0, "no scenarios in {}", root.display());
    assert!(failures.is_empty(), "{} of {count} scenarios failed\n{}", failures.len(), failures.join("\n"));
}

fn run(target: &Target<'_>, scenario: &Scenario, mode: Mode) -> Result<(), String> {
    // A scenario's own index exists only during the scenario, so that lists of indices do not show it in others.
    if let Some(index) = &scenario.index {
        target.installation.add_scenario_index(index);
    }
    let outcome = check(target, scenario, mode);
    if let Some(index) = &scenario.index {
        target.installation.delete_index(&index.name);
    }
    outcome
}

fn check(target: &Target<'_>, scenario: &Scenario, mode: Mode) -> Result<(), String> {
    let Scenario { call, body, .. } = scenario;
    let actual = send(target, call, body.clone())?;
    if mode == Mode::Write {
        for file in ["response.json", "error.json"] {
            let path = scenario.folder.join(file);
            if file == actual.file {
                fs::write(&path, &actual.text).map_err(|error| error.to_string())?;
            } else if path.exists() {
                fs::remove_file(&path).map_err(|error| error.to_string())?;
            }
        }
        return Ok(());
    }
    let expected = expected(scenario)?;
    if actual == expected {
        return match target.ranged {
            Some(installation) => check_ranged(installation, call, body, &expected),
            None => Ok(()),
        };
    }
    Err(format!("{}", Difference { expected: &expected.to_string(), actual: &actual.to_string() }))
}

fn expected(scenario: &Scenario) -> Result<Outcome, String> {
    let file = |name| scenario.file(name).map_err(|error| format!("{error}"));
    match (file("response.json")?, file("error.json")?) {
        (Some(text), None) => Ok(Outcome { file: "response.json", status: scenario.call.status, text }),
        (None, Some(text)) => {
            let json: Json = serde_json::from_str(&text).map_err(|error| format!("error.json: {error}"))?;
            let status = json["status"].as_u64().and_then(|status| u16::try_from(status).ok());
            Ok(Outcome { file: "error.json", status: status.ok_or("error.json has no status")?, text })
        }
        _ => Err("it is incomplete: there must be one of response.json and error.json".to_owned()),
    }
}

/// Sends a search to a service that reads splits by ranges as well: everything that the query reads must be fetched before it
/// runs, and the response must be the same.
fn check_ranged(
    installation: &Installation,
    call: &ScenarioCall,
    body: &str,
    expected: &Outcome,
) -> Result<(), String> {
    let Ok(Json::Object(mut request)) = serde_json::from_str(body) else { return Ok(()) };
    if !call.path.contains("/_search") || expected.status != 200 {
        return Ok(());
    }
    let had_profile = request.insert("profile".to_owned(), true.into()) == Some(true.into());
    let response =
        installation.wait(installation.ranged_service.handle(http_request(call, Json::Object(request).to_string())?));
    let text = String::from_utf8(response.body().to_vec()).map_err(|error| error.to_string())?;
    let mut json: Json = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let late = json["profile"]["storage"]["late_round_trips"].clone();
    if late.is_number() && late != 0 {
        return Err(format!("read by ranges, the query had {late} late round trips"));
    }
    if !had_profile {
        json.as_object_mut().map(|response| response.remove("profile"));
    }
    remove_figures(&mut json);
    let actual = Outcome { file: "response.json", status: response.status().as_u16(), text: format!("{json:#}\n") };
    if actual == *expected || call.path.contains("filter_path") {
        return Ok(());
    }
    Err(format!("read by ranges\n{}", Difference { expected: &expected.to_string(), actual: &actual.to_string() }))
}

fn http_request(call: &ScenarioCall, body: String) -> Result<Request<Bytes>, String> {
    let method: Method = call.method.parse().map_err(|error| format!("call.json: {error}"))?;
    let mut request = Request::builder().method(method).uri(&call.path);
    if !body.is_empty() && !call.headers.contains_key("content-type") {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    request.body(Bytes::from(body)).map_err(|error| format!("call.json: {error}"))
}

fn send(target: &Target<'_>, call: &ScenarioCall, body: String) -> Result<Outcome, String> {
    let response = (target.answer)(http_request(call, body)?);
    let text = String::from_utf8(response.body().to_vec()).map_err(|error| error.to_string())?;
    let is_error = response.status() != StatusCode::OK && text.contains("\"error\"");
    let text = match serde_json::from_str::<Json>(&text) {
        Ok(mut json) => {
            remove_figures(&mut json);
            format!("{json:#}\n")
        }
        Err(_) => text,
    };
    let file = if is_error { "error.json" } else { "response.json" };
    Ok(Outcome { file, status: response.status().as_u16(), text })
}

/// Times differ from run to run, and the number of reads depends on earlier reads.
fn remove_figures(json: &mut Json) {
    match json {
        Json::Object(object) => {
            object.retain(|key, _| !matches!(key.as_str(), "took" | "time_in_nanos" | "storage"));
            object.values_mut().for_each(remove_figures);
        }
        Json::Array(items) => items.iter_mut().for_each(remove_figures),
        _ => {}
    }
}

/// The lines around the first difference between two texts.
struct Difference<'a> {
    expected: &'a str,
    actual: &'a str,
}

impl fmt::Display for Difference<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const AROUND: usize = 3;
        let (expected, actual): (Vec<&str>, Vec<&str>) =
            (self.expected.lines().collect(), self.actual.lines().collect());
        let same_start = expected.iter().zip(&actual).take_while(|(a, b)| a == b).count();
        let rest = expected.len().min(actual.len()) - same_start;
        let same_end = expected.iter().rev().zip(actual.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
        for line in &expected[same_start.saturating_sub(AROUND)..same_start] {
            writeln!(formatter, "  {line}")?;
        }
        for line in &expected[same_start..expected.len() - same_end] {
            writeln!(formatter, "- {line}")?;
        }
        for line in &actual[same_start..actual.len() - same_end] {
            writeln!(formatter, "+ {line}")?;
        }
        Ok(())
    }
}
