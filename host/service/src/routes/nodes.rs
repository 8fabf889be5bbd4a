//! `/_nodes` and `/_nodes/stats`: this process, as the only node of a cluster.

use quidditch_index::Cost;
use serde_json::{Map, Value as Json, json};

use super::stats::Figures;
use crate::Service;
use crate::accepted_parameters::take_nodes_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::{Expression, IndicesOptions};
use crate::node::{API_VERSION, CLUSTER_NAME, NODE_ADDRESS, NODE_ID, NODE_NAME, NODE_ROLE};
use crate::routes::settings::SettingsForm;

/// `/_nodes`, also with a node or metrics in the path: there is one node, and nothing to leave out.
pub(crate) fn nodes(mut call: Call) -> Result<Answer, ApiError> {
    take_nodes_parameters(&mut call.parameters)?;
    SettingsForm::take(&mut call.parameters)?;
    call.finish()?;
    let mut node = node();
    node.extend([("version".to_owned(), json!(API_VERSION)), ("build_type".to_owned(), json!("quidditch"))]);
    Ok(Answer::json(&of_nodes(node)))
}

/// `/_nodes/stats`: the documents of all indices.
pub(crate) async fn nodes_stats(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    take_nodes_parameters(&mut call.parameters)?;
    let metric = call.names.get("metric").unwrap_or("_all").to_owned();
    if let Some(unknown) = metric.split(',').find(|name| !["_all", "indices"].contains(name)) {
        let reason = format!("request [{}] contains unrecognized metric: [{unknown}]", call.path);
        return Err(ApiError::Argument(reason));
    }
    call.finish()?;
    let targets = service.targets(&Expression::from_path(None), &IndicesOptions::DEFAULT, &Cost::default()).await?;
    let figures = Figures::from_snapshots(targets.iter().map(|target| &*target.snapshot));
    let mut node = node();
    node.insert("timestamp".to_owned(), service.clock.unix_millis().into());
    node.insert("indices".to_owned(), Json::Object(figures.to_json(|_| true)));
    Ok(Answer::json(&of_nodes(node)))
}

fn of_nodes(node: Map<String, Json>) -> Json {
    json!({
        "_nodes": { "total": 1, "successful": 1, "failed": 0 },
        "cluster_name": CLUSTER_NAME,
        "nodes": { NODE_ID: node },
    })
}

fn node() -> Map<String, Json> {
    let node = json!({ "name": NODE_NAME, "host": NODE_ADDRESS, "ip": NODE_ADDRESS, "roles": [NODE_ROLE] });
    node.as_object().cloned().unwrap_or_default()
}
