//! The calls of a request and those that compute fields of the mapping, bound to their functions, and the fields that they compute.

use std::sync::Arc;

use crate::Error;
use crate::bind::Binder;
use crate::columns::{ComputedFields, PointSource};
use crate::functions::{BoundCall, FunctionCall, FunctionColumn};
use crate::progress::Progress;
use crate::request::{ComputedBy, ComputedFieldRequest};
use crate::search_request::{ComputedOfMapping, SearchRequest};

/// Bound calls, and the fields that some of them compute.
pub(crate) struct BoundCalls {
    /// Those of the request, and then those of the mapping.
    pub(crate) calls: Vec<BoundCall>,
    /// Those of the mapping, as they were before.
    pub(crate) of_mapping: Vec<FunctionCall>,
    pub(crate) computed: ComputedFields,
}

impl BoundCalls {
    /// Finds and binds the functions of all calls.
    pub(crate) async fn bind(
        binder: &Binder<'_>,
        request: &SearchRequest,
        of_mapping: ComputedOfMapping,
        progress: &Arc<Progress>,
    ) -> Result<Self, Error> {
        let ComputedOfMapping { fields, calls: of_mapping } = of_mapping;
        let mut calls = Vec::with_capacity(request.calls.len() + of_mapping.len());
        for call in request.calls.iter().chain(&of_mapping) {
            calls.push(binder.bind(call).await?);
        }
        let (of_request, last) = calls.split_at(request.calls.len());
        let mut computed = ComputedFields::default();
        add_computed(&mut computed, &request.computed, of_request, progress)?;
        add_computed(&mut computed, &fields, last, progress)?;
        Ok(BoundCalls { calls, of_mapping, computed })
    }
}

/// Adds fields that calls compute.
fn add_computed(
    computed: &mut ComputedFields,
    fields: &[ComputedFieldRequest],
    calls: &[BoundCall],
    progress: &Arc<Progress>,
) -> Result<(), Error> {
    for ComputedFieldRequest { field, calls: by } in fields {
        match by {
            ComputedBy::Values(call) => {
                computed.insert(FunctionColumn::field(calls[*call].values(), field, progress)?);
            }
            ComputedBy::Points { lat, lon } => {
                let axis = |call: usize| FunctionColumn::axis(calls[call].values(), field, progress);
                computed.insert_points(field.name(), PointSource { lat: axis(*lat)?, lon: axis(*lon)? });
            }
        }
    }
    Ok(())
}
