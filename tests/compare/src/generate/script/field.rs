//! Reading the values of a field in Painless.

use super::super::field_type::FieldType;
use super::super::schema::FieldSpec;
use super::writer::{Returned, Writer};

/// How often a value is read that may be missing.
const UNGUARDED: f64 = 0.02;

impl Writer<'_> {
    /// A field of one of these types.
    pub(super) fn field(&mut self, kinds: &[FieldType]) -> Option<FieldSpec> {
        let fields: Vec<&FieldSpec> = self.fields.iter().filter(|field| kinds.contains(&field.kind)).collect();
        (!fields.is_empty()).then(|| self.random.pick(&fields).clone())
    }

    /// The values of a field, in one of the ways to write it.
    pub(super) fn doc(&mut self, field: &FieldSpec) -> String {
        let path = &field.path;
        let is_name = path.chars().all(|letter| letter.is_ascii_alphanumeric());
        match self.random.below(10) {
            0 if is_name => format!("doc.{path}"),
            1 => format!("doc.get('{path}')"),
            2 => format!("doc[\"{path}\"]"),
            _ => format!("doc['{path}']"),
        }
    }

    /// A value of a field of one of these types, or `missing`.
    pub(super) fn value(&mut self, kinds: &[FieldType], missing: &str) -> String {
        let Some(field) = self.field(kinds) else { return missing.to_owned() };
        let doc = self.doc(&field);
        // Which documents count for `terms_set`, apart from its matches, follows from how a server is built.
        let unguarded = match self.script.returned {
            Returned::Terms => 0.0,
            _ if field.density >= 1.0 => 0.3,
            _ => UNGUARDED,
        };
        if self.random.chance(unguarded) {
            return format!("{doc}.value");
        }
        match self.random.below(9) {
            0 => format!("({doc}.empty ? {missing} : {doc}.value)"),
            1 => format!("({doc}.isEmpty() ? {missing} : {doc}.getValue())"),
            2 => format!("({doc}.length > 0 ? {doc}[0] : {missing})"),
            3 => format!("({doc}.size() > 1 ? {doc}.get(1) : {missing})"),
            4 => format!("({doc}.size() > 0 ? {doc}[{doc}.size() - 1] : {missing})"),
            5 => format!("({doc}.size() == 0 ? {missing} : {doc}[-1])"),
            _ => format!("({doc}.size() == 0 ? {missing} : {doc}.value)"),
        }
    }

    /// A number of values.
    pub(super) fn length(&mut self) -> String {
        let Some(field) = self.field(&FieldType::IN_SCRIPTS) else { return "2".to_owned() };
        let doc = self.doc(&field);
        self.random.pick(&[format!("{doc}.size()"), format!("{doc}.length")])
    }

    /// A part of a point, or a distance: the other server rounds points to a grid.
    pub(super) fn point(&mut self) -> Option<String> {
        if self.is_exact() {
            return None;
        }
        let field = self.field(&[FieldType::GeoPoint])?;
        let doc = self.doc(&field);
        Some(match self.random.below(8) {
            0 => format!("({doc}.size() == 0 ? 1.5 : {doc}.lat)"),
            1 => format!("({doc}.empty ? -2 : {doc}.getLon())"),
            2 => format!("({doc}.size() == 0 ? 0 : {doc}.value.lat)"),
            3 => format!("({doc}.size() == 0 ? -1 : {doc}.arcDistance(52, 12.5))"),
            4 => format!("({doc}.size() == 0 ? -1 : {doc}.planeDistance(52.25, 12))"),
            5 => format!("{doc}.arcDistanceWithDefault(-10, 170, -1)"),
            6 => format!("{doc}.planeDistanceWithDefault(51, 7, 5)"),
            _ => format!("({doc}.size() > 1 ? {doc}[1].lon : 3)"),
        })
    }
}
