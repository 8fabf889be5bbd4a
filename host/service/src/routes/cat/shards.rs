//! `/_cat/shards`: each index is one shard.

use quidditch_index::Cost;

use super::table::{Cell, Column, TableRequest, column, more};
use crate::Service;
use crate::accepted_parameters::{take_cluster_parameters, take_table_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;
use crate::node::{NODE_ADDRESS, NODE_ID, NODE_NAME};

const COLUMNS: &[Column] = &[
    column("index", &["i", "idx"], "index name"),
    column("shard", &["s", "sh"], "shard name"),
    column("prirep", &["p", "pr", "primaryOrReplica"], "primary or replica"),
    column("state", &["st"], "shard state"),
    column("docs", &["d", "dc"], "number of docs in shard"),
    column("store", &["sto"], "store size of shard"),
    column("ip", &[], "ip of node where it lives"),
    more("id", &[], "unique id of node where it lives"),
    column("node", &["n"], "name of node where it lives"),
];

/// Lists the shards of indices.
pub(crate) async fn cat_shards(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let request = TableRequest::take(&mut call.parameters, COLUMNS)?;
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    take_table_parameters(&mut call.parameters)?;
    take_cluster_parameters(&mut call.parameters)?;
    call.finish()?;
    if let Some(help) = request.help() {
        return Ok(help);
    }
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    let rows = targets.iter().map(|target| {
        let snapshot = &target.snapshot;
        vec![
            Cell::text(snapshot.name()),
            Cell::Number(0),
            Cell::text("p"),
            Cell::text("STARTED"),
            Cell::Number(snapshot.stored_documents()),
            Cell::Size(snapshot.size_bytes()),
            Cell::text(NODE_ADDRESS),
            Cell::text(NODE_ID),
            Cell::text(NODE_NAME),
        ]
    });
    Ok(request.answer(rows.collect()))
}
