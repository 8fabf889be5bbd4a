//! `/_cat/segments`: each split has one segment.

use quidditch_index::Cost;

use super::table::{Cell, Column, TableRequest, column, more};
use crate::Service;
use crate::accepted_parameters::{take_cluster_parameters, take_table_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;
use crate::node::{NODE_ADDRESS, NODE_ID};

const COLUMNS: &[Column] = &[
    column("index", &["i", "idx"], "index name"),
    column("shard", &["s", "sh"], "shard name"),
    column("prirep", &["p", "pr", "primaryOrReplica"], "primary or replica"),
    column("ip", &[], "ip of node where it lives"),
    more("id", &[], "unique id of node where it lives"),
    column("segment", &["seg"], "segment name"),
    column("generation", &["g", "gen"], "segment generation"),
    column("docs.count", &["dc", "docsCount"], "number of docs in segment"),
    column("docs.deleted", &["dd", "docsDeleted"], "number of deleted docs in segment"),
    column("size", &["si"], "segment size in bytes"),
    column("size.memory", &["sm", "sizeMemory"], "segment memory in bytes"),
    column("committed", &["ic", "isCommitted"], "is segment committed"),
    column("searchable", &["is", "isSearchable"], "is segment searched"),
    column("version", &["v", "ver"], "version"),
    column("compound", &["ico", "isCompound"], "is segment compound"),
];

/// Lists the segments of indices.
pub(crate) async fn cat_segments(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let request = TableRequest::take(&mut call.parameters, COLUMNS)?;
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    take_table_parameters(&mut call.parameters)?;
    take_cluster_parameters(&mut call.parameters)?;
    call.finish()?;
    if let Some(help) = request.help() {
        return Ok(help);
    }
    let mut rows = Vec::new();
    for target in service.targets(&expression, &options, &Cost::default()).await? {
        for (number, split) in target.snapshot.split_figures().enumerate() {
            rows.push(vec![
                Cell::text(target.snapshot.name()),
                Cell::Number(0),
                Cell::text("p"),
                Cell::text(NODE_ADDRESS),
                Cell::text(NODE_ID),
                Cell::Text(format!("_{number}")),
                Cell::Number(number as u64),
                Cell::Number(split.documents),
                Cell::Number(split.deleted),
                Cell::Size(split.bytes),
                Cell::Size(0),
                Cell::text("true"),
                Cell::text("true"),
                Cell::text(env!("CARGO_PKG_VERSION")),
                Cell::text("true"),
            ]);
        }
    }
    Ok(request.answer(rows))
}
