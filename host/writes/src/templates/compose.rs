//! What an index gets from the templates.

use quidditch_index::Templates;
use quidditch_service::writing::ApiError;
use serde_json::{Map, Value as Json};

use super::component_template::ComponentTemplate;
use super::index_template::IndexTemplate;
use crate::definition::IndexDefinition;

/// What a new index of this name gets from the template that is for it, if there is one.
///
/// # Errors
/// Stored templates that cannot be read any more.
pub(crate) fn definition_for(templates: &Templates, index: &str) -> Result<IndexDefinition, ApiError> {
    let all = all_index_templates(templates)?;
    match best(&all, index) {
        Some((_, template)) => compose(templates, template),
        None => Ok(IndexDefinition::default()),
    }
}

/// All index templates with their names.
pub(super) fn all_index_templates(templates: &Templates) -> Result<Vec<(String, IndexTemplate)>, ApiError> {
    let read = |(name, json): (&String, &Json)| Ok((name.clone(), IndexTemplate::read(object(json))?));
    templates.index_templates.iter().map(read).collect()
}

/// The template for an index of this name: of several, the one with the highest priority.
pub(super) fn best<'a>(all: &'a [(String, IndexTemplate)], index: &str) -> Option<&'a (String, IndexTemplate)> {
    all.iter().filter(|(_, template)| template.is_for(index)).max_by_key(|(_, template)| template.priority())
}

/// What a template and its components say. Later components take precedence, and the template itself over all.
pub(super) fn compose(templates: &Templates, template: &IndexTemplate) -> Result<IndexDefinition, ApiError> {
    let mut whole = IndexDefinition::default();
    for name in &template.composed_of {
        if let Some(component) = templates.component_templates.get(name) {
            whole.extend(ComponentTemplate::read(object(component))?.definition);
        }
    }
    whole.extend(template.own());
    Ok(whole)
}

fn object(json: &Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap_or_default()
}
