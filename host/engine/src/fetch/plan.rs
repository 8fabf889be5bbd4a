//! What is read of hits, planned for one index.

use std::collections::{BTreeMap, BTreeSet};

use quidditch_index::{Field, matches_pattern};

use super::column_value::ColumnValue;
use super::fetch_context::FetchContext;
use super::field_value::FieldValues;
use super::highlight::{self, HighlightedField};
use super::script_value::ScriptValue;
use crate::Error;
use crate::request::{FetchOptions, FieldPattern, ShownRevision, SourceFilter};
use crate::source_paths::SourcePaths;

/// What is read of each hit.
pub(crate) struct FetchPlan<'a> {
    pub(super) shows_id: bool,
    pub(super) revision: ShownRevision,
    pub(super) source: SourceFilter,
    pub(super) fields: Vec<FieldValues<'a>>,
    pub(super) columns: Vec<ColumnValue>,
    pub(super) scripts: Vec<ScriptValue>,
    pub(super) highlights: Vec<HighlightedField<'a>>,
}

impl<'a> FetchPlan<'a> {
    /// # Errors
    /// What the options ask for is not in the index, or is over a limit, or a script has a mistake.
    pub(crate) fn new(options: &FetchOptions, context: &FetchContext<'a, '_>) -> Result<Self, Error> {
        let source = options.source();
        if options.wants_nothing_stored() {
            let refused =
                |what: &str| Err(Error::shard_argument(format!("[stored_fields] cannot be disabled if {what}")));
            if source != SourceFilter::None {
                return refused("[_source] is requested");
            }
            if !options.fields.is_empty() {
                return refused("[fields] are requested");
            }
        }
        check_count("docvalue_fields", options.docvalue_fields.len(), context.limits.max_docvalue_fields)?;
        check_count("fields", options.fields.len(), context.limits.max_fetched_fields)?;
        check_count("script_fields", options.script_fields.len(), context.limits.max_script_fields)?;
        let mut columns = Vec::new();
        for pattern in &options.docvalue_fields {
            if let Some(value) = ColumnValue::metadata(pattern)? {
                columns.push(value);
            }
            for (name, field) in matching(pattern, context) {
                columns.push(ColumnValue::new(name, field, pattern, context)?);
            }
            columns.extend(computed(pattern, context)?);
        }
        // What the request computes is in no source.
        let mut names: BTreeSet<String> = columns.iter().map(|value: &ColumnValue| value.name.clone()).collect();
        for pattern in &options.fields {
            for value in computed(pattern, context)? {
                if names.insert(value.name.clone()) {
                    columns.push(value);
                }
            }
        }
        let highlights = match &options.highlight {
            Some(highlight) => highlight::plan(highlight, context)?,
            None => Vec::new(),
        };
        Ok(FetchPlan {
            highlights,
            revision: options.revision,
            shows_id: !options.wants_nothing_stored(),
            source,
            fields: fields(&options.fields, context)?,
            columns,
            scripts: options
                .script_fields
                .iter()
                .map(|field| ScriptValue::new(field, context))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Whether values in the source are read.
    pub(super) fn reads_source(&self) -> bool {
        !self.fields.is_empty() || !self.highlights.is_empty()
    }

    /// Whether columns are read.
    pub(super) fn reads_columns(&self) -> bool {
        !self.columns.is_empty() || !self.scripts.is_empty() || self.revision.is_any()
    }
}

/// Of several patterns that match a field, the last one says how it is shown.
fn fields<'a>(patterns: &[FieldPattern], context: &FetchContext<'a, '_>) -> Result<Vec<FieldValues<'a>>, Error> {
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let paths = SourcePaths::new(context.mapping());
    let mut planned = BTreeMap::new();
    for pattern in patterns {
        for (name, field) in matching(pattern, context) {
            planned.insert(name, FieldValues::new(name, field, paths.of(field), pattern)?);
        }
    }
    Ok(planned.into_values().collect())
}

/// The names of fields and aliases that match a pattern, without those that are hidden by computed fields.
fn matching<'a>(pattern: &FieldPattern, context: &FetchContext<'a, '_>) -> Vec<(&'a str, &'a Field)> {
    let matches = |(name, _): &(&str, &Field)| matches(pattern, name) && !context.planner.computed.contains(name);
    context.mapping().named_fields().filter(matches).collect()
}

/// The computed fields whose names match a pattern.
fn computed(pattern: &FieldPattern, context: &FetchContext<'_, '_>) -> Result<Vec<ColumnValue>, Error> {
    let mut values = Vec::new();
    for computed in context.planner.computed.iter().filter(|computed| matches(pattern, computed.field.name())) {
        values.push(ColumnValue::computed(computed, pattern, context)?);
    }
    for (name, points) in context.planner.computed.iter_points().filter(|(name, _)| matches(pattern, name)) {
        values.push(ColumnValue::computed_points(name, points, pattern)?);
    }
    Ok(values)
}

fn matches(pattern: &FieldPattern, name: &str) -> bool {
    matches_pattern(&pattern.pattern, name)
}

fn check_count(key: &str, count: usize, limit: usize) -> Result<(), Error> {
    if count <= limit {
        return Ok(());
    }
    Err(Error::shard_argument(format!(
        "Trying to retrieve too many {key}. Must be less than or equal to: [{limit}] but was [{count}]"
    )))
}
