//! Whether a script compiles for a context, before it is known with which index it will be used.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_expression::{EmittedKind, FieldType, Fields, Language, Script, ScriptLimits, ValueScript, ValuesOf};
use quidditch_function::{ColumnKind, FunctionError, Role, StoredScript};
use quidditch_service::writing::{ApiError, Refusal};
use serde_json::{Map, Value as Json, json};

/// The language of templates.
pub(super) const MUSTACHE: &str = "mustache";

/// The contexts in which scripts are called.
const CONTEXTS: [(&str, Context); 12] = [
    ("aggregation_selector", Context::Called(Role::Filter)),
    ("aggs", Context::Values(ValuesOf::Aggregation(ColumnKind::Floats))),
    ("bucket_aggregation", Context::Value),
    ("derived_field", Context::Values(ValuesOf::Field(EmittedKind::Values(ColumnKind::Floats)))),
    ("field", Context::Value),
    ("filter", Context::Called(Role::Filter)),
    ("number_sort", Context::Values(ValuesOf::NumberSort)),
    ("score", Context::Called(Role::Scorer)),
    ("script_heuristic", Context::Value),
    ("string_sort", Context::Values(ValuesOf::TextSort)),
    ("template", Context::Template),
    ("terms_set", Context::Values(ValuesOf::Minimum)),
];

#[derive(Clone, Copy, PartialEq)]
enum Context {
    Called(Role),
    Values(ValuesOf),
    Value,
    Template,
}

/// An index in which every field has the same type.
struct AllOf(FieldType);

impl Fields for AllOf {
    fn field_type(&self, _: &str) -> Option<FieldType> {
        Some(self.0)
    }
}

/// The context with this name, for the script that is stored under an id.
fn find(context: &str, id: &str) -> Result<Context, ApiError> {
    if let Some((_, found)) = CONTEXTS.iter().find(|(name, _)| *name == context) {
        return Ok(*found);
    }
    let known = CONTEXTS.map(|(name, _)| name).join(", ");
    let cause = Refusal::bad_request(
        "illegal_argument_exception",
        format!("Unknown context [{context}]; known contexts: {known}"),
    );
    let reason = format!("failed to parse/compile stored script [{id}]");
    Err(Refusal::bad_request("illegal_argument_exception", reason).caused_by(cause).into())
}

/// The role that a function must have for a context.
pub(super) fn role_in(context: &str, id: &str) -> Result<Role, ApiError> {
    match find(context, id)? {
        Context::Called(role) => Ok(role),
        Context::Values(_) => Ok(Role::Values),
        Context::Value | Context::Template => {
            Err(ApiError::Argument(format!("a function cannot be called in the context [{context}]")))
        }
    }
}

/// Compiles a script for a context. A mistake counts only if it is the same whatever types the fields have: those of the index are
/// not known yet.
pub(super) fn compile(stored: &StoredScript, id: &str, context: &str, clock: &Arc<dyn Clock>) -> Result<(), ApiError> {
    let context = find(context, id)?;
    let Some(language) = Language::from_name(&stored.lang).filter(|_| context != Context::Template) else {
        if (stored.lang == MUSTACHE) == (context == Context::Template) {
            return Ok(());
        }
        let reason = format!("a script in [{}] cannot be used in this context", stored.lang);
        return Err(ApiError::Argument(reason));
    };
    let mut failures: Vec<FunctionError> = Vec::new();
    for param in [json!(1), json!("a")] {
        let params = params_of(&stored.source, &param);
        let script = Script { language, source: &stored.source, params: &params };
        for kind in [FieldType::Float, FieldType::Keyword, FieldType::Date, FieldType::Boolean, FieldType::Point] {
            let (fields, limits) = (AllOf(kind), ScriptLimits::default());
            let compiled = match context {
                Context::Called(role) => script.compile(role, &fields, clock, limits).map(drop),
                Context::Values(of) => script.compile_values(of, &fields, clock, limits).map(drop),
                Context::Value | Context::Template => ValueScript::compile(&script, &fields, clock, limits).map(drop),
            };
            match compiled {
                Ok(()) => return Ok(()),
                Err(error) => failures.push(error),
            }
        }
    }
    let texts: Vec<String> = failures.iter().map(|error| error.cause.to_string()).collect();
    let is_same = texts.iter().all(|text| *text == texts[0]);
    match failures.into_iter().next().filter(|_| is_same) {
        Some(error) => Err(ApiError::Script(Box::new(error))),
        None => Ok(()),
    }
}

/// Parameters with all names that occur in a script: those of the request are not known yet.
fn params_of(source: &str, value: &Json) -> Map<String, Json> {
    let words = source.split(|character: char| !(character.is_alphanumeric() || character == '_'));
    words.filter(|word| !word.is_empty()).map(|word| (word.to_owned(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use quidditch_clock::ManualClock;

    use super::*;

    fn compiled(lang: &str, source: &str, context: &str) -> Result<(), ApiError> {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let (lang, source) = (lang.to_owned(), source.to_owned());
        compile(&StoredScript { lang, source, options: BTreeMap::new() }, "s", context, &clock)
    }

    #[test]
    fn scripts_are_compiled_without_an_index() {
        for source in
            ["doc['a'].value * params.x", "doc['k'].value.length()", "_score + params['y']", "params.tags.size()"]
        {
            assert!(compiled("painless", source, "score").is_ok(), "{source}");
        }
        for (context, source) in [
            ("aggs", "_value + 1"),
            ("aggregation_selector", "params.a > 1"),
            ("bucket_aggregation", "params.a / params.b"),
            ("derived_field", "emit(doc['a'].value)"),
            ("number_sort", "doc['a'].value"),
            ("script_heuristic", "params._subset_freq"),
            ("string_sort", "doc['k'].value"),
            ("terms_set", "params.num_terms"),
        ] {
            assert!(compiled("painless", source, context).is_ok(), "{source}");
        }
        assert!(compiled("expression", "doc['a'].value * x", "score").is_ok());
        assert!(compiled("mustache", "{{a}}", "template").is_ok());
    }

    #[test]
    fn mistakes_are_errors() {
        for (lang, source, context) in [
            ("painless", "doc['a'].value +", "score"),
            ("painless", "nope() + 1", "filter"),
            ("expression", "1 +", "score"),
            ("painless", "1", "aggregation_selector"),
            ("painless", "1 +", "aggs"),
            ("painless", "'a'", "number_sort"),
            ("painless", "1", "string_sort"),
        ] {
            assert!(matches!(compiled(lang, source, context), Err(ApiError::Script(_))), "{source}");
        }
        let error = |result: Result<(), ApiError>| result.expect_err("refused").to_string();
        insta::assert_snapshot!(error(compiled("painless", "1", "nope")), @"failed to parse/compile stored script [s]");
        insta::assert_snapshot!(error(compiled("mustache", "1", "score")), @"a script in [mustache] cannot be used in this context");
    }
}
