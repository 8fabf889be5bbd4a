//! A compiled script as a function of the contract.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_function::{
    Argument, Batch, BoundFilter, BoundScorer, BoundValues, Budget, Cause, Column as BatchColumn, ColumnKind,
    ColumnRequest, FailurePhase, Function, FunctionError, Metadata, Role, check_scores,
};

use crate::compile;
use crate::computed_values;
use crate::evaluate::Column;
use crate::field::Fields;
use crate::limits::ScriptLimits;
use crate::runnable_script::{RunnableScript, Source};
use crate::script::Script;
use crate::value::Value;
use crate::values_of::ValuesOf;

impl Script<'_> {
    /// Compiles the script for one role and one mapping. The function has no parameters; its name is the beginning of the source.
    ///
    /// # Errors
    /// A mistake in the script, with its position.
    pub fn compile(
        &self,
        role: Role,
        fields: &dyn Fields,
        clock: &Arc<dyn Clock>,
        limits: ScriptLimits,
    ) -> Result<Arc<dyn Function>, FunctionError> {
        let runnable = RunnableScript::compile(self, role.into(), fields, clock, limits)?;
        Ok(Arc::new(CompiledScript::new(self, runnable, role, None)))
    }

    /// Checks what needs no mapping.
    ///
    /// # Errors
    /// A mistake in the syntax of the script, with its position.
    pub fn check_syntax(&self, limits: ScriptLimits) -> Result<(), FunctionError> {
        compile::check_syntax(self, &limits)
            .map_err(|error| Source::from_script(self).error(FailurePhase::Bind, error, None))
    }

    /// Compiles the script to compute values, for one mapping.
    ///
    /// # Errors
    /// As [`Script::compile`].
    pub fn compile_values(
        &self,
        values_of: ValuesOf,
        fields: &dyn Fields,
        clock: &Arc<dyn Clock>,
        limits: ScriptLimits,
    ) -> Result<Arc<dyn Function>, FunctionError> {
        let runnable = RunnableScript::compile(self, values_of.purpose(), fields, clock, limits)?;
        Ok(Arc::new(CompiledScript::new(self, runnable, Role::Values, Some(values_of))))
    }
}

struct CompiledScript {
    metadata: Metadata,
    runnable: Arc<RunnableScript>,
    /// What it computes values for, if it does.
    values_of: Option<ValuesOf>,
}

impl Function for CompiledScript {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn bind_filter(&self, _: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        self.check_role(Role::Filter)?;
        Ok(Box::new(BoundScript { runnable: Arc::clone(&self.runnable), budget: Arc::clone(budget) }))
    }

    fn bind_scorer(&self, _: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        self.check_role(Role::Scorer)?;
        Ok(Box::new(BoundScript { runnable: Arc::clone(&self.runnable), budget: Arc::clone(budget) }))
    }

    fn bind_values(&self, _: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundValues>, FunctionError> {
        self.check_role(Role::Values)?;
        let Some(values_of) = self.values_of else {
            return Err(self.runnable.error(Cause::missing_role(Role::Values)));
        };
        let script = BoundScript { runnable: Arc::clone(&self.runnable), budget: Arc::clone(budget) };
        Ok(Box::new(BoundValueScript { script, values_of }))
    }
}

impl CompiledScript {
    fn new(script: &Script<'_>, runnable: RunnableScript, role: Role, values_of: Option<ValuesOf>) -> Self {
        let summary = format!("A script in the language {}", script.language);
        let id = runnable.id().clone();
        let metadata = Metadata { id, summary, parameters: Vec::new(), roles: role.into(), memory_mib: 0 };
        CompiledScript { metadata, runnable: Arc::new(runnable), values_of }
    }

    fn check_role(&self, role: Role) -> Result<(), FunctionError> {
        if self.metadata.roles.contains(role) {
            return Ok(());
        }
        let function = self.metadata.id.clone();
        Err(FunctionError { function, phase: FailurePhase::Bind, cause: Cause::missing_role(role) })
    }
}

struct BoundScript {
    runnable: Arc<RunnableScript>,
    budget: Arc<Budget>,
}

impl BoundFilter for BoundScript {
    fn columns(&self) -> &[ColumnRequest] {
        self.runnable.columns()
    }

