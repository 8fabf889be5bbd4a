//! What can be found wrong with a script before it runs: names, regular expressions, and what of Painless is not supported.

use std::collections::HashMap;

use regex::Regex;

use crate::compile::number_value;
use crate::failure::{Failure, Located};
use crate::java_regex::{self, Search};
use crate::members::{is_change, is_method};
use crate::statics::CLASSES;
use crate::syntax::{Access, Binary, Expr, ExprKind, Script, Statement, StatementKind};

/// Whether a statement is in a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loops {
    Outside,
    Inside,
}

/// The regular expressions of a script, by where they are in the source.
pub(super) type Patterns = HashMap<usize, Regex>;

/// Checks a script. Returns its regular expressions, so that they are compiled once for all documents.
pub(super) fn check(script: &Script) -> Result<Patterns, Located> {
    if let Some(function) = script.functions.first() {
        let what = format!("a function of the script's own ([{}])", function.name);
        return Err(Failure::unsupported_in_documents(what).at(function.at));
    }
    if script.statements.is_empty() {
        return Err(Failure::argument("the script has no statements").at(0));
    }
    let mut checker = Checker { names: Vec::new(), patterns: Patterns::new() };
    checker.block(&script.statements, Loops::Outside)?;
    Ok(checker.patterns)
}

struct Checker<'a> {
    /// The variables, from the outermost block to the innermost.
    names: Vec<&'a str>,
    patterns: Patterns,
}

impl<'a> Checker<'a> {
    fn block(&mut self, statements: &'a [Statement], loops: Loops) -> Result<(), Located> {
        let entered = self.names.len();
        for statement in statements {
            self.statement(statement, loops)?;
        }
        self.names.truncate(entered);
        Ok(())
    }

    fn statement(&mut self, statement: &'a Statement, loops: Loops) -> Result<(), Located> {
        let at = statement.at;
        match &statement.kind {
            StatementKind::Declare { name, value, .. } => {
                if let Some(value) = value {
                    self.expression(value)?;
                }
                self.declare(name, at)?;
            }
            StatementKind::Expression(expression) => {
                let is_statement = matches!(
                    expression.kind,
                    ExprKind::Assignment { .. }
                        | ExprKind::Step { .. }
                        | ExprKind::Method { .. }
                        | ExprKind::Call { .. }
                );
                if !is_statement {
                    let reason = "not a statement: the result of the expression is not used";
                    return Err(Failure::argument(reason).at(expression.at));
                }
                self.expression(expression)?;
            }
            StatementKind::Return(None) => {}
            StatementKind::Return(Some(value)) => {
                let reason = "Cannot cast from [def] to [void]: a script that changes documents returns nothing";
                return Err(Failure::cast(reason).at(value.at));
            }
            StatementKind::If { condition, yes, no } => {
                self.expression(condition)?;
                self.block(yes, loops)?;
                self.block(no, loops)?;
            }
            StatementKind::Loop { first, condition, body, after, .. } => {
                let entered = self.names.len();
                for statement in first {
                    self.statement(statement, loops)?;
                }
                for expression in [condition, after].into_iter().flatten() {
                    self.expression(expression)?;
                }
                self.block(body, Loops::Inside)?;
                self.names.truncate(entered);
            }
            StatementKind::ForEach { name, values, body, .. } => {
                self.expression(values)?;
                let entered = self.names.len();
                self.declare(name, at)?;
                self.block(body, Loops::Inside)?;
                self.names.truncate(entered);
            }
            StatementKind::Break | StatementKind::Continue if loops == Loops::Outside => {
                let what = if statement.kind == StatementKind::Break { "break" } else { "continue" };
                return Err(Failure::argument(format!("invalid {what} statement: not inside loop")).at(at));
            }
            StatementKind::Break | StatementKind::Continue => {}
        }
        Ok(())
    }

    fn declare(&mut self, name: &'a str, at: usize) -> Result<(), Located> {
        if self.is_known(name) {
            return Err(Failure::argument(format!("variable [{name}] is already defined")).at(at));
        }
        self.names.push(name);
        Ok(())
    }

    fn is_known(&self, name: &str) -> bool {
        matches!(name, "ctx" | "params") || self.names.contains(&name)
    }

    fn expressions(&mut self, expressions: &'a [Expr]) -> Result<(), Located> {
        expressions.iter().try_for_each(|expression| self.expression(expression))
    }

