//! `PUT` and `DELETE` of templates.

use http::StatusCode;
use quidditch_index::Templates;
use quidditch_indexing::{TemplateError, update_templates};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, NamePatterns, Refusal};
use serde_json::json;

use super::component_template::ComponentTemplate;
use super::compose::{all_index_templates, compose};
use super::index_template::{IndexTemplate, check_name, invalid_template};
use crate::Writes;
use crate::aliases::check_alias;
use crate::body::required_object;
use crate::definition::IndexDefinition;
use crate::failure::indexing_failure;
use crate::parameters::take_change_parameters;

/// Whether a template may replace another one.
#[derive(Clone, Copy, PartialEq)]
enum Replace {
    Yes,
    No,
}

/// Stores an index template.
pub(crate) async fn put_index_template(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let name = call.name("name");
    let replace = take_parameters(&mut call)?;
    let template = IndexTemplate::read(required_object(&call)?)?;
    check_name(&name)?;
    template.check_patterns(&name)?;
    writes
        .change_templates(|templates| {
            if replace == Replace::No && templates.index_templates.contains_key(&name) {
                return Err(ApiError::Argument(format!("index template [{name}] already exists")));
            }
            check_components(&name, &template, templates)?;
            check_priority(&name, &template, templates)?;
            let whole = compose(templates, &template)?;
            check_definition(service, &whole).map_err(|error| {
                let reason = format!("composable template [{name}] template after composition is invalid: {error}");
                ApiError::Argument(reason)
            })?;
            templates.index_templates.insert(name.clone(), template.to_json());
            Ok(())
        })
        .await
}

/// Stores a component template.
pub(crate) async fn put_component_template(
    writes: &Writes,
    service: &Service,
    mut call: Call,
) -> Result<Answer, ApiError> {
    let name = call.name("name");
    let replace = take_parameters(&mut call)?;
    let component = ComponentTemplate::read(required_object(&call)?)?;
    check_name(&name)?;
    check_definition(service, &component.definition)?;
    writes
        .change_templates(|templates| {
            if replace == Replace::No && templates.component_templates.contains_key(&name) {
                return Err(ApiError::Argument(format!("component template [{name}] already exists")));
            }
            templates.component_templates.insert(name.clone(), component.to_json());
            // The templates that consist of it must stay valid.
            for (user, template) in all_index_templates(templates)? {
                if template.composed_of.contains(&name) {
                    check_definition(service, &compose(templates, &template)?).map_err(|error| {
                        let reason = format!(
                            "updating component template [{name}] results in invalid composable template [{user}] after \
                             templates are merged: {error}"
                        );
                        ApiError::Argument(reason)
                    })?;
                }
            }
            Ok(())
        })
        .await
}

/// Removes index templates.
pub(crate) async fn delete_index_template(writes: &Writes, mut call: Call) -> Result<Answer, ApiError> {
    let name = call.name("name");
    take_change_parameters(&mut call.parameters)?;
    call.finish()?;
    let patterns = NamePatterns::parse(&name);
    writes
        .change_templates(|templates| {
            let before = templates.index_templates.len();
            templates.index_templates.retain(|known, _| !patterns.matches(known));
            if templates.index_templates.len() == before { Err(missing_template(&name)) } else { Ok(()) }
        })
        .await
}

/// Removes component templates that no index template consists of.
pub(crate) async fn delete_component_template(writes: &Writes, mut call: Call) -> Result<Answer, ApiError> {
    let name = call.name("name");
    take_change_parameters(&mut call.parameters)?;
    call.finish()?;
    let patterns = NamePatterns::parse(&name);
    writes
        .change_templates(|templates| {
            let removed: Vec<String> =
                templates.component_templates.keys().filter(|known| patterns.matches(known)).cloned().collect();
            if removed.is_empty() {
                return Err(missing_template(&name));
            }
            let all = all_index_templates(templates)?;
            let is_used =
                |component: &&String| all.iter().any(|(_, template)| template.composed_of.contains(component));
            let used: Vec<&str> = removed.iter().filter(is_used).map(String::as_str).collect();
            if !used.is_empty() {
                let uses = |template: &IndexTemplate| removed.iter().any(|name| template.composed_of.contains(name));
                let users: Vec<&str> =
                    all.iter().filter(|(_, template)| uses(template)).map(|(name, _)| name.as_str()).collect();
                return Err(ApiError::Argument(format!(
                    "component templates [{}] cannot be removed as they are still in use by index templates [{}]",
                    used.join(", "),
                    users.join(", ")
                )));
            }
            templates.component_templates.retain(|known, _| !removed.contains(known));
            Ok(())
        })
        .await
}

impl Writes {
    async fn change_templates(
        &self,
        change: impl Fn(&mut Templates) -> Result<(), ApiError>,
    ) -> Result<Answer, ApiError> {
        match update_templates(&self.storage, change).await {
            Ok(()) => Ok(Answer::json(&json!({ "acknowledged": true }))),
            Err(TemplateError::Refused(error)) => Err(error),
            Err(TemplateError::Indexing(error)) => Err(indexing_failure(error)),
            Err(error @ TemplateError::TooMany) => Err(ApiError::Argument(error.to_string())),
        }
    }
}

fn take_parameters(call: &mut Call) -> Result<Replace, ApiError> {
    take_change_parameters(&mut call.parameters)?;
    let only_new = call.parameters.take_flag("create")?;
    call.parameters.take("cause")?;
    call.parameters.finish(&call.path)?;
    Ok(if only_new { Replace::No } else { Replace::Yes })
}

fn check_components(name: &str, template: &IndexTemplate, templates: &Templates) -> Result<(), ApiError> {
    let is_missing = |component: &&String| !templates.component_templates.contains_key(*component);
    let missing: Vec<&str> = template.composed_of.iter().filter(is_missing).map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.join(", ");
    let cause = format!("index template [{name}] specifies component templates [{missing}] that do not exist");
    Err(invalid_template(name, &cause))
}

/// It must be clear which template is for an index.
fn check_priority(name: &str, template: &IndexTemplate, templates: &Templates) -> Result<(), ApiError> {
    let all = all_index_templates(templates)?;
    let conflicts = |(other, known): &&(String, IndexTemplate)| {
        other != name && known.priority() == template.priority() && known.overlaps(template)
    };
    let conflicting: Vec<&(String, IndexTemplate)> = all.iter().filter(conflicts).collect();
    if conflicting.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = conflicting.iter().map(|(name, _)| name.as_str()).collect();
    let patterns: Vec<String> =
        conflicting.iter().map(|(name, template)| format!("{name} => [{}]", template.patterns.join(", "))).collect();
    Err(ApiError::Argument(format!(
        "index template [{name}] has index patterns [{}] matching patterns from existing templates [{}] with patterns ({}) that have \
         the same priority [{}], multiple index templates may not match during index creation, please use a different priority",
        template.patterns.join(", "),
        names.join(","),
        patterns.join(","),
        template.priority()
    )))
}

fn check_definition(service: &Service, definition: &IndexDefinition) -> Result<(), ApiError> {
    definition.mapping(service.engine().limits())?;
    for (alias, options) in &definition.aliases {
        check_alias(service, alias, options.options().filter.as_ref())?;
    }
    Ok(())
}

fn missing_template(name: &str) -> ApiError {
    let reason = format!("index_template [{name}] missing");
    Refusal::new(StatusCode::NOT_FOUND, "index_template_missing_exception", reason).into()
}
