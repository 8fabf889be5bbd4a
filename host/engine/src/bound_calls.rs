//! The calls of a request, of search profiles, and those that compute fields of the mapping, bound to their functions, and the fields
//! that they compute.

use std::sync::Arc;

use crate::Error;
use crate::bind::Binder;
use crate::columns::{ComputedFields, PointSource};
use crate::functions::{BoundCall, Chain, ChainStage, FunctionCall, FunctionColumn};
use crate::limits::Limits;
use crate::progress::Progress;
use crate::request::{ComputedBy, ComputedFieldRequest, too_many_functions_message};
use crate::search_profile::SearchProfileChain;
use crate::search_request::{ComputedOfMapping, SearchRequest};

/// Bound calls, and the fields that some of them compute.
pub(crate) struct BoundCalls {
    /// Those of the request, and then the others.
    pub(crate) calls: Vec<BoundCall>,
    /// Those that the request does not contain: of the mapping, and then of search profiles. As they were before.
    pub(crate) other_calls: Vec<FunctionCall>,
    /// Which functions clauses call one after another, in the order in which these were parsed.
    pub(crate) chains: Vec<Vec<ChainStage>>,
    pub(crate) computed: ComputedFields,
}

impl BoundCalls {
    /// Finds and binds the functions of all calls.
    pub(crate) async fn bind(
        binder: &Binder<'_>,
        request: &SearchRequest,
        of_mapping: ComputedOfMapping,
        limits: &Limits,
        progress: &Arc<Progress>,
    ) -> Result<Self, Error> {
        let ComputedOfMapping { fields, calls: mut other_calls } = of_mapping;
        let (of_request, of_mapping) = (request.calls.len(), other_calls.len());
        let mut chains = Vec::with_capacity(request.chains.len());
        for chain in &request.chains {
            chains.push(match chain {
                Chain::Stages(stages) => stages.clone(),
                Chain::SearchProfile(profile) => {
                    let SearchProfileChain { mut stages, calls } =
                        SearchProfileChain::read(profile, binder.functions, limits).await?;
                    stages.iter_mut().for_each(|stage| stage.call += of_request + other_calls.len());
                    other_calls.extend(calls);
                    // Those of the mapping do not count: the request does not name them.
                    if of_request + other_calls.len() - of_mapping > limits.max_functions {
                        return Err(Error::Argument(too_many_functions_message(limits)));
                    }
                    stages
                }
            });
        }
        let mut calls = Vec::with_capacity(of_request + other_calls.len());
        for call in request.calls.iter().chain(&other_calls) {
            calls.push(binder.bind(call).await?);
        }
        let mut computed = ComputedFields::default();
        add_computed(&mut computed, &request.computed, &calls[..of_request], progress)?;
        add_computed(&mut computed, &fields, &calls[of_request..of_request + of_mapping], progress)?;
        Ok(BoundCalls { calls, other_calls, chains, computed })
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
