//! Whether a split may have matches, as far as the manifest can tell.

use std::ops::Bound;

use quidditch_index::{Field, FieldKind, FieldValue, Mapping, RangeEdge, RangeOptions, SplitValues};
use serde_json::Value as Json;

use crate::columns::ComputedFields;
use crate::functions::{BoundCall, ChainStage};

/// A split, and what a clause needs to interpret its own values.
pub(crate) struct Pruner<'a> {
    pub(crate) mapping: &'a Mapping,
    /// What `now` means in dates: milliseconds since the Unix epoch.
    pub(crate) now_millis: i64,
    pub(crate) split: SplitValues<'a>,
    /// The functions that the request calls, in the order in which they were parsed.
    pub(crate) calls: &'a [BoundCall],
    /// Which of them clauses call one after another.
    pub(crate) chains: &'a [Vec<ChainStage>],
    /// The fields that the request computes, of whose values the manifest knows nothing.
    pub(crate) computed: &'a ComputedFields,
}

impl Pruner<'_> {
    /// Whether the filters of a clause may keep a document, as far as they announced in what they can match.
    pub(crate) fn may_keep(&self, chain: usize) -> bool {
        self.chains[chain].iter().all(|stage| self.filter_may_keep(stage.call))
    }

    fn filter_may_keep(&self, call: usize) -> bool {
        let BoundCall::Filter(filter) = &self.calls[call] else { return true };
        filter.ranges().iter().all(|(column, range)| {
            self.split.extent(column).is_some_and(|(least, greatest)| range.meets(least, greatest))
        })
    }

    /// A field of the mapping, if the request does not compute it.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        if self.computed.contains(name) { None } else { self.mapping.field(name) }
    }

    /// Whether a field may have a value between two bounds.
    pub(crate) fn may_have(&self, field: &Field, lower: &Bound<FieldValue>, upper: &Bound<FieldValue>) -> bool {
        match field.kind() {
            kind if kind.is_integer() || kind.is_float() || matches!(kind, FieldKind::Date { .. }) => {
                let column = field.column_name().expect("numbers have a column");
                self.split.may_have(column, lower, upper)
            }
            _ => true,
        }
    }

    /// Whether a field may have a value that a request gives as JSON. Planning refuses values that the field cannot have.
    pub(crate) fn may_have_value(&self, field: &str, json: &Json) -> bool {
        if self.computed.contains(field) {
            return true;
        }
        if field == "_id" {
            return json.as_str().is_none_or(|id| self.split.may_have_id(id));
        }
        let Some(field) = self.mapping.field(field) else { return false };
        if let FieldKind::Date { .. } = field.kind() {
            let options = RangeOptions { now_millis: self.now_millis, ..RangeOptions::default() };
            let bound = |edge| field.range_bound(edge, json, &options);
            let bounds = (bound(RangeEdge::GreaterOrEqual), bound(RangeEdge::LessOrEqual));
            return match bounds {
                (Ok(lower), Ok(upper)) => self.may_have(field, &lower, &upper),
                _ => true,
            };
        }
        match field.query_value(json, self.now_millis) {
            Ok(Some(value)) => {
                let bound = Bound::Included(value);
                self.may_have(field, &bound, &bound)
            }
            Ok(None) => false,
            Err(_) => true,
        }
    }
}
