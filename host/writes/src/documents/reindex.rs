//! `_reindex`: copies documents from indices to another one.

use std::sync::Arc;

use bytes::Bytes;
use quidditch_engine::{SearchRequest, SourceFilter};
use quidditch_index::Cost;
use quidditch_indexing::{Condition, WriteAction, WriteOperation};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, Expression, Flag, IndicesOptions, Refusal};
use serde_json::{Map, Value as Json, json};

use super::changed_document::{ChangedDocument, DocumentOp};
use super::condition::{OpType, VersionType};
use super::done::{Done, Shown};
use super::found::{Found, FoundDocument};
use super::pace::{OnConflict, Pace, count};
use super::parameters::{Refresh, check_pipeline};
use super::scripts::{RequestScript, Scripts};
use super::write_index::{IfMissing, write_index};
use crate::Writes;
use crate::body::{Keys, required_object};
use crate::parameters::take_active_shards;

/// Where documents come from.
struct Source {
    names: Vec<String>,
    query: Json,
    filter: SourceFilter,
}

/// Where they go.
struct Destination {
    index: String,
    op_type: OpType,
    version_type: VersionType,
}

/// Copies documents.
pub(crate) async fn reindex(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let start = writes.clock.monotonic();
    let mut pace = Pace::take(&mut call.parameters, "scroll_size")?;
    Refresh::take(&mut call.parameters)?;
    take_active_shards(&mut call.parameters)?;
    for key in ["timeout", "scroll"] {
        call.parameters.take(key)?;
    }
    call.parameters.finish(&call.path)?;
    let mut keys = Keys::new(required_object(&call)?, "reindex");
    let source = keys.take_object("source")?.unwrap_or_default();
    let destination = keys.take_object("dest")?.unwrap_or_default();
    if let Some(conflicts) = keys.take_text("conflicts")? {
        pace.conflicts = OnConflict::parse(&conflicts).map_err(|error| invalid("reindex", "conflicts", &error))?;
    }
    for key in ["max_docs", "size"] {
        if let Some(value) = keys.take(key) {
            pace.max_docs = count(key, &value.to_string())?;
        }
    }
    let mut scripts = Scripts::for_request(writes, service);
    let script = keys.take("script").map(|json| scripts.parse(json, "reindex")).transpose()?;
    keys.finish()?;
    let Source { names, query, filter } = Source::parse(source, &mut pace)?;
    let destination = Destination::parse(destination)?;
    scripts.compile(service).await;
    if let Some(script) = &script {
        script.check()?;
    }
    let request = SearchRequest::parse_count(&query.to_string(), service.engine().limits());
    let request = request.map_err(|error| ApiError::search("", error))?;

    let expression = Expression::from_names(names.iter().map(String::as_str));
    let cost = Arc::new(Cost::default());
    let targets = service.targets(&expression, &IndicesOptions::DEFAULT, &cost).await?;
    let index = write_index(writes, service, &destination.index, (IfMissing::Create, Flag::Off)).await?;
    if targets.iter().any(|target| target.snapshot.name() == index) {
        let reason = format!("reindex cannot write into an index its reading from [{}]", destination.index);
        return Err(ApiError::validation(&reason));
    }
    let copying = Copying { writes, service, destination, index, filter, script, conflicts: pace.conflicts };
    let mut done = Done::default();
    for target in &targets {
        let left = pace.max_docs - done.total.min(pace.max_docs);
        let found = Found::of(service, target, &request, left, &cost).await?;
        done.total += found.documents.len() as u64;
        for batch in found.documents.chunks(pace.batch) {
            done.add_batch();
            let documents = found.read(batch, &cost).await?;
            copying.copy(documents, target.snapshot.name(), &mut done).await?;
            if done.is_aborted() {
                return Ok(done.answer(writes.clock.monotonic().saturating_sub(start), Shown::Created));
            }
        }
    }
    Ok(done.answer(writes.clock.monotonic().saturating_sub(start), Shown::Created))
}

/// How found documents are copied.
struct Copying<'a> {
    writes: &'a Writes,
    service: &'a Service,
    destination: Destination,
    /// The index of the destination.
    index: String,
    filter: SourceFilter,
    script: Option<RequestScript>,
    conflicts: OnConflict,
}

/// Operations by the name of the index that they go to, if a script says so. Those that stay in the index of the destination come
/// first.
type ByIndex = Vec<(Option<String>, Vec<WriteOperation>)>;

impl Copying<'_> {
    /// Copies documents of the index `of`.
    async fn copy(&self, documents: Vec<FoundDocument>, of: &str, done: &mut Done) -> Result<(), ApiError> {
        let operations = self.operations(documents, of, done)?;
        for (to, operations) in operations.into_iter().filter(|(_, operations)| !operations.is_empty()) {
            let index = match to {
                None => self.index.clone(),
                Some(name) => write_index(self.writes, self.service, &name, (IfMissing::Create, Flag::Off)).await?,
            };
            let results = self.writes.committer.write(self.service, &index, operations).await?;
            done.add(&index, results, self.conflicts);
        }
        Ok(())
    }

    /// What is done with documents.
    fn operations(&self, documents: Vec<FoundDocument>, of: &str, done: &mut Done) -> Result<ByIndex, ApiError> {
        let mut operations: ByIndex = vec![(None, Vec::new())];
        for found in documents {
            let Some((to, operation)) = self.destination.operation(found, of, (&self.filter, self.script.as_ref()))?
            else {
                done.add_noop();
                continue;
            };
            match operations.iter_mut().find(|(name, _)| *name == to) {
                Some((_, operations)) => operations.push(operation),
                None => operations.push((to, vec![operation])),
            }
        }
        Ok(operations)
    }
}

