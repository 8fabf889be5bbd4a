//! `/_field_caps` and `/{index}/_field_caps`: the types of fields, and what they can be used for.

use std::collections::{BTreeMap, BTreeSet};

use quidditch_engine::{Matches, SearchRequest};
use quidditch_index::{Cost, FeatureForm, Field, FieldKind, KeywordForm, Mapping, Snapshot, parse_json};
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;
use crate::name_patterns::NamePatterns;
use crate::targets::Target;

/// What fields of one type can be used for, and which indices have them.
struct Capability<'a> {
    is_searchable: bool,
    is_aggregatable: bool,
    indices: Vec<&'a str>,
}

/// Fields that every index has.
const METADATA: [(&str, bool, bool); 3] =
    [("_field_names", true, false), ("_id", true, true), ("_source", false, false)];

/// Describes the fields of indices that match a list of names and patterns.
pub(crate) async fn field_caps(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let Call { path, mut parameters, body, .. } = call;
    let options = IndicesOptions::take(&mut parameters, IndicesOptions::DEFAULT)?;
    let fields = parameters.take("fields")?.filter(|fields| !fields.is_empty());
    let fields = fields.ok_or_else(|| ApiError::Argument("specified fields can't be null or empty".to_owned()))?;
    let shows_unmapped = parameters.take_flag("include_unmapped")?;
    parameters.finish(&path)?;
    let filter = parse_filter(service, &body)?;
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    let mut snapshots: Vec<&Snapshot> = Vec::new();
    for target in &targets {
        if may_match(service, target, filter.as_ref()).await? {
            snapshots.push(&target.snapshot);
        }
    }
    let mut types = capabilities(&snapshots, &NamePatterns::parse(&fields));
    if shows_unmapped {
        add_unmapped(&mut types, &snapshots);
    }
    let described: Map<String, Json> = types.iter().map(|(name, types)| (name.clone(), describe(types))).collect();
    let names: Vec<&str> = snapshots.iter().map(|snapshot| snapshot.name()).collect();
    Ok(Answer::json(&json!({ "indices": names, "fields": described })))
}

/// Reads `{"index_filter": {...}}`.
fn parse_filter(service: &Service, body: &str) -> Result<Option<SearchRequest>, ApiError> {
    if body.trim().is_empty() {
        return Ok(None);
    }
    let parsing = |reason: String| ApiError::Mistake { kind: "parsing_exception", reason };
    let json = parse_json(body).map_err(|error| parsing(format!("the request is not valid JSON: {error}")))?;
    let Some(object) = json.as_object() else { return Err(parsing("the request must be an object".to_owned())) };
    if let Some(key) = object.keys().find(|key| *key != "index_filter") {
        return Err(parsing(format!("request does not support [{key}]")));
    }
    let Some(filter) = object.get("index_filter") else { return Ok(None) };
    let query = json!({ "query": filter }).to_string();
    let request = SearchRequest::parse_count(&query, service.engine.limits());
    Ok(Some(request.map_err(|error| ApiError::search("_field_caps", error))?))
}

async fn may_match(service: &Service, target: &Target, filter: Option<&SearchRequest>) -> Result<bool, ApiError> {
    let Some(filter) = filter else { return Ok(true) };
    match service.engine.check(&target.searched(), filter, service.functions.as_ref()).await {
        Ok(matches) => Ok(matches == Matches::Possible),
        Err(error) => Err(ApiError::failed_search(target.snapshot.name(), error)),
    }
}

type Types<'a> = BTreeMap<String, BTreeMap<String, Capability<'a>>>;

fn capabilities<'a>(snapshots: &[&'a Snapshot], wanted: &NamePatterns) -> Types<'a> {
    let mut types = Types::new();
    let mut add = |name: &str, kind: &str, is_searchable: bool, is_aggregatable: bool, index: &'a str| {
        let of_field = types.entry(name.to_owned()).or_default();
        let none = || Capability { is_searchable: true, is_aggregatable: true, indices: Vec::new() };
        let capability = of_field.entry(kind.to_owned()).or_insert_with(none);
        capability.is_searchable &= is_searchable;
        capability.is_aggregatable &= is_aggregatable;
        capability.indices.push(index);
    };
    for snapshot in snapshots {
        let (mapping, index) = (snapshot.mapping(), snapshot.name());
        let mut objects = BTreeSet::new();
        for (name, field) in mapping.named_fields().filter(|(name, _)| wanted.matches(name)) {
            let has_column = field.column_name().is_some() || field.point_columns().is_some();
            let is_aggregatable = has_column && (field.options().has_column || is_always_aggregatable(field));
            // Only single features can be queried, and stored queries by queries of their own.
            let is_searchable = field.options().has_terms
                && !matches!(
                    field.kind(),
                    FieldKind::RankFeature { form: FeatureForm::Many, .. } | FieldKind::Percolator | FieldKind::Binary
                );
            let kind = match field.kind() {
                // It is a number.
                FieldKind::TokenCount { .. } => "integer",
                kind => kind.type_name(),
            };
            add(name, kind, is_searchable, is_aggregatable, index);
            objects.extend(objects_around(mapping, name));
        }
        for name in mapping.computed_fields().keys().filter(|name| wanted.matches(name)) {
            add(name, "derived", false, true, index);
        }
        for object in objects {
            let is_nested =
                mapping.object_index(object).is_some_and(|object| mapping.object(object).nested().is_some());
            add(object, if is_nested { "nested" } else { "object" }, false, false, index);
        }
        for (name, is_searchable, is_aggregatable) in METADATA.into_iter().filter(|(name, ..)| wanted.matches(name)) {
            add(name, name, is_searchable, is_aggregatable, index);
        }
    }
    types
}

/// Whether values are in a column although the mapping says otherwise, or cannot say so.
fn is_always_aggregatable(field: &Field) -> bool {
    matches!(field.kind(), FieldKind::Keyword(options) if options.form != KeywordForm::Keyword)
}

/// The objects that a field is in.
fn objects_around<'a>(mapping: &Mapping, field: &'a str) -> impl Iterator<Item = &'a str> {
    let prefixes = field.match_indices('.').map(move |(end, _)| &field[..end]);
    prefixes.filter(move |prefix| mapping.has_object(prefix))
}

/// Adds the indices in which a field is missing that others have.
fn add_unmapped<'a>(types: &mut Types<'a>, snapshots: &[&'a Snapshot]) {
    for of_field in types.values_mut() {
        let has = |index: &str| of_field.values().any(|capability| capability.indices.contains(&index));
        let missing: Vec<&str> = snapshots.iter().map(|snapshot| snapshot.name()).filter(|index| !has(index)).collect();
        if !missing.is_empty() {
            let unmapped = Capability { is_searchable: false, is_aggregatable: false, indices: missing };
            of_field.insert("unmapped".to_owned(), unmapped);
        }
    }
}

/// Which indices have a type is only said if there are several.
fn describe(types: &BTreeMap<String, Capability<'_>>) -> Json {
    let described = types.iter().map(|(kind, capability)| {
        let mut json = json!({
            "type": kind,
            "searchable": capability.is_searchable,
            "aggregatable": capability.is_aggregatable,
        });
        if types.len() > 1 {
            json["indices"] = json!(capability.indices);
        }
        (kind.clone(), json)
    });
    Json::Object(described.collect())
}
