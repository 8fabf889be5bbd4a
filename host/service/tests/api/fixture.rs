//! A service over an index of three cities in memory, with native functions.

use std::sync::Arc;

use bytes::Bytes;
use futures::executor::block_on;
use http::{HeaderMap, Request, Response};
use quidditch_clock::{Clock, SystemClock};
use quidditch_engine::{Engine, Limits};
use quidditch_function::{
    Batch, CatalogError, Cause, ColumnKind, ColumnRequest, Function, FunctionCatalog, NativeFunctions, NativeScorer,
    Parameter, ParameterKind, PublishedFunction, PublishedParameter, Role, Value, Values, native_filter, native_scorer,
};
use quidditch_index::{Mapping, ReadSettings, SplitReader};
use quidditch_indexing::{AddOptions, IndexWriter, create_index};
use quidditch_service::{Parts, Service, Settings};
use quidditch_storage::{MemoryStorage, Storage};
use serde_json::{Value as Json, json};

const CITIES: &str = r#"{"_id": "1", "name": "Berlin", "country": "DE", "population": 3700000, "tags": {"a": 1, "b": 2}}
{"_id": "2", "name": "Bern", "country": "CH", "population": 134000}
{"_id": "3", "name": "Hamburg", "country": "DE", "population": 1900000}
"#;

pub(crate) fn storage() -> Arc<dyn Storage> {
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    let mapping = json!({ "dynamic": "strict", "properties": {
        "name": { "type": "text" },
        "country": { "type": "keyword" },
        "population": { "type": "long" },
        "tags": { "properties": { "a": { "type": "long" }, "b": { "type": "long" } } },
    } });
    block_on(async {
        let mapping = Mapping::from_json(&mapping).expect("valid");
        create_index(&storage, "cities", &mapping).await.expect("created");
        let options = AddOptions::default();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let writer = IndexWriter::new(&storage, &clock, "cities").expect("a valid name");
        writer.add_documents(CITIES.as_bytes(), &options, |_| ()).await.expect("added");
    });
    storage
}

pub(crate) fn service(settings: Settings) -> Service {
    service_over(storage(), settings)
}

pub(crate) fn service_over(storage: Arc<dyn Storage>, settings: Settings) -> Service {
    service_at(storage, settings, Arc::new(SystemClock::default()))
}

/// The same with a given clock.
pub(crate) fn service_at(storage: Arc<dyn Storage>, settings: Settings, clock: Arc<dyn Clock>) -> Service {
    service_with(storage, settings, Limits::default(), clock)
}

/// The same with given limits.
pub(crate) fn service_with(
    storage: Arc<dyn Storage>,
    settings: Settings,
    limits: Limits,
    clock: Arc<dyn Clock>,
) -> Service {
    let functions = NativeFunctions::new()
        .with(above())
        .with(scorer("population_score", Ok))
        .with(scorer("negative", |population| Ok(-population)))
        .with(scorer("failing", |_| Err(Cause::Failed("out of luck".to_owned()))))
        .with(scorer("trapping", |_| Err(Cause::Trapped { message: "a bug".to_owned(), frames: Vec::new() })))
        .with(scorer("panicking", |_| panic!("a bug")));
    Service::new(
        Parts {
            reader: Arc::new(SplitReader::new(storage, ReadSettings::default())),
            functions: Arc::new(functions),
            catalog: Arc::new(Catalog),
            engine: Engine::new(limits, clock.clone()),
            clock,
        },
        settings,
    )
}

/// Keeps cities with a population above the parameter `least`.
fn above() -> Arc<dyn Function> {
    let least = Parameter {
        name: "least".to_owned(),
        kind: ParameterKind::Float,
        required: true,
        default: None,
        summary: String::new(),
    };
    native_filter("above", vec![least], |arguments| {
        let Some(Value::Float(least)) = arguments.first().map(|argument| argument.value.clone()) else {
            return Err(Cause::Failed("bound without its parameter".to_owned()));
        };
        let keep = move |batch: &Batch, keep: &mut Vec<u8>| {
            let kept = |document| populations(batch, document).iter().any(|population| *population > least);
            keep.extend((0..batch.len).map(|document| u8::from(kept(document))));
            Ok(())
        };
        Ok((vec![population_column()], keep))
    })
}

