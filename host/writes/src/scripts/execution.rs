//! The body of `/_scripts/painless/_execute`: a script, and what it is run on.

use quidditch_expression::{Language, Script};
use quidditch_service::writing::ApiError;
use serde_json::{Map, Value as Json, json};

use crate::body::Keys;

/// A script that is to be run, and on what.
#[derive(Debug, PartialEq)]
pub(super) struct Execution {
    pub(super) script: InlineScript,
    pub(super) on: RunOn,
}

/// What a script is run on.
#[derive(Debug, PartialEq)]
pub(super) enum RunOn {
    /// On nothing: `painless_test`. An index that is named must exist.
    Nothing { index: Option<String> },
    /// On a document, as if it were in an index.
    Document { context: Context, index: String, document: Map<String, Json>, query: Option<Json> },
}

/// What the script computes of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Score,
    Filter,
}

/// A script with its source.
#[derive(Debug, PartialEq)]
pub(super) struct InlineScript {
    language: Language,
    source: String,
    params: Map<String, Json>,
}

/// The context without a document.
const TEST: &str = "painless_test";

impl Execution {
    /// Reads `{"script": ..., "context": ..., "context_setup": {"index": ..., "document": ..., "query": ...}}`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(body: Json) -> Result<Self, ApiError> {
        const WHAT: &str = "painless_execute_request";
        refuse_null(&body, WHAT)?;
        let mut keys = Keys::of(body, WHAT)?;
        let (script, setup) = (keys.take("script"), keys.take("context_setup"));
        let context = keys.take_text("context")?.unwrap_or_else(|| TEST.to_owned());
        keys.finish()?;
        let script = script.ok_or_else(|| ApiError::Argument("Required [script]".to_owned()))?;
        let script = InlineScript::read(script)?;
        let setup = Setup::read(setup.unwrap_or_else(|| json!({})))?;
        let on = match context.as_str() {
            TEST => RunOn::Nothing { index: setup.index },
            "score" => setup.document(Context::Score)?,
            "filter" => setup.document(Context::Filter)?,
            _ => {
                return Err(ApiError::object(format!(
                    "unsupported script context name [{context}]: use [{TEST}], [score] or [filter]"
                )));
            }
        };
        if matches!(on, RunOn::Nothing { .. }) && script.language == Language::Expression {
            let reason = format!("the context [{TEST}] does not support scripts in [expression]: use [painless]");
            return Err(ApiError::Argument(reason));
        }
        Ok(Execution { script, on })
    }
}

impl InlineScript {
    fn read(json: Json) -> Result<Self, ApiError> {
        refuse_null(&json, "script")?;
        let mut keys = Keys::of(json, "script")?;
        let (id, lang) = (keys.take_text("id")?, keys.take_text("lang")?);
        let (source, params) = (keys.take_text("source")?, keys.take_object("params")?.unwrap_or_default());
        keys.finish()?;
        if id.is_some() && lang.is_some() {
            return Err(ApiError::object("[script] illegally specified [lang] for a stored script"));
        }
        if id.is_some() {
            return Err(ApiError::validation("only inline scripts are supported"));
        }
        let Some(source) = source else {
            return Err(ApiError::object("[script] must specify [source], the text of a script"));
        };
        let lang = lang.as_deref().unwrap_or("painless");
        let Some(language) = Language::from_name(lang) else {
            return Err(ApiError::Argument(format!(
                "script_lang not supported [{lang}], use [painless] or [expression]"
            )));
        };
        Ok(InlineScript { language, source, params })
    }

    /// The script.
    pub(super) fn script(&self) -> Script<'_> {
        Script { language: self.language, source: &self.source, params: &self.params }
    }

    /// As a search names it.
    pub(super) fn to_json(&self) -> Json {
        json!({ "lang": self.language.name(), "source": self.source, "params": self.params })
    }
}

/// The `context_setup` of a request.
#[derive(Debug)]
struct Setup {
    index: Option<String>,
    document: Option<Map<String, Json>>,
    query: Option<Json>,
}

impl Setup {
    fn read(json: Json) -> Result<Self, ApiError> {
        const WHAT: &str = "execute_script_context";
        refuse_null(&json, WHAT)?;
        let mut keys = Keys::of(json, WHAT)?;
        let (index, document) = (keys.take_text("index")?, keys.take_object("document")?);
        let query = keys.take_object("query")?.map(Json::Object);
        keys.finish()?;
        Ok(Setup { index, document, query })
    }

    fn document(self, context: Context) -> Result<RunOn, ApiError> {
        let Setup { index, document, query } = self;
        match (index, document) {
            (Some(index), Some(document)) => Ok(RunOn::Document { context, index, document, query }),
            (None, _) => Err(ApiError::validation("index is a required parameter for current context")),
            (_, None) => Err(ApiError::validation("document is a required parameter for current context")),
        }
    }
}

/// Rejects an object with a null, which elsewhere counts as absent.
fn refuse_null(json: &Json, name: &str) -> Result<(), ApiError> {
    let null = json.as_object().into_iter().flatten().find(|(_, value)| value.is_null());
    null.map_or(Ok(()), |(key, _)| Err(ApiError::object(format!("[{name}] [{key}] must not be null"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_runs_on_nothing_or_on_a_document() {
        let read = |json: Json| Execution::read(json).expect("valid").on;
        assert_eq!(read(json!({ "script": { "source": "1" } })), RunOn::Nothing { index: None });
        let setup = json!({ "index": "a", "document": { "n": 1 } });
        let on = read(json!({ "script": { "source": "1" }, "context": "score", "context_setup": setup }));
        let document = json!({ "n": 1 }).as_object().cloned().expect("an object");
        let expected = RunOn::Document { context: Context::Score, index: "a".to_owned(), document, query: None };
        assert_eq!(on, expected);
    }

    #[test]
    fn mistakes_are_named() {
        let error = |json: Json| Execution::read(json).expect_err("refused").to_string();
        let script = json!({ "source": "1" });
        insta::assert_snapshot!(error(json!([])), @"[painless_execute_request] must be an object, but is [[]]");
        insta::assert_snapshot!(error(json!({})), @"Required [script]");
        insta::assert_snapshot!(error(json!({ "script": "1" })), @r#"[script] must be an object, but is ["1"]"#);
        insta::assert_snapshot!(error(json!({ "script": null })), @"[painless_execute_request] [script] must not be null");
        insta::assert_snapshot!(error(json!({ "script": {} })), @"[script] must specify [source], the text of a script");
        insta::assert_snapshot!(error(json!({ "script": { "id": "s" } })), @"Validation Failed: 1: only inline scripts are supported;");
        insta::assert_snapshot!(error(json!({ "script": { "source": "1", "options": {} } })), @"[script] unknown field [options]");
        insta::assert_snapshot!(
            error(json!({ "script": { "source": "1", "lang": "expression" } })),
            @"the context [painless_test] does not support scripts in [expression]: use [painless]"
        );
        insta::assert_snapshot!(
            error(json!({ "script": script, "context": "ingest" })),
            @"unsupported script context name [ingest]: use [painless_test], [score] or [filter]"
        );
        insta::assert_snapshot!(
            error(json!({ "script": script, "context": "score" })),
            @"Validation Failed: 1: index is a required parameter for current context;"
        );
        insta::assert_snapshot!(
            error(json!({ "script": script, "context": "filter", "context_setup": { "index": "a" } })),
            @"Validation Failed: 1: document is a required parameter for current context;"
        );
        insta::assert_snapshot!(
            error(json!({ "script": script, "context_setup": { "foo": 1 } })),
            @"[execute_script_context] unknown field [foo]"
        );
    }
}
