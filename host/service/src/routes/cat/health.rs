//! `/_cat/health`: the state of the cluster, which is one node without a cluster.

use crate::Service;
use crate::accepted_parameters::{take_cluster_parameters, take_table_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::node::CLUSTER_NAME;

use super::table::{Cell, Column, TableRequest, column};
use super::time_of_day::time_cells;

const COLUMNS: &[Column] = &[
    column("epoch", &["t", "time"], "seconds since 1970-01-01 00:00:00"),
    column("timestamp", &["ts", "hms", "hhmmss"], "time in HH:MM:SS"),
    column("cluster", &["cl"], "cluster name"),
    column("status", &["st"], "health status"),
    column("node.total", &["nt", "nodeTotal"], "total number of nodes"),
    column("node.data", &["nd", "nodeData"], "number of nodes that can store data"),
    column("discovered_cluster_manager", &["dcm", "dm", "discovered_master"], "cluster manager is discovered or not"),
    column("shards", &["t", "sh", "shards.total", "shardsTotal"], "total number of shards"),
    column("pri", &["p", "shards.primary", "shardsPrimary"], "number of primary shards"),
    column("relo", &["r", "shards.relocating", "shardsRelocating"], "number of relocating nodes"),
    column("init", &["i", "shards.initializing", "shardsInitializing"], "number of initializing nodes"),
    column("unassign", &["u", "shards.unassigned", "shardsUnassigned"], "number of unassigned shards"),
    column("pending_tasks", &["pt", "pendingTasks"], "number of pending tasks"),
    column("max_task_wait_time", &["mtwt", "maxTaskWaitTime"], "wait time of longest task pending"),
    column("active_shards_percent", &["asp", "activeShardsPercent"], "active number of shards in percent"),
];

/// Describes the cluster in one row.
pub(crate) async fn cat_health(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let mut request = TableRequest::take(&mut call.parameters, COLUMNS)?;
    if call.parameters.take("ts")?.as_deref() == Some("false") {
        request = request.without("epoch").without("timestamp");
    }
    take_table_parameters(&mut call.parameters)?;
    take_cluster_parameters(&mut call.parameters)?;
    call.finish()?;
    if let Some(help) = request.help() {
        return Ok(help);
    }
    let shards = service.names.indices().await?.len() as u64;
    let [epoch, timestamp] = time_cells(service.clock.unix_millis());
    let mut row =
        vec![epoch, timestamp, Cell::text(CLUSTER_NAME), Cell::text("green"), Cell::Number(1), Cell::Number(1)];
    row.extend([Cell::text("true"), Cell::Number(shards), Cell::Number(shards)]);
    row.extend([0; 4].map(Cell::Number));
    row.extend([Cell::text("-"), Cell::text("100.0%")]);
    Ok(request.answer(vec![row]))
}
