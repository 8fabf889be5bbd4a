//! Columns that are computed from others.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::computed_column::ComputedColumn;
use super::points::PointSource;
use quidditch_index::Field;

/// A field that the request computes.
pub(crate) struct ComputedField {
    /// What the values of a request for it mean: a field of the same name and type, which no index has.
    pub(crate) field: Field,
    pub(crate) column: Arc<dyn ComputedColumn>,
}

impl ComputedField {
    pub(crate) fn new(field: Field, column: Arc<dyn ComputedColumn>) -> Arc<Self> {
        Arc::new(ComputedField { field, column })
    }
}

/// The fields that a request computes, by name.
#[derive(Default)]
pub(crate) struct ComputedFields {
    fields: BTreeMap<String, Arc<ComputedField>>,
    points: BTreeMap<String, PointSource>,
}

impl ComputedFields {
    pub(crate) fn insert(&mut self, field: Arc<ComputedField>) {
        self.fields.insert(field.field.name().to_owned(), field);
    }

    /// Adds a field of points.
    pub(crate) fn insert_points(&mut self, name: &str, points: PointSource) {
        self.points.insert(name.to_owned(), points);
    }

    /// A field that is not of points.
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<ComputedField>> {
        self.fields.get(name)
    }

    pub(crate) fn points(&self, name: &str) -> Option<&PointSource> {
        self.points.get(name)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.points.is_empty()
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.fields.contains_key(name) || self.points.contains_key(name)
    }

    /// All that are not of points, by their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<ComputedField>> {
        self.fields.values()
    }

    /// Those of points, with their names.
    pub(crate) fn iter_points(&self) -> impl Iterator<Item = (&str, &PointSource)> {
        self.points.iter().map(|(name, points)| (name.as_str(), points))
    }
}
