//! The columns that a program reads.

use quidditch_function::{ColumnKind, ColumnRequest};

#[derive(Default)]
pub(super) struct Columns {
    requests: Vec<ColumnRequest>,
    /// How many of these are not those of fields.
    own: usize,
}

impl Columns {
    /// Those of a script, before it is looked at. The first column is that of the current value, if there is one: it has one value
    /// where the same field has several.
    pub(super) fn with_current(current: Option<&ColumnRequest>) -> Self {
        let requests: Vec<_> = current.cloned().into_iter().collect();
        Columns { own: requests.len(), requests }
    }

    /// The number of a column, which is requested if it is not yet.
    pub(super) fn number(&mut self, field: &str, kind: ColumnKind) -> usize {
        let is_it = |request: &ColumnRequest| request.field == field && request.kind == kind;
        if let Some(number) = self.requests.iter().skip(self.own).position(is_it) {
            return self.own + number;
        }
        self.requests.push(ColumnRequest { field: field.to_owned(), kind });
        self.requests.len() - 1
    }

    /// The columns of latitudes and longitudes.
    pub(super) fn point(&mut self, field: &str) -> (usize, usize) {
        let mut axis = |name: &str| self.number(&format!("{field}.{name}"), ColumnKind::Floats);
        (axis("lat"), axis("lon"))
    }

    pub(super) fn into_requests(self) -> Vec<ColumnRequest> {
        self.requests
    }
}
