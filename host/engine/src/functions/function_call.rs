//! A function as a request names it, or the script that it contains.

use std::collections::BTreeMap;

use quidditch_expression::Language;
use quidditch_function::Role;
use serde_json::{Map, Value as Json};

use super::on_error::OnError;
use super::values_for::ValuesFor;

/// A call of a function, before it is bound.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FunctionCall {
    pub(crate) function: CalledFunction,
    pub(crate) parameters: Map<String, Json>,
    pub(crate) role: Role,
    /// What a script computes values for, if that is its role.
    pub(crate) values: Option<ValuesFor>,
    /// What becomes of documents about which the function gives no answer.
    pub(crate) on_error: OnError,
    /// Names of scores of functions before it in its chain, which it may read as fields.
    pub(crate) inputs: Vec<String>,
    /// Where it is in the request, for the profile.
    pub(crate) path: String,
}

/// A script, and the language that it is written in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScriptSource {
    pub(crate) language: Language,
    pub(crate) source: String,
}

/// Stored scripts, by their ids.
pub(crate) type StoredScripts = BTreeMap<String, ScriptSource>;

/// What is called.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CalledFunction {
    Published {
        name: String,
        /// `None` takes the highest release.
        version: Option<String>,
    },
    Script {
        language: Language,
        source: String,
    },
    /// A stored script; if there is none of this id, a published function.
    Stored {
        id: String,
    },
}