    fn keep(&mut self, batch: &Batch, keep: &mut Vec<u8>) -> Result<(), FunctionError> {
        keep.clear();
        match self.runnable.run(batch, &self.budget)? {
            Column::Booleans(values) => keep.extend(values.into_iter().map(u8::from)),
            other => keep.extend((0..batch.len).map(|row| u8::from(other.value(row) == Value::Boolean(true)))),
        }
        Ok(())
    }
}

impl BoundScorer for BoundScript {
    fn columns(&self) -> &[ColumnRequest] {
        self.runnable.columns()
    }

    fn needs_score(&self) -> bool {
        self.runnable.needs_score()
    }

    fn score(&mut self, batch: &Batch, scores: &mut Vec<f32>) -> Result<(), FunctionError> {
        scores.clear();
        match self.runnable.run(batch, &self.budget)? {
            Column::Doubles(values) => scores.extend(values.iter().map(|value| *value as f32)),
            other => scores.extend((0..batch.len).map(|row| other.value(row).as_double().unwrap_or(f64::NAN) as f32)),
        }
        // As in Java, -0 is not negative here.
        check_scores(scores).map_err(|cause| self.runnable.error(cause))
    }
}

struct BoundValueScript {
    script: BoundScript,
    values_of: ValuesOf,
}

impl BoundValues for BoundValueScript {
    fn columns(&self) -> &[ColumnRequest] {
        self.script.runnable.columns()
    }

    fn needs_score(&self) -> bool {
        self.script.runnable.needs_score()
    }

    fn kind(&self) -> ColumnKind {
        self.values_of.kind()
    }

