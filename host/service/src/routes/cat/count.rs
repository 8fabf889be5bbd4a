//! `/_cat/count`: the number of documents.

use quidditch_index::Cost;

use super::table::{Cell, Column, TableRequest, column};
use super::time_of_day::time_cells;
use crate::Service;
use crate::accepted_parameters::take_table_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;

const COLUMNS: &[Column] = &[
    column("epoch", &["t", "time"], "seconds since 1970-01-01 00:00:00"),
    column("timestamp", &["ts", "hms", "hhmmss"], "time in HH:MM:SS"),
    column("count", &["dc", "docs.count", "docsCount"], "the document count"),
];

/// Counts the documents of indices.
pub(crate) async fn cat_count(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let request = TableRequest::take(&mut call.parameters, COLUMNS)?;
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    take_table_parameters(&mut call.parameters)?;
    call.finish()?;
    if let Some(help) = request.help() {
        return Ok(help);
    }
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    let count = targets.iter().map(|target| target.snapshot.documents()).sum();
    let [epoch, timestamp] = time_cells(service.clock.unix_millis());
    Ok(request.answer(vec![vec![epoch, timestamp, Cell::Number(count)]]))
}
