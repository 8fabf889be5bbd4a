//! The fields that a function can read.

use std::sync::Arc;

use quidditch_function::{Cause, ColumnRequest, FunctionId};
use quidditch_index::Mapping;

use crate::Error;
use crate::columns::ColumnSource;
use crate::memory::Memory;

/// The fields that a function can read.
#[derive(Clone, Copy)]
pub(crate) struct FunctionFields<'a> {
    pub(crate) mapping: &'a Mapping,
    /// Names of scores of functions before it in its chain. They hide fields of the mapping.
    pub(crate) inputs: &'a [String],
}

impl FunctionFields<'_> {
    /// The columns that a function requests. Those of the axes of a point are not sorted, so that they belong together.
    pub(crate) fn column_sources(
        &self,
        requests: &[ColumnRequest],
        memory: &Arc<Memory>,
        function: &FunctionId,
    ) -> Result<Vec<ColumnSource>, Error> {
        let source = |request: &ColumnRequest| {
            let source = match self.inputs.iter().position(|input| *input == request.field) {
                Some(input) => ColumnSource::input(input, request, memory),
                None => ColumnSource::find(self.mapping, request, memory),
            };
            let source = source.map_err(|error| Error::binding(function, Cause::Unusable(error.to_string())))?;
            // The mapping does not list the axes of a point as fields.
            Ok(if self.mapping.field(&request.field).is_none() { source.in_index_order() } else { source })
        };
        requests.iter().map(source).collect()
    }
}