    fn compute(&mut self, batch: &Batch, values: &mut BatchColumn) -> Result<(), FunctionError> {
        let BoundScript { runnable, budget } = &self.script;
        computed_values::compute(self.values_of, runnable, batch, budget, values)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use quidditch_clock::ManualClock;
    use quidditch_function::{DocumentRef, OutputLimits};
    use serde_json::{Map, json};

    use super::*;
    use crate::language::Language;
    use crate::test_documents::{Document, TestFields, batch};

    fn compile_with(source: &str, role: Role, limits: ScriptLimits) -> Result<Arc<dyn Function>, FunctionError> {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let params = json!({"min": 2}).as_object().cloned().unwrap_or_default();
        let script = Script { language: Language::Painless, source, params: &params };
        script.compile(role, &TestFields, &clock, limits)
    }

    fn budget(time: Duration) -> Arc<Budget> {
        Arc::new(Budget::new(time))
    }

    fn documents() -> [Document; 3] {
        [3, 1, 2].map(|n| Document {
            integers: [vec![n], vec![]],
            keywords: vec!["ab"],
            score: 0.5,
            ..Document::default()
        })
    }

    fn score(source: &str, limits: ScriptLimits) -> Result<Vec<f32>, FunctionError> {
        let function = compile_with(source, Role::Scorer, limits)?;
        let mut scorer = function.bind_scorer(&[], &budget(Duration::from_secs(1)))?;
        let mut scores = vec![7.0];
        scorer.score(&batch(&documents(), scorer.columns()), &mut scores)?;
        Ok(scores)
    }

    fn reason(error: FunctionError) -> String {
        match error.cause {
            Cause::Script(failure) => failure.reason,
            other => other.to_string(),
        }
    }

    #[test]
    fn a_script_filters_and_scores() {
        let function =
            compile_with("doc['n'].value >= params.min", Role::Filter, ScriptLimits::default()).expect("valid");
        let mut filter = function.bind_filter(&[], &budget(Duration::from_secs(1))).expect("binds");
        let mut keep = vec![9];
        filter.keep(&batch(&documents(), filter.columns()), &mut keep).expect("runs");
        assert_eq!(keep, [1, 0, 1]);
        assert!(function.bind_scorer(&[], &budget(Duration::from_secs(1))).is_err());

        assert_eq!(score("_score * doc['n'].value", ScriptLimits::default()).expect("runs"), [1.5, 0.5, 1.0]);
        assert_eq!(score("5", ScriptLimits::default()).expect("runs"), [5.0, 5.0, 5.0]);
    }

    #[test]
    fn only_scripts_that_use_the_score_need_it() {
        let needs_score = |source| {
            let function = compile_with(source, Role::Scorer, ScriptLimits::default()).expect("valid");
            function.bind_scorer(&[], &budget(Duration::from_secs(1))).expect("binds").needs_score()
        };
        assert_eq!(["_score + 1", "1"].map(needs_score), [true, false]);
    }

    #[test]
    fn an_invalid_score_names_its_document() {
        let error = score("doc['n'].value - 2", ScriptLimits::default()).expect_err("negative");
        insta::assert_snapshot!(error.cause, @"invalid score [-1] for document 1 of the batch: must be a finite non-negative number");
    }

    #[test]
    fn a_failure_has_its_place_and_its_document() {
        let error = score("10 / (doc['n'].value - 1)", ScriptLimits::default()).expect_err("a division by zero");
        assert_eq!((error.phase, error.function.name.as_str()), (FailurePhase::Run, "10 / (doc['n'].value - 1)"));
        let Cause::Script(failure) = error.cause else { panic!("another cause") };
        assert_eq!(failure.document, Some(DocumentRef::BatchIndex(1)));
        assert_eq!((failure.offset, failure.kind, failure.reason.as_str()), (0, "arithmetic_exception", "/ by zero"));
    }

    #[test]
    fn the_source_is_limited() {
        let limits = ScriptLimits { source_bytes: 5, ..ScriptLimits::default() };
        assert!(score("1 + 2", limits).is_ok());
        let error = score("1 + 20", limits).expect_err("too long");
        insta::assert_snapshot!(reason(error), @"scripts may have at most [5] bytes, but this one has [6]");
    }

    #[test]
    fn the_depth_is_limited() {
        let limits = ScriptLimits { depth: 3, ..ScriptLimits::default() };
        assert!(score("1 + 2 * 3", limits).is_ok());
        let error = score("1 + 2 * (3 - 4)", limits).expect_err("too deep");
        insta::assert_snapshot!(reason(error), @"the script is nested too deeply: at most 3 levels are allowed");
        assert!(score("((1))", limits).is_ok());
        assert!(score("(((1)))", limits).is_err());
        assert!(score("- - 1", limits).is_ok());
    }

    #[test]
    fn the_deepest_scripts_are_evaluated() {
        let limits = ScriptLimits::default();
        let sum = |terms: usize| vec!["doc['n'].value"; terms].join(" + ");
        // A field is two levels.
        assert_eq!(score(&sum(limits.depth - 2), limits).expect("valid"), [294.0, 98.0, 196.0]);
        assert!(score(&sum(limits.depth - 1), limits).is_err());
        let nested = |levels: usize| format!("{}1{}", "(".repeat(levels), ")".repeat(levels));
        assert!(score(&nested(limits.depth - 1), limits).is_ok());
        assert!(score(&nested(limits.depth), limits).is_err());
    }

    #[test]
    fn operations_are_limited() {
        let limits = ScriptLimits { operations: 3, ..ScriptLimits::default() };
        assert!(score("1 + 2", limits).is_ok());
        let error = score("1 + -x", limits).expect_err("too large");
        insta::assert_snapshot!(reason(error), @"the script is too large: at most 3 operations are allowed");
    }

    #[test]
    fn columns_are_limited() {
        let limits = OutputLimits::default();
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        struct Numbers;
        impl Fields for Numbers {
            fn field_type(&self, _: &str) -> Option<crate::field::FieldType> {
                Some(crate::field::FieldType::Integer)
            }
        }
        let compiled = |fields: usize| {
            let statements: Vec<String> = (0..fields).map(|field| format!("doc['f{field}'].size();")).collect();
            let source = format!("{} 1", statements.join(" "));
            let script = Script { language: Language::Painless, source: &source, params: &Map::new() };
            script.compile(Role::Scorer, &Numbers, &clock, ScriptLimits::default()).map(|_| ())
        };
        assert!(compiled(limits.columns).is_ok());
        let error = compiled(limits.columns + 1).expect_err("too many");
        insta::assert_snapshot!(error.cause, @"the function requested 65 columns; at most 64 are allowed");
    }

    #[test]
    fn the_strings_of_a_batch_are_limited() {
        // The documents have the same keyword: it is one string of three bytes.
        let source = "(doc['k'].value + 'c').length()";
        let limits = |batch_text_bytes| ScriptLimits { batch_text_bytes, ..ScriptLimits::default() };
        assert_eq!(score(source, limits(3)).expect("runs"), [3.0, 3.0, 3.0]);
        let error = score(source, limits(2)).expect_err("too long");
        insta::assert_snapshot!(reason(error), @"the strings and lists of the script are too long: at most 2 bytes are allowed for a batch");
    }

    #[test]
    fn the_lists_of_a_batch_are_limited() {
        // Three lists of one value. A loop over a field makes none.
        let bytes = 3 * size_of::<Value>();
        let limits = |batch_text_bytes| ScriptLimits { batch_text_bytes, ..ScriptLimits::default() };
        let source = "def n = 0; for (def x : [doc['n'].value]) { n += x } return n";
        assert_eq!(score(source, limits(bytes)).expect("runs"), [3.0, 1.0, 2.0]);
        assert!(score(source, limits(bytes - 1)).is_err());
        let source = "def n = 0; for (def x : doc['n']) { n += x } return n";
        assert_eq!(score(source, limits(0)).expect("runs"), [3.0, 1.0, 2.0]);
    }

    #[test]
    fn iterations_are_limited() {
        let limits = |iterations| ScriptLimits { iterations, ..ScriptLimits::default() };
        let source = "int n = 0; for (int i = 0; i < doc['n'].value; i++) { n += i; } return n";
        assert_eq!(score(source, limits(3)).expect("runs"), [3.0, 0.0, 1.0]);
        let error = score(source, limits(2)).expect_err("too many");
        let Cause::Script(failure) = error.cause else { panic!("another cause") };
        assert_eq!(
            (failure.kind, failure.offset, failure.document),
            ("painless_error", 11, Some(DocumentRef::BatchIndex(0)))
        );
        insta::assert_snapshot!(failure.reason, @"The maximum number of statements that can be executed in a loop has been reached. At most 2 iterations are allowed for a document");
        // The iterations of all loops are added.
        let nested = "int n = 0; while (n < 2) { int i = 0; while (i < 2) { i++; } n++; } return n";
        assert!(score(nested, limits(6)).is_ok() && score(nested, limits(5)).is_err());
    }

    /// A clock that goes on by a millisecond whenever it is read.
    #[derive(Debug, Default)]
    struct Ticking(ManualClock);

    #[cfg_attr(not(target_family = "wasm"), async_trait::async_trait)]
    impl Clock for Ticking {
        fn monotonic(&self) -> Duration {
            self.0.advance(Duration::from_millis(1));
            self.0.monotonic()
        }

        fn now(&self) -> std::time::SystemTime {
            self.0.now()
        }

        async fn sleep(&self, duration: Duration) {
            self.0.sleep(duration).await;
        }
    }

    #[test]
    fn time_is_spent_and_limited() {
        let clock: Arc<dyn Clock> = Arc::new(Ticking::default());
        let params = Map::new();
        let source = "doc['n'].value * 2 + 1";
        let script = Script { language: Language::Painless, source, params: &params };
        let function = script.compile(Role::Scorer, &TestFields, &clock, ScriptLimits::default()).expect("valid");
        let run = |budget: &Arc<Budget>| {
            let mut scorer = function.bind_scorer(&[], budget).expect("binds");
            scorer.score(&batch(&documents(), scorer.columns()), &mut Vec::new())
        };
        // The clock is read at the start, for each of the operations `*`, `+` and the cast, and at the end.
        let enough = budget(Duration::from_millis(4));
        assert!(run(&enough).is_ok());
        assert_eq!(enough.left(), Duration::ZERO);
        let used_up = run(&enough).expect_err("no time is left");
        insta::assert_snapshot!(used_up.cause, @"the function was stopped: the functions of one request share a budget of 4 ms");
        assert!(run(&budget(Duration::from_millis(3))).is_err());
    }
}
