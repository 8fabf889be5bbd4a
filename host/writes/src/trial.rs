//! Runs a function on documents through an index in memory and the engine, so that it sees what it would see in a search.

mod cost;
mod error;
mod lines;
mod repeat;
mod trace;

use std::collections::HashMap;
use std::io::BufRead;
use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::Clock;
use quidditch_engine::{Engine, Error as EngineError, FunctionProfile, Limits, Profile, SearchRequest, SearchResponse};
use quidditch_function::{FunctionResolver, Role};
use quidditch_index::{Cost, IndexError, Mapping, ReadSettings, Snapshot, SplitReader};
use quidditch_indexing::{AddOptions, AddReport, BadDocument, IndexWriter, create_index};
use quidditch_storage::{MemoryStorage, Storage};
use serde_json::{Map, Value as Json, json};

pub use cost::CallCost;
pub use error::TrialError;
use lines::{LINE, Lines};
pub use repeat::RepeatedTrial;
pub use trace::Inputs;
use trace::TracedFunctions;

/// The name of the index in memory.
const INDEX: &str = "documents";

/// The name of the field with the values of a function.
const VALUE: &str = "computed value";

/// A function with its parameters, to be run on documents.
pub struct Trial<'a> {
    /// Finds the function.
    pub functions: &'a dyn FunctionResolver,
    /// Its name.
    pub name: &'a str,
    /// Its version, or what that must satisfy; `None` for its highest release.
    pub version: Option<&'a str>,
    /// What it is called for.
    pub role: Role,
    /// The type of a field with its values, if these are computed.
    pub values_type: &'a str,
    /// Its parameters.
    pub parameters: Map<String, Json>,
    /// The mapping of the documents.
    pub mapping: Mapping,
    /// Maximum number of documents. Each is held in memory several times.
    pub max_documents: usize,
    /// What the search that calls the function may use. Its result window is that of all documents.
    pub limits: Limits,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The results of a trial.
pub struct TrialResult {
    /// The version that was called.
    pub version: String,
    /// One for each valid document.
    pub results: Vec<DocumentResult>,
    /// The invalid documents, by line.
    pub bad_documents: Vec<BadDocument>,
    /// What the calls of the function cost.
    pub cost: CallCost,
}

/// The function's result for a document.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentResult {
    /// Its line, from 1.
    pub line: u64,
    /// The id in the input.
    pub id: Option<String>,
    /// What the function returned.
    pub verdict: Verdict,
    /// What it received, if that was recorded.
    pub inputs: Option<Inputs>,
}

/// What a function returned for a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Of a filter: whether it kept the document.
    Kept(bool),
    /// Of a scorer: the score.
    Score(f32),
    /// The value, a list of several, and `None` of none.
    Value(Option<Json>),
}

