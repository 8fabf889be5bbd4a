//! The scripts of a request that change documents.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::StatusCode;
use quidditch_clock::Clock;
use quidditch_expression::{DocumentScript, Language, ScriptLimits, ScriptRun};
use quidditch_function::Budget;
use quidditch_service::Service;
use quidditch_service::writing::{ApiError, Refusal};
use serde_json::{Map, Value as Json};

use crate::Writes;
use crate::body::Keys;

/// The scripts of a request. Those with the same text are compiled once.
pub(super) struct Scripts {
    shared: Arc<Shared>,
    wanted: HashMap<Named, Arc<Compiled>>,
}

/// What all scripts of a request share.
struct Shared {
    run: ScriptRun,
    /// When the request began, in milliseconds since the Unix epoch.
    now: i64,
}

/// How a request names a script.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Named {
    Text { lang: String, source: String },
    Stored { id: String },
}

/// The script, or why there is none. Empty until all scripts of the request are known.
type Compiled = OnceLock<Result<DocumentScript, Box<Refusal>>>;

/// A script with its parameters.
#[derive(Clone)]
pub(super) struct RequestScript {
    compiled: Arc<Compiled>,
    params: Map<String, Json>,
    shared: Arc<Shared>,
}

impl Scripts {
    /// Scripts that may run together for as long as the functions of a search.
    pub(super) fn for_request(writes: &Writes, service: &Service) -> Self {
        Self::new(&writes.clock, service.engine().limits().max_function_time)
    }

    /// Scripts that may run for so long together.
    pub(super) fn new(clock: &Arc<dyn Clock>, time: Duration) -> Self {
        let run = ScriptRun::new(Arc::clone(clock), Arc::new(Budget::new(time)));
        Scripts { shared: Arc::new(Shared { run, now: clock.unix_millis() }), wanted: HashMap::new() }
    }

    /// Parses a script. `of` is the name of the object that contains it, for errors.
    pub(super) fn parse(&mut self, json: Json, of: &str) -> Result<RequestScript, ApiError> {
        let (named, params) = parse(json, of)?;
        let compiled = Arc::clone(self.wanted.entry(named).or_default());
        Ok(RequestScript { compiled, params, shared: Arc::clone(&self.shared) })
    }

    /// Compiles the scripts. A mistake in a script is an error only for the documents that the script would change.
    pub(super) async fn compile(&self, service: &Service) {
        for (named, compiled) in self.wanted.iter().filter(|(_, compiled)| compiled.get().is_none()) {
            let script = match named {
                Named::Text { lang, source } => compile(lang, source),
                Named::Stored { id } => stored(service, id).await,
            };
            // It is empty, as the loop leaves out compiled scripts.
            let _ = compiled.set(script);
        }
    }
}

impl RequestScript {
    /// Runs the script, and returns the changed `ctx`.
    pub(super) fn run(&self, ctx: &Map<String, Json>) -> Result<Map<String, Json>, Box<Refusal>> {
        let script = self.script()?;
        script.run(&self.params, ctx, &self.shared.run).map_err(|error| Box::new(Refusal::from_function(&error)))
    }

    /// Fails if there is no such script, or if it has a mistake.
    pub(super) fn check(&self) -> Result<(), Box<Refusal>> {
        self.script().map(drop)
    }

    fn script(&self) -> Result<&DocumentScript, Box<Refusal>> {
        let compiled = self.compiled.get().expect("the scripts of a request are compiled before they run");
        compiled.as_ref().map_err(Clone::clone)
    }

    /// When the request began, in milliseconds since the Unix epoch.
    pub(super) fn now(&self) -> i64 {
        self.shared.now
    }
}

fn parse(json: Json, of: &str) -> Result<(Named, Map<String, Json>), ApiError> {
    let invalid = |cause: Refusal| {
        let reason = format!("[{of}] failed to parse field [script]");
        ApiError::from(Refusal::bad_request("x_content_parse_exception", reason).caused_by(cause))
    };
    let object = match json {
        Json::String(source) => return Ok((text("painless", &source), Map::new())),
        Json::Object(object) => object,
        other => {
            let reason = format!("[{of}] script must be a string or an object, but is [{other}]");
            return Err(Refusal::bad_request("x_content_parse_exception", reason).into());
        }
    };
    let mut keys = Keys::new(object, "script");
    let mut source = None;
    for key in ["source", "inline"] {
        source = keys.take_text(key)?.or(source);
    }
    let (id, lang) = (keys.take_text("id")?, keys.take_text("lang")?);
    let params = keys.take_object("params")?.unwrap_or_default();
    keys.take_object("options")?;
    if let Some(key) = keys.first() {
        let reason = format!("[script] unknown field [{key}]");
        return Err(invalid(Refusal::bad_request("x_content_parse_exception", reason)));
    }
    let argument = |reason: &str| invalid(Refusal::bad_request("illegal_argument_exception", reason));
    let named = match (source, id, lang) {
        (Some(source), None, lang) => text(lang.as_deref().unwrap_or("painless"), &source),
        (None, Some(id), None) => Named::Stored { id },
        (None, Some(_), Some(_)) => return Err(argument("illegally specified [lang] for a stored script")),
        (Some(_), Some(_), _) => return Err(argument("[source] and [id] cannot both be specified")),
        (None, None, _) => {
            return Err(argument("must specify either [source] for an inline script or [id] for a stored script"));
        }
    };
    Ok((named, params))
}

fn text(lang: &str, source: &str) -> Named {
    Named::Text { lang: lang.to_owned(), source: source.to_owned() }
}

fn compile(lang: &str, source: &str) -> Result<DocumentScript, Box<Refusal>> {
    let Some(language) = Language::from_name(lang) else {
        let reason = format!("script_lang not supported [{lang}]");
        return Err(Box::new(Refusal::bad_request("illegal_argument_exception", reason)));
    };
    let compiled = DocumentScript::compile(language, source, ScriptLimits::default());
    compiled.map_err(|error| Box::new(Refusal::from_function(&error)))
}

async fn stored(service: &Service, id: &str) -> Result<DocumentScript, Box<Refusal>> {
    match service.functions().script(id).await {
        Ok(Some(script)) => compile(&script.lang, &script.source),
        Ok(None) => {
            let reason = format!("unable to find script [{id}] in cluster state");
            Err(Box::new(Refusal::new(StatusCode::NOT_FOUND, "resource_not_found_exception", reason)))
        }
        Err(error) => Err(Box::new(Refusal::from_function(&error))),
    }
}
