//! `/_cat/indices`: documents and sizes of indices.

use quidditch_index::{IndexError, IndexSummary};

use super::table::{Cell, Column, TableRequest, column, more};
use crate::Service;
use crate::accepted_parameters::{take_cluster_parameters, take_table_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;

const COLUMNS: &[Column] = &[
    column("health", &["h"], "current health status"),
    column("status", &["s"], "open/close status"),
    column("index", &["i", "idx"], "index name"),
    column("uuid", &["id"], "index id"),
    column("pri", &["p", "shards.primary", "shardsPrimary"], "number of primary shards"),
    column("rep", &["r", "shards.replica", "shardsReplica"], "number of replica shards"),
    column("docs.count", &["dc", "docsCount"], "available docs"),
    column("docs.deleted", &["dd", "docsDeleted"], "deleted docs"),
    column("store.size", &["ss", "storeSize"], "store size"),
    column("pri.store.size", &[], "store size of primaries"),
    more("splits", &[], "number of splits"),
];

/// Lists indices. One that is damaged is red.
pub(crate) async fn cat_indices(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let request = TableRequest::take(&mut call.parameters, COLUMNS)?;
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    let health = call.parameters.take("health")?;
    if let Some(health) = health.as_deref().filter(|health| !["green", "yellow", "red"].contains(health)) {
        let reason = format!("parameter [health] must be one of [green], [yellow], [red], but is [{health}]");
        return Err(ApiError::Argument(reason));
    }
    take_table_parameters(&mut call.parameters)?;
    take_cluster_parameters(&mut call.parameters)?;
    call.finish()?;
    if let Some(help) = request.help() {
        return Ok(help);
    }
    let mut rows = Vec::new();
    for (name, summary) in service.summaries(&expression, &options).await? {
        let row = row(name, summary)?;
        if health.as_ref().is_none_or(|health| row[0] == Cell::text(health.as_str())) {
            rows.push(row);
        }
    }
    Ok(request.answer(rows))
}

/// The row of an index.
fn row(name: String, summary: Result<IndexSummary, IndexError>) -> Result<Vec<Cell>, ApiError> {
    let summary = match summary {
        Ok(summary) => summary,
        Err(IndexError::Damaged { object, reason }) => {
            tracing::error!(index = name, object, %reason, "an index is damaged");
            let mut row = vec![Cell::text("red"), Cell::text("open"), Cell::Text(name)];
            row.resize(COLUMNS.len(), Cell::Nothing);
            return Ok(row);
        }
        Err(error) => return Err(error.into()),
    };
    Ok(vec![
        Cell::text("green"),
        Cell::text("open"),
        Cell::Text(name),
        Cell::Text(summary.id),
        Cell::Number(1),
        Cell::Number(0),
        Cell::Number(summary.stored_documents),
        Cell::Number(summary.deleted),
        Cell::Size(summary.bytes),
        Cell::Size(summary.bytes),
        Cell::Number(summary.splits as u64),
    ])
}

#[cfg(test)]
mod tests {
    use quidditch_index::{Damage, Mapping};

    use super::*;
    use crate::answer::Content;
    use crate::parameters::Parameters;

    #[test]
    fn damaged_indices_are_red() {
        let summary = IndexSummary {
            name: "a".to_owned(),
            id: "01J".to_owned(),
            documents: 7,
            stored_documents: 7,
            deleted: 2,
            splits: 3,
            bytes: 2_048,
            retired: 1,
            mapping: Mapping::default(),
        };
        let damaged = IndexError::damaged("b/manifest.json", Damage::corrupt("not JSON"));
        let rows = [("a", Ok(summary)), ("b", Err(damaged))];
        let rows = rows.map(|(name, summary)| row(name.to_owned(), summary).expect("a row")).to_vec();
        let request = TableRequest::take(&mut Parameters::parse(Some("v")), COLUMNS).expect("valid");
        let Content::Text(text) = request.answer(rows).content else { panic!("a text") };
        insta::assert_snapshot!(text, @r"
        health status index uuid pri rep docs.count docs.deleted store.size pri.store.size
        green  open   a     01J    1   0          7            2        2kb            2kb
        red    open   b
        ");
    }
}
