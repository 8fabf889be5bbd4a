//! The types of errors in requests.

use quidditch_engine::ErrorKind;

/// The type of an error of this kind.
pub(super) fn type_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Parsing => "parsing_exception",
        ErrorKind::Object => "x_content_parse_exception",
        ErrorKind::Argument => "illegal_argument_exception",
        ErrorKind::NumberFormat => "number_format_exception",
        ErrorKind::NumberRange => "input_coercion_exception",
        ErrorKind::Value | ErrorKind::Setting => "parse_exception",
        ErrorKind::UnknownName => "named_object_not_found_exception",
        ErrorKind::Json => "json_parse_exception",
        ErrorKind::JsonEnd => "json_e_o_f_exception",
        ErrorKind::Document => "mapper_parsing_exception",
        ErrorKind::StrictDocument => "strict_dynamic_mapping_exception",
        ErrorKind::Query => "query_shard_exception",
        ErrorKind::Template => "script_exception",
        ErrorKind::Aggregation => "aggregation_execution_exception",
        ErrorKind::Validation => "action_request_validation_exception",
    }
}