    fn expression(&mut self, expression: &'a Expr) -> Result<(), Located> {
        let at = expression.at;
        match &expression.kind {
            ExprKind::Number(number) => number_value(number, at).map(drop),
            ExprKind::Text(_) | ExprKind::Boolean(_) | ExprKind::Null => Ok(()),
            ExprKind::Name(name) if self.is_known(name) => Ok(()),
            ExprKind::Name(name) => Err(Failure::argument(format!("cannot resolve symbol [{name}]")).at(at)),
            ExprKind::Property { object, .. } => self.receiver(object),
            ExprKind::Method { object, name, arguments, .. } => {
                self.receiver(object)?;
                if !self.is_class(object) && !is_method(name) && !is_change(name) {
                    return Err(Failure::unsupported_in_documents(format_args!("the method [{name}]")).at(at));
                }
                match &arguments[..] {
                    [Expr { kind: ExprKind::Lambda { parameters, body }, .. }] => {
                        self.lambda(name, parameters, body, at)
                    }
                    arguments => self.expressions(arguments),
                }
            }
            ExprKind::Call { name, arguments } => {
                let reason = format!("Unknown call [{name}] with [{}] arguments.", arguments.len());
                Err(Failure::argument(reason).at(at))
            }
            ExprKind::Index { object, index } => {
                self.expression(object)?;
                self.expression(index)
            }
            ExprKind::Unary { operand, .. } | ExprKind::InstanceOf { operand, .. } | ExprKind::Cast { operand, .. } => {
                self.expression(operand)
            }
            ExprKind::Binary { operator: operator @ (Binary::Find | Binary::Match), left, right } => {
                self.expression(left)?;
                let ExprKind::Regex { pattern, flags } = &right.kind else {
                    let what = "a regular expression that is not a constant";
                    return Err(Failure::unsupported_in_documents(what).at(right.at));
                };
                let search = if *operator == Binary::Find { Search::Part } else { Search::Whole };
                let regex = java_regex::compile(pattern, flags, search).map_err(|failure| failure.at(right.at))?;
                self.patterns.insert(right.at, regex);
                Ok(())
            }
            ExprKind::Binary { operator: operator @ (Binary::Same | Binary::NotSame), .. } => {
                let what = format!("the comparison of identities with [{}]", operator.symbol());
                Err(Failure::unsupported_in_documents(what).at(at))
            }
            ExprKind::Binary { left, right, .. } | ExprKind::Elvis { left, right } => {
                self.expression(left)?;
                self.expression(right)
            }
            ExprKind::Conditional { condition, yes, no } => {
                self.expression(condition)?;
                self.expression(yes)?;
                self.expression(no)
            }
            ExprKind::List(items) | ExprKind::Map(items) => self.expressions(items),
            ExprKind::Regex { .. } => {
                Err(Failure::unsupported_in_documents("a regular expression that is not matched immediately").at(at))
            }
            ExprKind::Assignment { variable, value, .. } => {
                self.target(variable)?;
                self.expression(value)
            }
            ExprKind::Step { variable, .. } => self.target(variable),
            ExprKind::New { class, arguments } => match (class.as_str(), &arguments[..]) {
                ("ArrayList" | "HashMap", []) => Ok(()),
                ("ArrayList" | "HashMap", _) => {
                    Err(Failure::unsupported_in_documents(format_args!("a new [{class}] with arguments")).at(at))
                }
                _ => Err(Failure::unsupported_in_documents(format_args!("a new [{class}]")).at(at)),
            },
            ExprKind::Lambda { .. } => Err(Failure::unsupported_in_documents("a lambda").at(at)),
        }
    }

    fn is_class(&self, object: &Expr) -> bool {
        matches!(&object.kind, ExprKind::Name(name) if CLASSES.contains(&name.as_str()) && !self.is_known(name))
    }

    fn receiver(&mut self, object: &'a Expr) -> Result<(), Located> {
        if self.is_class(object) { Ok(()) } else { self.expression(object) }
    }

    fn lambda(&mut self, name: &str, parameters: &'a [String], body: &'a Expr, at: usize) -> Result<(), Located> {
        let ("removeIf", [parameter]) = (name, parameters) else {
            return Err(Failure::unsupported_in_documents(format_args!("a lambda as the argument of [{name}]")).at(at));
        };
        let entered = self.names.len();
        self.declare(parameter, at)?;
        self.expression(body)?;
        self.names.truncate(entered);
        Ok(())
    }

    /// The left side of an assignment.
    fn target(&mut self, target: &'a Expr) -> Result<(), Located> {
        let at = target.at;
        match &target.kind {
            ExprKind::Name(name) if matches!(name.as_str(), "ctx" | "params") => {
                Err(Failure::argument(format!("Variable [{name}] is read-only.")).at(at))
            }
            ExprKind::Name(_) | ExprKind::Index { .. } => self.expression(target),
            ExprKind::Property { access: Access::Plain, .. } => self.expression(target),
            ExprKind::Property { access: Access::NullSafe, .. } => {
                let reason = "invalid assignment: cannot assign a value to a null safe operation [?.]";
                Err(Failure::argument(reason).at(at))
            }
            _ => Err(Failure::argument("invalid assignment: cannot assign a value to this expression").at(at)),
        }
    }
}
