//! A compiled script with what it needs to run.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_function::{
    Batch, Budget, Cause, ColumnRequest, DocumentRef, FailurePhase, FunctionError, FunctionId, OutputLimits,
    ScriptFailure, check_columns, truncated,
};

use crate::compile;
use crate::evaluate::{Column, Deadline, Emitted, Stop, emit, evaluate};
use crate::failure::Located;
use crate::field::Fields;
use crate::language::Language;
use crate::limits::ScriptLimits;
use crate::program::Program;
use crate::purpose::Purpose;
use crate::script::Script;

/// Longest name of a script in errors and profiles, in bytes: the beginning of its source.
const NAME_BYTES: usize = 100;

/// The text of a script, for errors.
pub(crate) struct Source {
    language: Language,
    text: Arc<str>,
    id: FunctionId,
}

impl Source {
    pub(crate) fn from_script(script: &Script<'_>) -> Self {
        let id = FunctionId::new(truncated(script.source, NAME_BYTES), "");
        Source { language: script.language, text: Arc::from(script.source), id }
    }

    pub(crate) fn error(&self, phase: FailurePhase, error: Located, document: Option<DocumentRef>) -> FunctionError {
        let failure = ScriptFailure {
            language: self.language.name(),
            script: self.text.to_string(),
            offset: error.offset,
            kind: error.failure.kind,
            reason: error.failure.reason,
            document,
        };
        FunctionError { function: self.id.clone(), phase, cause: Cause::Script(Box::new(failure)) }
    }
}

/// A compiled script with what it needs to run.
pub(crate) struct RunnableScript {
    program: Program,
    source: Source,
    clock: Arc<dyn Clock>,
    limits: ScriptLimits,
    has_current_value: bool,
}

impl RunnableScript {
    pub(crate) fn compile(
        script: &Script<'_>,
        purpose: Purpose,
        fields: &dyn Fields,
        clock: &Arc<dyn Clock>,
        limits: ScriptLimits,
    ) -> Result<Self, FunctionError> {
        let source = Source::from_script(script);
        let id = source.id.clone();
        let program = compile::compile(script, purpose, fields, &limits)
            .map_err(|error| source.error(FailurePhase::Bind, error, None))?;
        check_columns(&program.columns, &OutputLimits::default()).map_err(|cause| FunctionError {
            function: id,
            phase: FailurePhase::Bind,
            cause,
        })?;
        let has_current_value = fields.current().is_some();
        Ok(RunnableScript { program, source, clock: Arc::clone(clock), limits, has_current_value })
    }

    /// Whether it is evaluated for each value of a field.
    pub(crate) fn has_current_value(&self) -> bool {
        self.has_current_value
    }

    pub(crate) fn id(&self) -> &FunctionId {
        &self.source.id
    }

    /// Whether it reads the scores of documents.
    pub(crate) fn needs_score(&self) -> bool {
        self.program.needs_score
    }

    /// The columns that each batch must have.
    pub(crate) fn columns(&self) -> &[ColumnRequest] {
        &self.program.columns
    }

    /// What it returns for the documents of a batch. The time that it takes is spent.
    pub(crate) fn run<'b>(&self, batch: &'b Batch, budget: &Budget) -> Result<Column<'b>, FunctionError> {
        self.within(budget, |deadline| evaluate(&self.program, batch, &self.limits, deadline))
    }

    /// What it emits for the documents of a batch. The time that it takes is spent.
    pub(crate) fn emit<'b>(&self, batch: &'b Batch, budget: &Budget) -> Result<Emitted<'b>, FunctionError> {
        self.within(budget, |deadline| emit(&self.program, batch, &self.limits, deadline))
    }

    fn within<T>(
        &self,
        budget: &Budget,
        run: impl FnOnce(&Deadline<'_>) -> Result<T, Stop>,
    ) -> Result<T, FunctionError> {
        let clock = &self.clock;
        let start = clock.monotonic();
        let deadline = Deadline { clock: &**clock, end: start + budget.left() };
        let result = if budget.left().is_zero() { Err(Stop::TimedOut) } else { run(&deadline) };
        budget.spend(clock.monotonic().saturating_sub(start));
        result.map_err(|stop| match stop {
            Stop::TimedOut => self.error(Cause::TimedOut { limit: budget.total() }),
            Stop::Failed { failure, at, row } => self.failure(failure.at(at), DocumentRef::BatchIndex(row)),
        })
    }

    /// The failure on a document.
    pub(crate) fn failure(&self, failure: Located, document: DocumentRef) -> FunctionError {
        self.source.error(FailurePhase::Run, failure, Some(document))
    }

    pub(crate) fn error(&self, cause: Cause) -> FunctionError {
        FunctionError { function: self.source.id.clone(), phase: FailurePhase::Run, cause }
    }
}
