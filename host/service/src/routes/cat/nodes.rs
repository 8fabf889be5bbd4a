//! `/_cat/nodes`: the only node.

use super::table::{Cell, Column, TableRequest, column, more};
use crate::accepted_parameters::{take_cluster_parameters, take_nodes_parameters, take_table_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::node::{API_VERSION, NODE_ADDRESS, NODE_ID, NODE_NAME, NODE_ROLE};

const COLUMNS: &[Column] = &[
    more("id", &["nodeId"], "unique node id"),
    column("ip", &["i"], "ip address"),
    more("version", &["v"], "version of the API"),
    column("node.role", &["r", "role", "nodeRole"], "d:data node"),
    column("node.roles", &["rs", "all roles"], "roles of the node"),
    column("cluster_manager", &["cm", "m", "master"], "*:current cluster manager"),
    column("name", &["n"], "node name"),
];

/// Describes this process as the only node of a cluster.
pub(crate) fn cat_nodes(mut call: Call) -> Result<Answer, ApiError> {
    let request = TableRequest::take(&mut call.parameters, COLUMNS)?;
    take_table_parameters(&mut call.parameters)?;
    take_cluster_parameters(&mut call.parameters)?;
    take_nodes_parameters(&mut call.parameters)?;
    call.finish()?;
    if let Some(help) = request.help() {
        return Ok(help);
    }
    let texts = [NODE_ID, NODE_ADDRESS, API_VERSION, "d", NODE_ROLE, "*", NODE_NAME];
    Ok(request.answer(vec![texts.map(Cell::text).to_vec()]))
}
