//! Binding: finds the function of a call, checks the call against the function's metadata, and binds it to its arguments.

use std::sync::Arc;

use quidditch_function::{Cause, FunctionResolver, ParameterKind, Role, arguments_from_json};
use quidditch_index::Mapping;
use serde_json::Value as Json;

use crate::Error;
use crate::functions::{BoundCall, FilterFunction, FunctionCall, ScorerFunction, Shared};

pub(crate) async fn bind(
    call: &FunctionCall,
    functions: &dyn FunctionResolver,
    shared: &Shared,
    mapping: &Mapping,
) -> Result<BoundCall, Error> {
    let function = functions.find(&call.name, call.version.as_deref()).await.map_err(Error::Function)?;
    let metadata = function.metadata();
    let refuse = |cause: Cause| Error::binding(&metadata.id, cause);
    if !metadata.roles.contains(call.role) {
        return Err(refuse(Cause::missing_role(call.role)));
    }
    let arguments = arguments_from_json(&metadata.parameters, &call.parameters)
        .map_err(|error| refuse(Cause::InvalidArgument(error.to_string())))?;
    for parameter in metadata.parameters.iter().filter(|parameter| parameter.kind == ParameterKind::Field) {
        let field = call.parameters.get(&parameter.name).and_then(Json::as_str);
        if let Some(field) = field.filter(|field| mapping.field(field).is_none()) {
            let reason = format!("parameter [{}] names the unknown field [{field}]", parameter.name);
            return Err(refuse(Cause::InvalidArgument(reason)));
        }
    }
    Ok(match call.role {
        Role::Filter => BoundCall::Filter(Arc::new(FilterFunction::new(function, arguments, shared, mapping)?)),
        Role::Scorer => BoundCall::Scorer(Arc::new(ScorerFunction::new(function, arguments, shared, mapping)?)),
    })
}