impl Source {
    fn parse(object: Map<String, Json>, pace: &mut Pace) -> Result<Self, ApiError> {
        let mut keys = Keys::new(object, "source");
        let names = keys.take_texts("index")?.unwrap_or_default();
        let query = keys.take("query").unwrap_or_else(|| json!({ "match_all": {} }));
        let filter = keys.take("_source").map_or(Ok(SourceFilter::All), |json| SourceFilter::from_json(&json));
        let filter = filter.map_err(|error| ApiError::Argument(error.to_string()))?;
        if let Some(size) = keys.take("size") {
            pace.set_batch("size", count("size", &size.to_string())?)?;
        }
        if keys.take("remote").is_some() {
            return Err(ApiError::Argument(
                "[remote] is not supported: only indices of this store are read".to_owned(),
            ));
        }
        if keys.take("sort").is_some() {
            let reason = "[sort] of [source] is not supported: documents are copied in the order of their index";
            return Err(ApiError::Argument(reason.to_owned()));
        }
        keys.finish()?;
        let names: Vec<String> = names.iter().flat_map(|name| name.split(',')).map(str::to_owned).collect();
        if names.iter().all(String::is_empty) {
            return Err(ApiError::validation("use _all if you really want to copy from all existing indexes"));
        }
        let names = names.into_iter().map(|name| if name == "_all" { "*".to_owned() } else { name }).collect();
        Ok(Source { names, query: json!({ "query": query }), filter })
    }
}

impl Destination {
    fn parse(object: Map<String, Json>) -> Result<Self, ApiError> {
        let mut keys = Keys::new(object, "dest");
        let index = keys.take_text("index")?;
        let op_type = keys.take_text("op_type")?.map_or(Ok(OpType::Index), |text| OpType::parse(&text));
        let op_type = op_type.map_err(|error| invalid("dest", "op_type", &error))?;
        let version_type = keys.take_text("version_type")?;
        let version_type = version_type.map_or(Ok(VersionType::Internal), |text| VersionType::parse(&text));
        let version_type = version_type.map_err(|error| invalid("dest", "version_type", &error))?;
        // There is one shard.
        keys.take_text("routing")?;
        if let Some(pipeline) = keys.take_text("pipeline")? {
            check_pipeline(&pipeline)?;
        }
        keys.finish()?;
        let index = index.ok_or_else(|| ApiError::validation("index must be specified"))?;
        if op_type == OpType::Create && version_type != VersionType::Internal {
            return Err(ApiError::validation("create operations only support internal versioning. use index instead"));
        }
        Ok(Destination { index, op_type, version_type })
    }

    /// What is done with a document, and the index that a script sends it to; `None` if the script leaves it out.
    fn operation(
        &self,
        found: FoundDocument,
        of: &str,
        (filter, script): (&SourceFilter, Option<&RequestScript>),
    ) -> Result<Option<(Option<String>, WriteOperation)>, ApiError> {
        let source = filtered(&found.id, found.source, filter)?;
        let found = FoundDocument { source, ..found };
        let Some(script) = script else {
            let (action, condition) = (WriteAction::Index(Bytes::from(found.source)), self.condition(found.version));
            return Ok(Some((None, WriteOperation { id: Some(found.id), action, condition })));
        };
        let changed = ChangedDocument::from_script(&found, of, script)?;
        let version = match changed.version {
            None | Some(Json::Null) => found.version,
            Some(_) if self.version_type == VersionType::Internal => {
                return Err(ApiError::validation(
                    "internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and \
                     `if_primary_term` instead",
                ));
            }
            Some(version) => version.as_u64().ok_or_else(|| {
                ApiError::Argument(format!("the script made [ctx._version] [{version}], which is not a version"))
            })?,
        };
        let (action, condition) = match changed.op {
            DocumentOp::Index => (WriteAction::Index(changed.source), self.condition(version)),
            DocumentOp::Delete => (WriteAction::Delete, Condition::None),
            DocumentOp::Noop => return Ok(None),
        };
        let id = changed.id.map_or(Some(found.id), text_of);
        let to = changed.index.and_then(text_of);
        Ok(Some((to, WriteOperation { id, action, condition })))
    }

    /// What must hold where a document of this version is stored.
    fn condition(&self, version: u64) -> Condition {
        match (self.op_type, self.version_type) {
            (OpType::Create, _) => Condition::Absent,
            (OpType::Index, VersionType::Internal) => Condition::None,
            (OpType::Index, VersionType::External) => Condition::NewerThan(version),
            (OpType::Index, VersionType::ExternalGte) => Condition::NotOlderThan(version),
        }
    }
}

/// A key of `ctx` as a text.
fn text_of(json: Json) -> Option<String> {
    match json {
        Json::Null => None,
        Json::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// A value of the body that is not allowed.
fn invalid(object: &str, key: &str, error: &ApiError) -> ApiError {
    let cause = Refusal::bad_request("illegal_argument_exception", error.to_string());
    let reason = format!("[{object}] failed to parse field [{key}]");
    Refusal::bad_request("x_content_parse_exception", reason).caused_by(cause).into()
}

fn filtered(id: &str, source: String, filter: &SourceFilter) -> Result<String, ApiError> {
    if *filter == SourceFilter::All {
        return Ok(source);
    }
    match filter.apply(source).map_err(|error| ApiError::invalid_json("a document", &error))? {
        Some(source) => Ok(source.get().to_owned()),
        None => {
            let reason = format!("[{id}] didn't store _source");
            Err(Refusal::bad_request("illegal_argument_exception", reason).into())
        }
    }
}