fn scorer(name: &str, score: fn(f32) -> Result<f32, Cause>) -> Arc<dyn Function> {
    native_scorer(name, Vec::new(), move |_| {
        let score = move |batch: &Batch, scores: &mut Vec<f32>| {
            for document in 0..batch.len {
                scores.push(score(populations(batch, document).first().copied().unwrap_or_default() as f32)?);
            }
            Ok(())
        };
        Ok(NativeScorer { columns: vec![population_column()], score, needs_score: false })
    })
}

fn population_column() -> ColumnRequest {
    ColumnRequest { field: "population".to_owned(), kind: ColumnKind::Floats }
}

fn populations(batch: &Batch, document: usize) -> &[f64] {
    match &batch.columns[0].values {
        Values::Floats(values) => &values[batch.columns[0].range(document)],
        _ => &[],
    }
}

struct Catalog;

#[async_trait::async_trait]
impl FunctionCatalog for Catalog {
    async fn list(&self) -> Result<Vec<PublishedFunction>, CatalogError> {
        let least = PublishedParameter {
            name: "least".to_owned(),
            kind: "float".to_owned(),
            required: false,
            default: Some(json!(0.5)),
            summary: "the smallest population".to_owned(),
        };
        let version = |name: &str, version: &str| PublishedFunction {
            name: name.to_owned(),
            version: version.to_owned(),
            summary: format!("{name} of version {version}"),
            roles: Role::Filter.into(),
            parameters: vec![least.clone()],
            ..PublishedFunction::default()
        };
        Ok(vec![version("above", "1.0.0"), version("above", "1.1.0"), version("below", "0.1.0")])
    }
}

/// A request with a JSON body.
pub(crate) fn request(method: &str, uri: &str, body: &str) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(uri).header("content-type", "application/json");
    request.body(Bytes::copy_from_slice(body.as_bytes())).expect("valid")
}

pub(crate) fn send(request: Request<Bytes>) -> Response<Bytes> {
    block_on(service(Settings::default()).handle(request))
}

/// The whole response with its JSON indented and its times set to 0.
pub(crate) fn shown(response: &Response<Bytes>) -> String {
    let body = std::str::from_utf8(response.body()).expect("UTF-8");
    let is_indented = body.contains('\n');
    let body = match serde_json::from_str::<Json>(body) {
        Ok(json) if !is_indented => format!("{json:#}"),
        _ => body.to_owned(),
    };
    format!("{}\n{}\n{}", response.status(), headers(response.headers()), without_times(&body))
}

fn headers(headers: &HeaderMap) -> String {
    headers.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().expect("ASCII"))).collect()
}

/// Replaces numbers that differ from run to run by 0.
fn without_times(body: &str) -> String {
    let mut text = body.to_owned();
    for key in
        ["\"took\": ", "\"plan\": ", "\"warm\": ", "\"bytes\": ", "\"execute\": ", "\"fetch\": ", "\"time_in_nanos\": "]
    {
        let parts: Vec<&str> = text.split(key).collect();
        let number = |part: &str| part.find(|character: char| !character.is_ascii_digit()).unwrap_or(part.len());
        let (first, rest) = parts.split_first().expect("split gives at least one part");
        let rest = rest.iter().map(|part| match number(part) {
            0 => format!("{key}{part}"),
            end => format!("{key}0{}", &part[end..]),
        });
        text = (*first).to_owned() + &rest.collect::<String>();
    }
    text
}

pub(crate) fn get(uri: &str) -> String {
    let mut request = request("GET", uri, "");
    request.headers_mut().clear();
    shown(&send(request))
}

pub(crate) fn post(uri: &str, body: &str) -> String {
    shown(&send(request("POST", uri, body)))
}
