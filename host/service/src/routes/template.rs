//! `/_search/template`, `/_render/template` and `/_msearch/template`: searches that are templates with parameters.

use quidditch_engine::RenderBudget;
use quidditch_index::parse_json;
use serde_json::json;

use super::msearch::{answer_all, answer_json, checked_pairs, parse};
use crate::Service;
use crate::accepted_parameters::take_msearch_parameters;
use crate::answer::{Answer, Content};
use crate::call::Call;
use crate::error::ApiError;
use crate::search_call::{AnswerStyle, SearchCall};
use crate::search_template::SearchTemplate;

/// Shows the search that a template becomes.
pub(crate) async fn render_template(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let Call { path, names, parameters, body, .. } = call;
    parameters.finish(&path)?;
    let mut budget = RenderBudget::new(service.settings().body_bytes);
    let rendered = SearchTemplate::read(service, &body, names.get("id")).await?.render(&mut budget)?;
    let json = parse_json(&rendered)
        .map_err(|error| ApiError::invalid_json(&format!("the rendered template [{rendered}]"), &error))?;
    Ok(Answer::json(&json!({ "template_output": json })))
}

/// Searches indices with a template.
pub(crate) async fn search_template(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let deadline = call.deadline;
    let mut budget = RenderBudget::new(service.settings().body_bytes);
    let body = SearchTemplate::read(service, &call.body, None).await?.search_body(&mut budget)?;
    let search = SearchCall::parse(service, expression, &body, call.parameters)?;
    let (response, profile) = search.run(service, deadline).await?;
    let content = Content::Json(answer_json(&response));
    Ok(Answer { profiles: Vec::from_iter(profile), content, ..Answer::text(String::new()) })
}

/// Answers several searches with templates. One whose template cannot be used has an error in place of an answer.
pub(crate) async fn msearch_template(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let of_path = call.indices();
    let Call { path, mut parameters, body, deadline, .. } = call;
    let style = AnswerStyle::take(&mut parameters)?;
    let at_a_time = take_msearch_parameters(&mut parameters)?;
    parameters.finish(&path)?;
    // All are rendered before the first search begins.
    let mut budget = RenderBudget::new(service.settings().body_bytes);
    let mut searches = Vec::new();
    for (header, body) in checked_pairs(&body, "msearch template")? {
        let template = SearchTemplate::read(service, body, None).await;
        let body = template.and_then(|template| template.search_body(&mut budget));
        searches.push(body.and_then(|body| parse(service, header, &body, &of_path, style)));
    }
    answer_all(service, searches, at_a_time, deadline).await
}
