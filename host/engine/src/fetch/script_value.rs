//! `script_fields`: a value that a script computes.

use std::sync::Arc;

use quidditch_expression::{Script, ScriptLimits, ValueScript};
use quidditch_function::{Batch, Budget, DocumentRef};
use serde_json::Value as Json;

use super::fetch_context::FetchContext;
use crate::Error;
use crate::columns::ColumnSource;
use crate::functions::{FunctionFields, ScriptFields, ScriptSource};
use crate::request::{ScriptField, ScriptFieldSource};

/// A value of a hit that a script computes.
pub(super) struct ScriptValue {
    pub(super) name: String,
    script: ValueScript,
    pub(super) columns: Vec<ColumnSource>,
    ignore_failure: bool,
    budget: Arc<Budget>,
}

impl ScriptValue {
    pub(super) fn new(field: &ScriptField, context: &FetchContext<'_, '_>) -> Result<Self, Error> {
        let ScriptField { name, script, parameters, ignore_failure } = field;
        let ScriptSource { language, source } = match script {
            ScriptFieldSource::Inline(source) => source,
            ScriptFieldSource::Stored(id) => &context.stored_scripts[id],
        };
        let script = Script { language: *language, source, params: parameters };
        let fields = ScriptFields { mapping: context.mapping(), index: context.snapshot.name(), inputs: &[] };
        let script =
            ValueScript::compile(&script, &fields, context.clock, ScriptLimits::default()).map_err(Error::Function)?;
        let fields = FunctionFields { mapping: context.mapping(), inputs: &[] };
        let columns = fields.column_sources(script.columns(), &context.shared.memory, script.id())?;
        Ok(ScriptValue {
            name: name.clone(),
            script,
            columns,
            ignore_failure: *ignore_failure,
            budget: Arc::clone(&context.shared.budget),
        })
    }

    /// The values for a batch of one document: those of a list, or the only one. `None` if the script fails and that is ignored.
    pub(super) fn values(&self, batch: &Batch, id: &str) -> Result<Option<Vec<Json>>, Error> {
        match self.script.values(batch, &self.budget) {
            Ok(values) => Ok(Some(match values.into_iter().next() {
                Some(Json::Array(items)) => items,
                Some(value) => vec![value],
                None => Vec::new(),
            })),
            // The time of the request is over for the other hits, too.
            Err(_) if self.ignore_failure && !self.budget.left().is_zero() => Ok(None),
            Err(mut error) => {
                if let Some(document) = error.cause.document_mut() {
                    *document = DocumentRef::Id(id.to_owned());
                }
                Err(Error::Function(error))
            }
        }
    }
}