impl Trial<'_> {
    /// Runs the function on the documents of the input, one on each line.
    ///
    /// # Errors
    /// [`TrialError`]. Invalid documents are in the result.
    pub async fn run(self, input: impl BufRead) -> Result<TrialResult, TrialError> {
        let lines = Lines::read(input, self.max_documents)?;
        let (snapshot, added) = self.index(&lines.tagged).await?;
        self.results(lines, &snapshot, added).await
    }

    /// As [`Trial::run`], and records what the function receives of each document. It is called about every document then, whatever
    /// ranges and bounds it announces, and the time includes the recording.
    ///
    /// # Errors
    /// [`TrialError`].
    pub async fn run_traced(mut self, input: impl BufRead) -> Result<TrialResult, TrialError> {
        let lines = Lines::read(input, self.max_documents)?;
        let number = json!({ "properties": { LINE: { "type": "long" } } });
        self.mapping.add_missing(&Mapping::from_json(&number)?).map_err(|error| IndexError::InvalidMapping {
            path: format!("properties.{LINE}"),
            reason: error.to_string(),
        })?;
        let (snapshot, added) = self.index(&lines.numbered()).await?;
        let traced = TracedFunctions::new(self.functions, LINE);
        let mut result = Trial { functions: &traced, ..self }.results(lines, &snapshot, added).await?;
        let mut inputs = traced.take_inputs();
        for document in &mut result.results {
            document.inputs = inputs.remove(&document.line);
        }
        Ok(result)
    }

    /// Makes an index of the documents in memory.
    async fn index(&self, documents: &str) -> Result<(Snapshot, AddReport), TrialError> {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        create_index(&storage, INDEX, &self.mapping).await?;
        let writer = IndexWriter::new(&storage, &self.clock, INDEX)?;
        let added = writer.add_documents(documents.as_bytes(), &AddOptions::default(), |_| ()).await?;
        let reader = Arc::new(SplitReader::new(storage, ReadSettings::default()));
        Ok((Snapshot::open(&reader, INDEX, &Cost::default()).await?, added))
    }

    /// What the function returns for each document.
    async fn results(&self, lines: Lines, snapshot: &Snapshot, added: AddReport) -> Result<TrialResult, TrialError> {
        let response = self.search(snapshot).await?;
        let values = match self.role {
            Role::Values => self.all_values(snapshot).await?,
            Role::Filter | Role::Scorer => HashMap::new(),
        };

        let bad_documents = lines.bad_documents(added);
        let bad_lines: Vec<u64> = bad_documents.iter().map(|bad| bad.line).collect();
        let scores: HashMap<u64, f32> = response
            .hits
            .hits
            .iter()
            .map(|hit| (hit.id.parse().expect("ids are line numbers"), hit.score.unwrap_or_default()))
            .collect();
        let verdict = |line: u64| match self.role {
            Role::Filter => Verdict::Kept(scores.contains_key(&line)),
            Role::Scorer => Verdict::Score(scores.get(&line).copied().unwrap_or_default()),
            Role::Values => Verdict::Value(values.get(&line.to_string()).cloned()),
        };
        let results = lines.numbers.iter().zip(lines.ids).filter(|(line, _)| bad_lines.binary_search(line).is_err());
        let results = results
            .map(|(line, id)| DocumentResult { line: *line, id, verdict: verdict(*line), inputs: None })
            .collect();
        let profile = response.profile.as_ref();
        let version = function_profile(profile).version.clone();
        Ok(TrialResult { version, results, bad_documents, cost: cost_of_function(profile) })
    }

    /// Calls the function with batches of the documents.
    async fn search(&self, snapshot: &Snapshot) -> Result<SearchResponse, TrialError> {
        let mut body = match self.role {
            Role::Filter => json!({ "query": { "wasm_udf": self.call() } }),
            Role::Scorer => json!({ "query": {
                "script_score": { "query": { "match_all": {} }, "wasm_udf": self.call() }
            } }),
            Role::Values => json!({ "query": { "exists": { "field": VALUE } }, "sort": [{ VALUE: "asc" }] }),
        };
        body["profile"] = true.into();
        self.run_search(snapshot, body).await
    }

    /// All computed values of each document, by the ids of documents. A search returns them for each hit alone, so this does not say
    /// what batches cost.
    async fn all_values(&self, snapshot: &Snapshot) -> Result<HashMap<String, Json>, TrialError> {
        let body = json!({ "query": { "match_all": {} }, "fields": [VALUE] });
        Ok(values_of_hits(&self.run_search(snapshot, body).await?))
    }

    /// The function and its parameters, as a query names them.
    fn call(&self) -> Json {
        let mut call = json!({ "name": self.name, "parameters": self.parameters });
        if let Some(version) = self.version {
            call["version"] = version.into();
        }
        call
    }

    /// Searches all documents.
    async fn run_search(&self, snapshot: &Snapshot, mut body: Json) -> Result<SearchResponse, TrialError> {
        let limits = Limits { max_result_window: self.max_documents, ..self.limits.clone() };
        body["size"] = self.max_documents.into();
        body["_source"] = false.into();
        if self.role == Role::Values {
            body["derived"] = json!({ VALUE: { "type": self.values_type, "wasm_udf": self.call() } });
        }
        let request = SearchRequest::parse(&body.to_string(), &[], &limits).map_err(TrialError::Search)?;
        let engine = Engine::new(limits, Arc::clone(&self.clock));
        let response = engine.search(snapshot, &request, self.functions, &Arc::default()).await;
        let response = response.map_err(|error| match error {
            // The function's own error says more than the engine's.
            EngineError::Function(error) => TrialError::Function(error),
            other => TrialError::Search(other),
        })?;
        if response.timed_out { Err(TrialError::TimedOut(self.limits.timeout)) } else { Ok(response) }
    }
}

