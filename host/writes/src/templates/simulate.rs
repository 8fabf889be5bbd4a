//! `POST /_index_template/_simulate` and `_simulate_index`: what an index would get.

use quidditch_index::Templates;
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call};
use serde_json::{Value as Json, json};

use super::compose::{all_index_templates, best, compose};
use super::index_template::IndexTemplate;
use crate::Writes;
use crate::body::optional_object;
use crate::parameters::take_change_parameters;

/// The name of a template that is only in the request. No stored one has it.
const OF_REQUEST: &str = "_of_request";

/// What an index of a name would get from the templates, or from the one in the body.
pub(crate) async fn simulate_index(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let index = call.name("name");
    take_parameters(&mut call)?;
    let body = optional_object(&call)?;
    let (templates, _) = Templates::read(&writes.storage).await?;
    let mut all = all_index_templates(&templates)?;
    if !body.is_empty() {
        // The last one of the same priority counts.
        all.push((OF_REQUEST.to_owned(), IndexTemplate::read(body)?));
    }
    match best(&all, &index) {
        Some((name, template)) => answer(service, &templates, name, template, &all),
        None => Ok(Answer::json(&json!({}))),
    }
}

/// What an index would get from a stored template, or from the one in the body.
pub(crate) async fn simulate_template(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let name = call.names.get("name").map(str::to_owned);
    take_parameters(&mut call)?;
    let body = optional_object(&call)?;
    let (templates, _) = Templates::read(&writes.storage).await?;
    let all = all_index_templates(&templates)?;
    if !body.is_empty() {
        return answer(service, &templates, name.as_deref().unwrap_or(OF_REQUEST), &IndexTemplate::read(body)?, &all);
    }
    let Some(name) = name else {
        let reason = "either index name or index template body must be specified for simulation";
        return Err(ApiError::validation(reason));
    };
    match all.iter().find(|(known, _)| *known == name) {
        Some((name, template)) => answer(service, &templates, name, template, &all),
        None => Err(ApiError::Argument(format!("unable to simulate template [{name}] that does not exist"))),
    }
}

fn take_parameters(call: &mut Call) -> Result<(), ApiError> {
    take_change_parameters(&mut call.parameters)?;
    call.parameters.take_flag("create")?;
    call.parameters.take("cause")?;
    call.parameters.finish(&call.path)
}

fn answer(
    service: &Service,
    templates: &Templates,
    name: &str,
    template: &IndexTemplate,
    all: &[(String, IndexTemplate)],
) -> Result<Answer, ApiError> {
    let whole = compose(templates, template)?;
    whole.mapping(service.engine().limits())?;
    let overlapping: Vec<Json> = all
        .iter()
        .filter(|(other, known)| other != name && other != OF_REQUEST && known.overlaps(template))
        .map(|(other, known)| json!({ "name": other, "index_patterns": known.patterns }))
        .collect();
    Ok(Answer::json(&json!({ "template": whole.to_whole_json(), "overlapping": overlapping })))
}
