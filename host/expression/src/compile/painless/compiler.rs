//! What is known while a script is compiled.

use serde_json::{Map, Value as Json};

use super::super::columns::Columns;
use super::declared::Declared;
use super::variables::{Scope, Variables};
use crate::field::Fields;
use crate::purpose::Purpose;
use crate::syntax::TypeName;
use crate::value::Value;

/// Compiles a script. Each part of the language has a file next to this one.
pub(super) struct Compiler<'a> {
    pub(super) purpose: Purpose,
    pub(super) fields: &'a dyn Fields,
    pub(super) params: &'a Map<String, Json>,
    pub(super) columns: Columns,
    pub(super) variables: Variables,
    /// The parameters, if the script has mentioned them.
    pub(super) converted_params: Option<Value>,
    pub(super) needs_score: bool,
    pub(super) functions: Vec<Declared<'a>>,
    pub(super) scope: Scope,
    /// The type that the script, or the function that is being compiled, returns.
    pub(super) returns: TypeName,
}
