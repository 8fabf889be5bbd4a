//! Scripts that change documents: statements over `ctx`, whose lists and maps they change.
//!
//! Such a script runs for one document at a time, from the syntax tree: what it does differs from document to document, and writing
//! the document costs far more. Single values have the operators and methods of other scripts.

mod assignments;
mod check;
mod expressions;
mod heap;
mod interpreter;
mod item;
mod json;
mod members;
mod statements;
#[cfg(test)]
mod tests;

use quidditch_function::{Budget, Cause, FailurePhase, FunctionError};
use serde_json::{Map, Value as Json};

use crate::constant_script::ScriptRun;
use crate::failure::{Failure, Located};
use crate::language::Language;
use crate::limits::ScriptLimits;
use crate::parser::parse_script;
use crate::runnable_script::Source;
use crate::script::Script;
use crate::syntax::Script as Syntax;
use check::{Patterns, check};
use interpreter::Interpreter;

/// A script that changes documents.
pub struct DocumentScript {
    script: Syntax,
    patterns: Patterns,
    source: Source,
    limits: ScriptLimits,
}

impl DocumentScript {
    /// Reads a script.
    ///
    /// # Errors
    /// A mistake in it, or what of Painless is not supported.
    pub fn compile(language: Language, source: &str, limits: ScriptLimits) -> Result<Self, FunctionError> {
        let named = Source::from_script(&Script { language, source, params: &Map::new() });
        let parsed = match language {
            Language::Painless => parse_script(source, &limits),
            Language::Expression => {
                let reason = "scripts in [expression] cannot change documents: use [painless]";
                Err(Failure::argument(reason).at(0))
            }
        };
        match parsed.and_then(|script| check(&script).map(|patterns| (script, patterns))) {
            Ok((script, patterns)) => Ok(DocumentScript { script, patterns, source: named, limits }),
            Err(error) => Err(named.error(FailurePhase::Bind, error, None)),
        }
    }

    /// Runs it, and returns `ctx` as it is afterwards. The time that it takes is spent.
    ///
    /// # Errors
    /// Why it failed.
    pub fn run(
        &self,
        params: &Map<String, Json>,
        ctx: &Map<String, Json>,
        run: &ScriptRun,
    ) -> Result<Map<String, Json>, FunctionError> {
        let ScriptRun { clock, budget } = run;
        if budget.left().is_zero() {
            return Err(self.timed_out(budget));
        }
        let start = clock.monotonic();
        let result = self.change(params, ctx);
        budget.spend(clock.monotonic().saturating_sub(start));
        result.map_err(|error| self.source.error(FailurePhase::Run, error, None))
    }

    fn change(&self, params: &Map<String, Json>, ctx: &Map<String, Json>) -> Result<Map<String, Json>, Located> {
        let interpreter = Interpreter::new(&self.limits, &self.patterns, params, ctx);
        let mut interpreter = interpreter.map_err(|failure| failure.at(0))?;
        interpreter.run(&self.script.statements)?;
        interpreter.into_ctx().map_err(|failure| failure.at(0))
    }

    fn timed_out(&self, budget: &Budget) -> FunctionError {
        let cause = Cause::TimedOut { limit: budget.total() };
        FunctionError { function: self.source.id().clone(), phase: FailurePhase::Run, cause }
    }
}
