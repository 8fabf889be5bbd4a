//! Comparing the scenarios.

use anyhow::{Context, Result};
use quidditch_tests::{BOOKS, BOOKS_MAPPING, CITIES_MAPPING, Scenario, ScenarioIndex, cities_ndjson};
use serde_json::Value as Json;

use crate::compare::compare;
use crate::difference::Difference;
use crate::scripts::calls_functions;
use crate::server::{Call, Server};

/// What became of a scenario.
pub(crate) enum Outcome {
    Same,
    Differs(Vec<Difference>),
    /// It differs, for the reason that it has.
    DiffersAsDescribed,
    /// It says that it differs, but does not.
    NoLongerDiffers,
    NotCompared(&'static str),
}

/// Compares scenarios, over indices that several of them use and indices of their own.
pub(crate) struct ScenarioRun<'a> {
    ours: &'a dyn Server,
    theirs: &'a dyn Server,
}

impl<'a> ScenarioRun<'a> {
    pub(crate) fn new(ours: &'a dyn Server, theirs: &'a dyn Server) -> Self {
        ScenarioRun { ours, theirs }
    }

    /// Makes those of the shared indices that the scenarios use.
    pub(crate) fn prepare(&self, scenarios: &[Scenario]) -> Result<()> {
        for index in shared_indices() {
            let start = format!("/{}", index.name);
            let is_used = |scenario: &Scenario| {
                scenario
                    .call
                    .path
                    .strip_prefix(&start)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
            };
            if scenarios.iter().any(is_used) {
                self.create(&index)?;
            }
        }
        Ok(())
    }

    /// Deletes the shared indices on the other side.
    pub(crate) fn clean_up(&self) {
        for index in shared_indices() {
            // Those that no scenario used do not exist.
            self.theirs.delete_index(&index.name).ok();
        }
    }

    pub(crate) fn run(&self, scenario: &Scenario) -> Result<Outcome> {
        if !["GET", "HEAD", "POST"].contains(&scenario.call.method.as_str()) {
            return Ok(Outcome::NotCompared("it might change the other server"));
        }
        let request: Json = serde_json::from_str(&scenario.body).unwrap_or_default();
        if calls_functions(&request) && scenario.painless.is_none() {
            return Ok(Outcome::NotCompared("it calls a function and has no painless.json"));
        }
        if let Some(index) = &scenario.index {
            self.create(index)?;
        }
        let call = |body: &str| Call {
            method: scenario.call.method.clone(),
            path: scenario.call.path.clone(),
            headers: scenario.call.headers.clone(),
            body: body.to_owned(),
        };
        let ours = self.ours.send(&call(&scenario.body))?;
        let theirs = self.theirs.send(&call(scenario.painless.as_ref().unwrap_or(&scenario.body)))?;
        if let Some(index) = &scenario.index {
            self.ours.delete_index(&index.name)?;
            self.theirs.delete_index(&index.name)?;
        }
        let differences = compare(&ours, &theirs);
        Ok(match (differences.is_empty(), &scenario.differs) {
            (true, None) => Outcome::Same,
            (true, Some(_)) => Outcome::NoLongerDiffers,
            (false, None) => Outcome::Differs(differences),
            (false, Some(_)) => Outcome::DiffersAsDescribed,
        })
    }

    fn create(&self, index: &ScenarioIndex) -> Result<()> {
        for server in [self.ours, self.theirs] {
            server.create_index(index).with_context(|| format!("cannot make the index {}", index.name))?;
        }
        Ok(())
    }
}

/// The indices that the scenarios share.
fn shared_indices() -> Vec<ScenarioIndex> {
    let index = |name: &str, mapping: &str, splits: Vec<String>| ScenarioIndex {
        name: name.to_owned(),
        mapping: mapping.to_owned(),
        splits,
    };
    vec![
        index("books", BOOKS_MAPPING, BOOKS.map(str::to_owned).to_vec()),
        index("nothing", r#"{"properties": {}}"#, Vec::new()),
        index("cities", CITIES_MAPPING, vec![cities_ndjson()]),
    ]
}
