//! `/_cluster/...`: what clients and tools ask about a cluster. There is none: all is green, and nothing is pending.

use quidditch_index::{Cost, Snapshot};
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::accepted_parameters::{take_cluster_parameters, take_health_parameters, take_nodes_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::{Expression, IndicesOptions};
use crate::node::{API_VERSION, CLUSTER_NAME, NODE_ROLE};
use crate::routes::settings::SettingsForm;

/// How much of the health is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Cluster,
    Indices,
    Shards,
}

/// `/_cluster/health`, of all indices or of some.
pub(crate) async fn cluster_health(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let level = match call.parameters.take("level")?.as_deref() {
        None | Some("cluster") => Level::Cluster,
        Some("indices") => Level::Indices,
        Some("shards") => Level::Shards,
        Some(other) => {
            let reason = format!("parameter [level] must be one of [cluster], [indices], [shards], but is [{other}]");
            return Err(ApiError::Argument(reason));
        }
    };
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    take_health_parameters(&mut call.parameters)?;
    take_cluster_parameters(&mut call.parameters)?;
    call.finish()?;
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    let shards = targets.len();
    let mut health = json!({
        "cluster_name": CLUSTER_NAME,
        "status": "green",
        "timed_out": false,
        "number_of_nodes": 1,
        "number_of_data_nodes": 1,
        "discovered_master": true,
        "discovered_cluster_manager": true,
        "active_primary_shards": shards,
        "active_shards": shards,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": 0,
        "delayed_unassigned_shards": 0,
        "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0,
        "task_max_waiting_in_queue_millis": 0,
        "active_shards_percent_as_number": 100.0,
    });
    if level != Level::Cluster {
        let indices: Map<String, Json> =
            targets.iter().map(|target| (target.snapshot.name().to_owned(), index_health(level))).collect();
        health["indices"] = Json::Object(indices);
    }
    Ok(Answer::json(&health))
}

fn index_health(level: Level) -> Json {
    let mut health = json!({
        "status": "green",
        "number_of_shards": 1,
        "number_of_replicas": 0,
        "active_primary_shards": 1,
        "active_shards": 1,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": 0,
    });
    if level == Level::Shards {
        health["shards"] = json!({ "0": {
            "status": "green",
            "primary_active": true,
            "active_shards": 1,
            "relocating_shards": 0,
            "initializing_shards": 0,
            "unassigned_shards": 0,
        } });
    }
    health
}

/// `/_cluster/stats`: how many documents there are.
pub(crate) async fn cluster_stats(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    take_nodes_parameters(&mut call.parameters)?;
    SettingsForm::take(&mut call.parameters)?;
    call.finish()?;
    let targets = service.targets(&Expression::from_path(None), &IndicesOptions::DEFAULT, &Cost::default()).await?;
    let sum = |figure: fn(&Snapshot) -> u64| -> u64 { targets.iter().map(|target| figure(&target.snapshot)).sum() };
    let splits: usize = targets.iter().map(|target| target.snapshot.splits()).sum();
    Ok(Answer::json(&json!({
        "_nodes": { "total": 1, "successful": 1, "failed": 0 },
        "cluster_name": CLUSTER_NAME,
        "cluster_uuid": "_na_",
        "timestamp": service.clock.unix_millis(),
        "status": "green",
        "indices": {
            "count": targets.len(),
            "shards": { "total": targets.len(), "primaries": targets.len(), "replication": 0.0 },
            "docs": { "count": sum(|snapshot| snapshot.stored_documents()), "deleted": sum(|snapshot| snapshot.deleted()) },
            "store": { "size_in_bytes": sum(|snapshot| snapshot.size_bytes()), "reserved_in_bytes": 0 },
            "segments": { "count": splits },
        },
        "nodes": { "count": { "total": 1, NODE_ROLE: 1 }, "versions": [API_VERSION] },
    })))
}

/// `/_cluster/settings`: there are none.
pub(crate) fn cluster_settings(mut call: Call) -> Result<Answer, ApiError> {
    SettingsForm::take(&mut call.parameters)?;
    take_cluster_parameters(&mut call.parameters)?;
    take_nodes_parameters(&mut call.parameters)?;
    if call.parameters.take_flag("include_defaults")? {
        return Err(ApiError::Argument(
            "parameter [include_defaults] must be [false]: the cluster has no settings".to_owned(),
        ));
    }
    call.finish()?;
    Ok(Answer::json(&json!({ "persistent": {}, "transient": {} })))
}

/// `/_cluster/pending_tasks`: there are none.
pub(crate) fn pending_tasks(mut call: Call) -> Result<Answer, ApiError> {
    take_cluster_parameters(&mut call.parameters)?;
    call.finish()?;
    Ok(Answer::json(&json!({ "tasks": [] })))
}