/// The entry of the function in a profile.
fn function_profile(profile: Option<&Profile>) -> &FunctionProfile {
    let profile = profile.expect("the request asks for a profile");
    profile.functions.first().expect("the request calls a function")
}

/// What the function cost.
fn cost_of_function(profile: Option<&Profile>) -> CallCost {
    let &FunctionProfile { calls, documents, time_in_nanos, .. } = function_profile(profile);
    CallCost { calls, documents, time: Duration::from_nanos(time_in_nanos) }
}

/// The computed values of the hits, by their ids.
fn values_of_hits(response: &SearchResponse) -> HashMap<String, Json> {
    let mut response = serde_json::to_value(response).expect("a response is JSON");
    let hits = response["hits"]["hits"].take();
    let hits = hits.as_array().map(Vec::as_slice).unwrap_or_default();
    let value = |hit: &Json| {
        let value = match hit["fields"][VALUE].as_array()?.as_slice() {
            [] => return None,
            [value] => value.clone(),
            values => values.into(),
        };
        Some((hit["_id"].as_str()?.to_owned(), value))
    };
    hits.iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use quidditch_clock::{ManualClock, SystemClock};
    use quidditch_function::{
        Batch, Cause, Column, ColumnKind, ColumnRequest, NativeFunctions, NativeScorer, NativeValues, Values,
        native_filter, native_scorer, native_values,
    };

    use super::*;

    const MAX_DOCUMENTS: usize = 10_000;

    const TIME_LIMIT: Duration = Duration::from_secs(60);

    fn limits() -> Limits {
        Limits { max_function_time: TIME_LIMIT, timeout: TIME_LIMIT, ..Limits::default() }
    }

    const DOCUMENTS: &str = "{\"_id\": \"a\", \"n\": 1}\n\n{\"n\": 2}\nnot JSON\n{\"_id\": 7, \"n\": {}}\n{\"n\": 3}\n{\"n\": 1, \"n\": 2}\n";

    fn numbers(batch: &Batch) -> Vec<f64> {
        let Values::Floats(values) = &batch.columns[0].values else { return Vec::new() };
        (0..batch.len).filter_map(|document| values.get(batch.columns[0].range(document).start).copied()).collect()
    }

    #[test]
    fn values_are_computed_for_each_document() {
        let result = run_trial(Role::Values);
        let value = |value: f64| Verdict::Value(Some(json!(value)));
        let expected = [(1, Some("a"), value(0.25)), (3, None, value(0.5)), (6, None, value(0.75))];
        assert_eq!(results(&result), expected);
    }

    fn run_trial(role: Role) -> TrialResult {
        with_trial(role, |trial| block_on(trial.run(DOCUMENTS.as_bytes())))
    }

    /// Runs a trial of a function in this role.
    fn with_trial<T>(role: Role, run: impl FnOnce(Trial<'_>) -> Result<T, TrialError>) -> T {
        let column = || vec![ColumnRequest { field: "n".to_owned(), kind: ColumnKind::Floats }];
        let keep = move |batch: &Batch, keep: &mut Vec<u8>| -> Result<(), Cause> {
            keep.extend(numbers(batch).iter().map(|number| u8::from(*number > 1.0)));
            Ok(())
        };
        let score = move |batch: &Batch, scores: &mut Vec<f32>| -> Result<(), Cause> {
            scores.extend(numbers(batch).iter().map(|number| *number as f32 * 0.5));
            Ok(())
        };
        let functions = NativeFunctions::new()
            .with(native_filter("above_one", Vec::new(), move |_| Ok((column(), keep))))
            .with(native_scorer("half", Vec::new(), move |_| {
                Ok(NativeScorer { columns: column(), score, needs_score: false })
            }))
            .with(native_values("quarter", Vec::new(), move |_| {
                let compute = move |batch: &Batch, values: &mut Column| -> Result<(), Cause> {
                    values.values = Values::Floats(numbers(batch).iter().map(|number| number * 0.25).collect());
                    Ok(())
                };
                Ok(NativeValues { columns: column(), compute, kind: ColumnKind::Floats })
            }));
        let mapping = json!({ "properties": { "n": { "type": "double" } } });
        let trial = Trial {
            functions: &functions,
            name: match role {
                Role::Filter => "above_one",
                Role::Scorer => "half",
                Role::Values => "quarter",
            },
            version: None,
            role,
            values_type: "double",
            parameters: Map::new(),
            mapping: Mapping::from_json(&mapping).expect("valid"),
            max_documents: MAX_DOCUMENTS,
            limits: limits(),
            clock: Arc::new(SystemClock::default()),
        };
        run(trial).expect("it works")
    }

    #[test]
    fn a_function_is_called_at_least_once_and_until_the_time_has_passed() {
        let repeat = |documents: &'static str, time: Duration| {
            with_trial(Role::Filter, |trial| block_on(trial.repeat(documents.as_bytes(), time)))
        };
        let once = repeat(DOCUMENTS, Duration::ZERO);
        assert_eq!((once.runs, once.cost.calls, once.cost.documents), (1, 1, 3));
        assert_eq!(once.bad_documents.iter().map(|bad| bad.line).collect::<Vec<_>>(), [4, 5, 7]);
        let often = repeat(DOCUMENTS, Duration::from_millis(50));
        assert!(often.runs > 1);
        assert_eq!((often.cost.calls, often.cost.documents), (often.runs, often.runs * 3));
        let never = repeat("not JSON\n", TIME_LIMIT);
        assert_eq!((never.runs, never.cost.documents), (1, 0));
    }

    #[test]
    fn what_a_function_receives_is_recorded() {
        for role in [Role::Filter, Role::Scorer, Role::Values] {
            let traced = with_trial(role, |trial| block_on(trial.run_traced(DOCUMENTS.as_bytes())));
            let inputs = traced.results.iter().map(|result| (result.line, result.inputs.clone()));
            let expected = [(1, 1.0), (3, 2.0), (6, 3.0)];
            let expected = expected.map(|(line, n)| (line, Some(vec![("n".to_owned(), json!([n]))])));
            assert_eq!(inputs.collect::<Vec<_>>(), expected, "{role:?}");
            let plain = run_trial(role);
            assert_eq!(results(&traced), results(&plain));
            assert!(plain.results.iter().all(|result| result.inputs.is_none()));
        }
    }

    fn results(result: &TrialResult) -> Vec<(u64, Option<&str>, Verdict)> {
        result.results.iter().map(|result| (result.line, result.id.as_deref(), result.verdict.clone())).collect()
    }

    #[test]
    fn a_filter_keeps_or_drops_each_document() {
        let result = run_trial(Role::Filter);
        let expected =
            [(1, Some("a"), Verdict::Kept(false)), (3, None, Verdict::Kept(true)), (6, None, Verdict::Kept(true))];
        assert_eq!(results(&result), expected);
        assert_eq!((result.cost.calls, result.cost.documents), (1, 3));
        assert_eq!(result.bad_documents.iter().map(|bad| bad.line).collect::<Vec<_>>(), [4, 5, 7]);
    }

    #[test]
    fn a_trial_that_runs_out_of_time_is_an_error() {
        let clock = Arc::new(ManualClock::default());
        let functions = NativeFunctions::new().with(native_filter("slow", Vec::new(), {
            let clock = Arc::clone(&clock);
            move |_| {
                let clock = Arc::clone(&clock);
                let keep = move |batch: &Batch, keep: &mut Vec<u8>| -> Result<(), Cause> {
                    clock.advance(TIME_LIMIT);
                    keep.extend(std::iter::repeat_n(1, batch.len));
                    Ok(())
                };
                Ok((Vec::new(), keep))
            }
        }));
        let trial = Trial {
            functions: &functions,
            name: "slow",
            version: None,
            role: Role::Filter,
            values_type: "",
            parameters: Map::new(),
            mapping: Mapping::default(),
            max_documents: MAX_DOCUMENTS,
            limits: limits(),
            clock: clock.clone(),
        };
        // More documents than a batch has, since the time limit is checked between batches.
        let documents = "{\"n\": 1}\n".repeat(MAX_DOCUMENTS);
        let error = block_on(trial.run(documents.as_bytes())).err().expect("it runs out of time");
        assert_eq!(error.to_string(), "the function did not finish within 60 s");
    }

    #[test]
    fn a_scorer_scores_each_document() {
        let result = run_trial(Role::Scorer);
        let expected =
            [(1, Some("a"), Verdict::Score(0.5)), (3, None, Verdict::Score(1.0)), (6, None, Verdict::Score(1.5))];
        assert_eq!(results(&result), expected);
    }
}
