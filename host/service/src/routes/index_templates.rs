//! `/_index_template` and `/_component_template`: the templates of indices.

use std::collections::BTreeMap;

use http::StatusCode;
use quidditch_index::{StoredTemplate, Templates, matches_pattern};
use serde_json::{Value as Json, json};

use crate::Service;
use crate::accepted_parameters::take_cluster_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// Index templates, all or those with a name.
pub(crate) async fn index_templates(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let (name, templates) = read(service, call).await?;
    list(name.as_deref(), &templates.index_templates, "index_template")
}

/// Component templates, all or those with a name.
pub(crate) async fn component_templates(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let (name, templates) = read(service, call).await?;
    list(name.as_deref(), &templates.component_templates, "component_template")
}

async fn read(service: &Service, mut call: Call) -> Result<(Option<String>, Templates), ApiError> {
    take_cluster_parameters(&mut call.parameters)?;
    call.parameters.take_flag("flat_settings")?;
    let name = call.names.get("name").map(str::to_owned);
    call.finish()?;
    let (templates, _) = Templates::read(service.snapshots.reader().storage()).await?;
    Ok((name, templates))
}

fn list(name: Option<&str>, templates: &BTreeMap<String, StoredTemplate>, kind: &str) -> Result<Answer, ApiError> {
    let is_wanted = |known: &str| name.is_none_or(|name| matches_pattern(name, known));
    let found: Vec<Json> = templates
        .iter()
        .filter(|(known, _)| is_wanted(known))
        .map(|(name, template)| json!({ "name": name, kind: template }))
        .collect();
    let status = match name {
        Some(name) if found.is_empty() && !name.contains('*') => {
            let kind = kind.replace('_', " ");
            return Err(ApiError::Missing(format!("{kind} matching [{name}] not found")));
        }
        Some(_) if found.is_empty() => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    let key = format!("{kind}s");
    Ok(Answer::json_with(status, &json!({ key: found })))
}
