//! The functions that a script declares.

use std::sync::Arc;

use crate::failure::{Failure, Located};
use crate::program::FunctionBody;
use crate::syntax::Function;

/// A function while a script is compiled.
pub(super) struct Declared<'a> {
    pub(super) function: &'a Function,
    pub(super) state: State,
}

#[derive(Clone)]
pub(super) enum State {
    NotYet,
    /// It is being compiled: a call of it now is a recursion.
    Now,
    Compiled(Arc<FunctionBody>),
}

impl<'a> Declared<'a> {
    /// The functions of a script, which must have different names or different numbers of parameters.
    pub(super) fn list(functions: &'a [Function]) -> Result<Vec<Self>, Located> {
        for (index, function) in functions.iter().enumerate() {
            let is_same =
                |other: &&Function| other.name == function.name && other.parameters.len() == function.parameters.len();
            if functions[..index].iter().any(|other| is_same(&other)) {
                let count = function.parameters.len();
                let reason = format!("function [{}/{count}] is already defined", function.name);
                return Err(Failure::argument(reason).at(function.at));
            }
        }
        Ok(functions.iter().map(|function| Declared { function, state: State::NotYet }).collect())
    }
}
