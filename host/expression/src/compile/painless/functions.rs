//! Functions of the script's own. Each is compiled once, when it is first called.

use std::sync::Arc;

use super::compiler::Compiler;
use super::declared::State;
use super::escapes::Place;
use super::item::Item;
use super::kind::{Kind, Typed};
use super::variables::{Change, Scope};
use crate::failure::{Failure, Located};
use crate::operations::CastKind;
use crate::program::{FunctionBody, Node, Operation};
use crate::syntax::Expr;

impl Compiler<'_> {
    /// The number of a function.
    pub(super) fn find_function(&self, name: &str, arguments: usize) -> Option<usize> {
        self.functions
            .iter()
            .position(|declared| declared.function.name == name && declared.function.parameters.len() == arguments)
    }

    /// Compiles the functions that were not called, for their mistakes.
    pub(super) fn compile_remaining_functions(&mut self) -> Result<(), Located> {
        for number in 0..self.functions.len() {
            self.function_body(number, self.functions[number].function.at)?;
        }
        Ok(())
    }

    pub(super) fn call_function(&mut self, number: usize, arguments: &[Expr], at: usize) -> Result<Typed, Located> {
        let function = self.functions[number].function;
        let mut nodes = Vec::with_capacity(arguments.len());
        for (argument, (of, _)) in arguments.iter().zip(&function.parameters) {
            match self.item_for(argument, *of)? {
                Item::Doc => {
                    return Err(Failure::unsupported("passing [doc] to a function of the script's own").at(argument.at));
                }
                item => nodes.push(self.as_value(item, argument.at)?.cast(*of, CastKind::Implicit)?.node),
            }
        }
        let body = self.function_body(number, at)?;
        Ok(Typed::new(Node::new(Operation::Call(body, nodes), at), Kind::from_type_name(function.returns)))
    }

    fn function_body(&mut self, number: usize, at: usize) -> Result<Arc<FunctionBody>, Located> {
        let function = self.functions[number].function;
        match &self.functions[number].state {
            State::Compiled(body) => return Ok(Arc::clone(body)),
            State::Now => {
                return Err(
                    Failure::unsupported(format_args!("a function that calls itself ([{}])", function.name)).at(at)
                );
            }
            State::NotYet => {}
        }
        self.functions[number].state = State::Now;
        let outer = self.variables.enter_function();
        let (outer_scope, outer_returns) = (self.scope, self.returns);
        (self.scope, self.returns) = (Scope::Function, function.returns);
        let mut parameters = Vec::with_capacity(function.parameters.len());
        for (of, name) in &function.parameters {
            parameters.push(self.variables.declare(name, *of, Change::Allowed, function.at)?);
        }
        let (statements, escapes) = self.block(&function.statements, Place::END)?;
        if !escapes.returns {
            let count = function.parameters.len();
            let reason = format!(
                "invalid function definition: not all paths provide a return value for function [{}] with [{count}] parameters",
                function.name
            );
            return Err(Failure::argument(reason).at(function.at));
        }
        (self.scope, self.returns) = (outer_scope, outer_returns);
        self.variables.leave_function(outer);
        let body = Arc::new(FunctionBody { parameters, statements });
        self.functions[number].state = State::Compiled(Arc::clone(&body));
        Ok(body)
    }
}
