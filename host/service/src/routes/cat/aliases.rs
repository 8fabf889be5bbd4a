//! `/_cat/aliases`: the indices of aliases.

use super::table::{Cell, Column, TableRequest, column};
use crate::Service;
use crate::accepted_parameters::{take_cluster_parameters, take_table_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;
use crate::name_patterns::NamePatterns;

const COLUMNS: &[Column] = &[
    column("alias", &["a"], "alias name"),
    column("index", &["i", "idx"], "index alias points to"),
    column("filter", &["f", "fi"], "filter"),
    column("routing.index", &["ri", "routingIndex"], "index routing"),
    column("routing.search", &["rs", "routingSearch"], "search routing"),
    column("is_write_index", &["w", "isWriteIndex"], "write index"),
];

/// Lists aliases, or those that the path names.
pub(crate) async fn cat_aliases(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let wanted = call.names.get("name").map(NamePatterns::parse);
    let request = TableRequest::take(&mut call.parameters, COLUMNS)?;
    IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    take_table_parameters(&mut call.parameters)?;
    take_cluster_parameters(&mut call.parameters)?;
    call.finish()?;
    if let Some(help) = request.help() {
        return Ok(help);
    }
    let aliases = service.names.aliases().await?;
    let nothing = || Cell::text("-");
    let mut rows = Vec::new();
    for (alias, indices) in &aliases.by_name {
        if wanted.as_ref().is_some_and(|wanted| !wanted.matches(alias)) {
            continue;
        }
        for (index, options) in indices {
            rows.push(vec![
                Cell::text(alias.as_str()),
                Cell::text(index.as_str()),
                if options.filter.is_some() { Cell::text("*") } else { nothing() },
                nothing(),
                nothing(),
                options.is_write_index.map_or_else(nothing, |is_write| Cell::Text(is_write.to_string())),
            ]);
        }
    }
    Ok(request.answer(rows))
}
