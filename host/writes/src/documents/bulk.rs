//! `/_bulk`: many operations in one request.

mod action;
mod answer;
mod lines;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use action::{Action, Item};
use answer::{BulkAnswer, ItemAnswer, Outcome};
use lines::{BulkPart, BulkReader};
use quidditch_engine::SourceFilter;
use quidditch_indexing::{WriteAction, WriteOperation, WriteResult};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, Flag};
use serde_json::Value as Json;

use super::failure::{failed_item, refused};
use super::parameters::{Refresh, WriteParameters};
use super::scripts::Scripts;
use super::update_document::take_source;
use super::write_index::{IfMissing, write_index};
use super::written::{WrittenDocument, status};
use crate::Writes;

/// Performs operations, each of which succeeds or fails on its own.
pub(crate) async fn bulk(writes: &Writes, service: &Service, call: Call) -> Result<Answer, ApiError> {
    let start = writes.clock.monotonic();
    let default_index = call.names.get("index").map(str::to_owned);
    let Call { path, mut parameters, parts, .. } = call;
    let WriteParameters { refresh, require_alias } = WriteParameters::take(&mut parameters)?;
    let source = take_source(&mut parameters)?;
    parameters.finish(&path)?;
    let Some(mut body) = parts else { return Err(ApiError::body("request body is required")) };
    let scripts = Scripts::for_request(writes, service);
    let mut reader = BulkReader::new(default_index, require_alias, scripts);
    let mut answers: Vec<ItemAnswer> = Vec::new();
    loop {
        let done = reader.operations();
        // This much of a large body is held in memory, and written before the next part is read.
        let part = body.next(writes.committer.commit_bytes()).await.map_err(|error| after(done, error))?;
        let BulkPart { items, end } = reader.read(&part).map_err(|error| after(done, error))?;
        body.unread(&part.bytes[end..]);
        reader.scripts.compile(service).await;
        let share = if done == 0 && part.is_last { Share::All } else { Share::Part };
        drop(part.bytes);
        answers.extend(perform(writes, service, items, (refresh, source.as_ref()), share).await?);
        if part.is_last {
            break;
        }
    }

    let took = writes.clock.monotonic().saturating_sub(start).as_millis();
    let errors = answers.iter().any(ItemAnswer::is_error);
    Ok(Answer::json(&BulkAnswer { took: u64::try_from(took).unwrap_or(u64::MAX), errors, items: answers }))
}

/// Whether operations are all of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Share {
    All,
    Part,
}

/// An error after a part of the operations was performed.
fn after(operations: usize, error: ApiError) -> ApiError {
    match operations {
        0 => error,
        operations => {
            ApiError::Argument(format!("{error}; the first [{operations}] operations of the request were performed"))
        }
    }
}

/// Performs operations. Returns the answer to each.
async fn perform(
    writes: &Writes,
    service: &Service,
    items: Vec<Item>,
    (refresh, source): (Refresh, Option<&SourceFilter>),
    share: Share,
) -> Result<Vec<ItemAnswer>, ApiError> {
    let mut answers: Vec<ItemAnswer> = items.iter().map(|item| ItemAnswer::pending(item.action)).collect();
    let batches = Batches::of(writes, service, items, &mut answers).await?;
    let only_batch = batches.0.len() == 1 && share == Share::All;
    for Batch { index, items, operations } in batches.0 {
        match writes.committer.write(service, &index, operations).await {
            Ok(results) => {
                for (item, result) in items.into_iter().zip(results) {
                    let answered = &mut answers[item.position];
                    let shown = item.source.as_ref().or(source).filter(|_| answered.action == Action::Update);
                    answered.outcome = outcome(&index, result, refresh, shown)?;
                }
            }
            // Nothing was done for this request.
            Err(error) if only_batch => return Err(error),
            Err(error) => {
                let failed = failed_item(&index, None, error);
                for item in items {
                    let mut failed = failed.clone();
                    failed["_id"] = item.id.map_or(Json::Null, Json::from);
                    answers[item.position].outcome = Outcome::Failed(failed);
                }
            }
        }
    }
    Ok(answers)
}

/// Operations of one index that are committed together.
struct Batch {
    index: String,
    /// Whose they are.
    items: Vec<BatchItem>,
    operations: Vec<WriteOperation>,
}

struct BatchItem {
    /// The position of its answer.
    position: usize,
    id: Option<String>,
    source: Option<SourceFilter>,
}

/// What the index of an operation depends on.
#[derive(PartialEq, Eq, Hash)]
struct IndexKey {
    name: String,
    if_missing: IfMissing,
    requires_alias: bool,
}

struct Batches(Vec<Batch>);

impl Batches {
    /// Finds the index of each operation. Operations without one are answered.
    async fn of(
        writes: &Writes,
        service: &Service,
        items: Vec<Item>,
        answers: &mut [ItemAnswer],
    ) -> Result<Self, ApiError> {
        let mut batches: Vec<Batch> = Vec::new();
        // The batch that is being filled of each index, and the bytes in it.
        let mut open: HashMap<String, (usize, usize)> = HashMap::new();
        let mut known: HashMap<IndexKey, Result<String, Json>> = HashMap::new();
        for (position, item) in items.into_iter().enumerate() {
            let Item { index: name, id, operation, source, require_alias, .. } = item;
            let if_missing =
                if matches!(operation.action, WriteAction::Delete) { IfMissing::Fail } else { IfMissing::Create };
            let key = IndexKey { name, if_missing, requires_alias: require_alias == Flag::On };
            let found = match known.get(&key) {
                Some(found) => found.clone(),
                None => {
                    let found = write_index(writes, service, &key.name, (if_missing, require_alias)).await;
                    let found = found.map_err(|error| failed_item(&key.name, None, error));
                    known.insert(key, found.clone());
                    found
                }
            };
            let index = match found {
                Ok(index) => index,
                Err(mut failed) => {
                    failed["_id"] = id.map_or(Json::Null, Json::from);
                    answers[position].outcome = Outcome::Failed(failed);
                    continue;
                }
            };
            let bytes = operation.bytes();
            let (number, filled) = open.get(&index).copied().unwrap_or((usize::MAX, usize::MAX));
            let number = match filled.checked_add(bytes) {
                Some(filled) if filled <= writes.committer.commit_bytes() => {
                    open.insert(index.clone(), (number, filled));
                    number
                }
                _ => {
                    batches.push(Batch { index: index.clone(), items: Vec::new(), operations: Vec::new() });
                    open.insert(index.clone(), (batches.len() - 1, bytes));
                    batches.len() - 1
                }
            };
            batches[number].items.push(BatchItem { position, id, source });
            batches[number].operations.push(operation);
        }
        Ok(Batches(batches))
    }
}

fn outcome(
    index: &str,
    result: WriteResult,
    refresh: Refresh,
    source: Option<&SourceFilter>,
) -> Result<Outcome, ApiError> {
    let WriteResult { id, outcome } = result;
    match outcome {
        Ok(written) => {
            let document = WrittenDocument::new(index, id, &written, refresh, source)?;
            Ok(Outcome::Written { document, status: status(written.effect).as_u16() })
        }
        Err(error) => {
            let refusal = refused(index, &id, error);
            Ok(Outcome::Failed(failed_item(index, Some(&id), refusal.into())))
        }
    }
}
