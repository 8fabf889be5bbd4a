//! The kinds of mistakes in a request.

/// What kind of mistake an error is about. Search clients distinguish them by the type of the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// An unknown key or query, or a value of the wrong type: `parsing_exception`.
    Parsing,
    /// The same inside an object whose mistakes have one type, such as a `bool` query or the options of a sort:
    /// `x_content_parse_exception`.
    Object,
    /// A value of the right type that is not allowed: `illegal_argument_exception`.
    Argument,
    /// A string that is not a number: `number_format_exception`.
    NumberFormat,
    /// A number out of the range of its key: `input_coercion_exception`.
    NumberRange,
    /// A point that cannot be read: `parse_exception`.
    Value,
    /// A date or a setting of a function that cannot be read, which is reported as a failure of a shard: `parse_exception`.
    Setting,
    /// Text that is not JSON, or JSON's `true`, `false` or number where another type is required: `json_parse_exception`.
    Json,
    /// An unknown name of something that is registered by name, such as a rescorer: `named_object_not_found_exception`.
    UnknownName,
    /// JSON that ends too early: `json_e_o_f_exception`.
    JsonEnd,
    /// A document that the index cannot have: `mapper_parsing_exception`.
    Document,
    /// One with a field that the index may not have: `strict_dynamic_mapping_exception`.
    StrictDocument,
    /// A query that the index cannot answer: `query_shard_exception`.
    Query,
    /// A template that cannot be used: `script_exception`.
    Template,
    /// An aggregation that cannot be computed: `aggregation_execution_exception`.
    Aggregation,
    /// A pipeline that cannot stand where it does, or reads what is not there, or keys that a request may not have together:
    /// `action_request_validation_exception`.
    Validation,
}

impl ErrorKind {
    /// Whether clients see this kind as the root cause of an error inside an [`ErrorKind::Object`]; otherwise they see the
    /// object as the root cause.
    pub fn is_root_cause(self) -> bool {
        matches!(self, ErrorKind::Parsing | ErrorKind::Object | ErrorKind::Value)
    }
}
