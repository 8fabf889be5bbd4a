//! `/_udf/_stats` and `/_udf/{name}/_stats`: what the calls of functions cost, and how they failed, since the start of the process.

use quidditch_function::Role;
use quidditch_supervision::{RoleStatistics, SupervisionSettings, TimeStatistics, VersionStatistics};
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// The statistics of all functions, or those of one.
pub(crate) async fn function_stats(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let name = call.names.get("name").map(str::to_owned);
    call.finish()?;
    let mut versions = service.supervisor().statistics();
    if let Some(name) = name {
        versions.retain(|version| version.function.name == name);
        if versions.is_empty() && !service.catalog.list().await?.iter().any(|published| published.name == name) {
            return Err(ApiError::UnknownFunction(name));
        }
    }
    let settings = service.supervisor().settings();
    let disabled: Vec<String> = settings.disabled.iter().map(ToString::to_string).collect();
    let functions: Vec<Json> = versions.iter().map(|version| version_json(version, settings)).collect();
    Ok(Answer::json(&json!({ "disabled": disabled, "functions": functions })))
}

fn version_json(version: &VersionStatistics, settings: &SupervisionSettings) -> Json {
    let VersionStatistics { function, is_disabled, circuit, times_opened, instances, roles } = version;
    let roles = roles.iter().map(|(role, statistics): &(Role, _)| (role.name().to_owned(), role_json(statistics)));
    let mut json = json!({
        "name": function.name,
        "version": function.version,
        "disabled": is_disabled,
        "circuit": { "state": circuit.name(), "opened": times_opened },
        "instances": { "current": instances, "max": settings.max_instances },
        "roles": Json::Object(roles.collect()),
    });
    if let Some(limit) = settings.max_calls_per_second {
        json["max_calls_per_second"] = limit.get().into();
    }
    json
}

fn role_json(statistics: &RoleStatistics) -> Json {
    let TimeStatistics { total_nanos, p50_nanos, p90_nanos, p99_nanos, max_nanos, counts: _ } = statistics.time;
    let errors = statistics.errors.iter().map(|error| (error.kind.name().to_owned(), error.count.into()));
    json!({
        "clauses": statistics.clauses,
        "calls": statistics.calls,
        "documents": statistics.documents,
        "cached_documents": statistics.cached_documents,
        "time_in_nanos": {
            "total": total_nanos, "p50": p50_nanos, "p90": p90_nanos, "p99": p99_nanos, "max": max_nanos,
        },
        "instances": { "made": statistics.instances_made, "reused": statistics.instances_reused },
        "errors": Map::from_iter(errors),
    })
}
