//! `/_mapping/field/{fields}` and `/{index}/_mapping/field/{fields}`: the mappings of fields.

use std::collections::BTreeMap;

use http::StatusCode;
use quidditch_index::Cost;
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::accepted_parameters::take_description_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;
use crate::name_patterns::NamePatterns;

/// The mappings of fields by their full names, in each of the indices.
pub(crate) async fn mapping_field(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let wanted = NamePatterns::parse(&call.name("fields"));
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    take_description_parameters(&mut call.parameters)?;
    call.finish()?;
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    let mut answer: BTreeMap<&str, Json> = BTreeMap::new();
    for target in &targets {
        let mut fields = Map::new();
        add_fields(&target.snapshot.mapping().to_json(), "", &wanted, &mut fields);
        answer.insert(target.snapshot.name(), json!({ "mappings": fields }));
    }
    let status = if answer.is_empty() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    Ok(Answer::json_with(status, &answer))
}

/// Adds the wanted fields below an object or a field.
fn add_fields(definition: &Json, name: &str, wanted: &NamePatterns, fields: &mut Map<String, Json>) {
    let prefix = if name.is_empty() { String::new() } else { format!("{name}.") };
    for key in ["properties", "fields", "derived"] {
        for (last, inner) in definition.get(key).and_then(Json::as_object).into_iter().flatten() {
            let full = format!("{prefix}{last}");
            // Objects are not fields. Their type may be left out.
            let is_field = inner.get("type").is_some_and(|kind| kind != "object" && kind != "nested");
            if is_field && wanted.matches(&full) {
                fields.insert(full.clone(), json!({ "full_name": full, "mapping": { last: inner } }));
            }
            add_fields(inner, &full, wanted, fields);
        }
    }
}
