//! Why an operation was refused, as clients expect it.

use http::StatusCode;
use quidditch_index::{FieldError, GeoPointError, InvalidValue, ValueError};
use quidditch_indexing::{Conflict, DocumentError, Refused};
use quidditch_service::writing::{ApiError, Refusal};
use serde_json::{Map, Value as Json};

/// Why an operation was refused on a document of an index.
pub(crate) fn refused(index: &str, id: &str, refused: Refused) -> Refusal {
    match refused {
        Refused::Conflict(conflict) => version_conflict(index, id, conflict),
        Refused::Missing => {
            let reason = format!("[{id}]: document missing");
            of_shard(index, Refusal::new(StatusCode::NOT_FOUND, "document_missing_exception", reason))
        }
        Refused::Invalid(error) => invalid(id, &error),
        Refused::Failed(error) => match error.downcast::<Refusal>() {
            Ok(refusal) => *refusal,
            Err(error) => Refusal::bad_request("illegal_argument_exception", error.to_string()),
        },
    }
}

fn version_conflict(index: &str, id: &str, conflict: Conflict) -> Refusal {
    let reason = format!("[{id}]: version conflict, {conflict}");
    of_shard(index, Refusal::new(StatusCode::CONFLICT, "version_conflict_engine_exception", reason))
}

fn of_shard(index: &str, refusal: Refusal) -> Refusal {
    refusal.detail("index", index).detail("shard", "0")
}

/// Why a document cannot be indexed.
fn invalid(id: &str, error: &DocumentError) -> Refusal {
    let parsing = |reason: String| Refusal::bad_request("mapper_parsing_exception", reason);
    match error {
        DocumentError::UnknownField { key, object } => {
            let object = if object == "document" { "_doc" } else { object };
            let reason =
                format!("mapping set to strict, dynamic introduction of [{key}] within [{object}] is not allowed");
            Refusal::bad_request("strict_dynamic_mapping_exception", reason)
        }
        DocumentError::Value(ValueError { field, kind, reason }) => {
            let (cause, preview) = value_cause(reason);
            let text = match preview {
                Some(preview) => format!(
                    "failed to parse field [{field}] of type [{kind}] in document with id '{id}'. Preview of field's value: \
                     '{preview}'"
                ),
                None => format!("failed to parse field [{field}] of type [{kind}] in document with id '{id}'"),
            };
            parsing(text).caused_by(Refusal::bad_request(cause, reason.to_string()))
        }
        DocumentError::Query { reason, .. } => {
            let cause = Refusal::bad_request(reason.kind, reason.to_string());
            match reason.kind {
                "parsing_exception" | "query_shard_exception" => parsing("failed to parse".to_owned()).rooted_in(cause),
                _ => parsing("failed to parse".to_owned()).caused_by(cause),
            }
        }
        DocumentError::ObjectExpected { name, .. } => parsing(format!(
            "object mapping for [{name}] tried to parse field [{name}] as object, but found a concrete value"
        )),
        DocumentError::NotJson(mistake) if mistake.is_of_empty_text() => {
            parsing("failed to parse, document is empty".to_owned())
        }
        DocumentError::NotJson(mistake) => {
            let kind = if mistake.is_at_the_end() { "json_e_o_f_exception" } else { "json_parse_exception" };
            parsing("failed to parse".to_owned()).caused_by(Refusal::bad_request(kind, mistake.to_string()))
        }
        DocumentError::NotAnObject(_) | DocumentError::NotUtf8 => {
            let cause = Refusal::bad_request("not_x_content_exception", error.to_string());
            parsing("failed to parse".to_owned()).caused_by(cause)
        }
        DocumentError::Field(FieldError::Reserved { name }) => {
            let cause = parsing(format!(
                "Field [{name}] is a metadata field and cannot be added inside a document. Use the index API request parameters."
            ));
            parsing(format!("failed to parse field [{name}] of type [{name}] in document with id '{id}'"))
                .caused_by(cause)
        }
        DocumentError::EmptyId => {
            Refusal::bad_request("illegal_argument_exception", "if _id is specified it must not be empty")
        }
        DocumentError::Field(FieldError::TooManyFields { .. } | FieldError::TooDeep { .. })
        | DocumentError::NoContext { .. }
        | DocumentError::IdTooLong { .. } => Refusal::bad_request("illegal_argument_exception", error.to_string()),
        error => parsing(error.to_string()),
    }
}

/// The type of the cause, and the value as far as it is known.
fn value_cause(reason: &InvalidValue) -> (&'static str, Option<String>) {
    let shown = |excerpt: &String| Some(excerpt.trim_matches('"').to_owned());
    match reason {
        InvalidValue::NotANumber(value) => ("number_format_exception", shown(value)),
        InvalidValue::NeedsCoercion(value)
        | InvalidValue::NotAnAddress(value)
        | InvalidValue::OutOfRange(value)
        | InvalidValue::NotAScalar(value)
        | InvalidValue::NotABoolean(value)
        | InvalidValue::TooManyDigits(value)
        | InvalidValue::NotADate(value) => ("illegal_argument_exception", shown(value)),
        InvalidValue::Point(GeoPointError::Latitude(_) | GeoPointError::Longitude(_)) => {
            ("illegal_argument_exception", None)
        }
        InvalidValue::Point(_) => ("parse_exception", None),
        _ => ("illegal_argument_exception", None),
    }
}

/// The error of one of several operations, and its status.
pub(super) fn item_error(error: ApiError) -> (u64, Json) {
    let mut json = error.into_json();
    let status = json["status"].as_u64().unwrap_or(500);
    let mut error = json["error"].take();
    if let Some(error) = error.as_object_mut() {
        error.shift_remove("root_cause");
    }
    (status, error)
}

/// The result of one of several operations that was refused.
pub(super) fn failed_item(index: &str, id: Option<&str>, error: ApiError) -> Json {
    let (status, error) = item_error(error);
    let mut item = Map::new();
    item.insert("_index".to_owned(), index.into());
    item.insert("_id".to_owned(), id.map_or(Json::Null, Json::from));
    item.insert("status".to_owned(), status.into());
    item.insert("error".to_owned(), error);
    item.into()
}
