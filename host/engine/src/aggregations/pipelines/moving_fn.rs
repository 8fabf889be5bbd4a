//! `moving_fn`: for each bucket, a function of the values of the buckets before it.

use std::sync::Arc;

use quidditch_function::{Cause, FailurePhase, FunctionError, FunctionId, ScriptFailure, truncated};

use super::super::answer::BucketAnswers;
use super::super::answering::Answering;
use super::figures::{SIMPLE_VALUE, simple_value};
use super::moving_window::{check_windows, parse_window};
use super::options::{PipelineOptions, required};
use super::parsed::{Around, Parsed, of_object};
use super::pipeline::{Body, Label, ParentPipeline};
use super::script::PipelineScript;
use super::window_error::WindowError;
use super::window_script::WindowScript;
use crate::Error;
use crate::functions::ScriptSource;
use crate::json::{Node, ParseError};

const WHAT: &str = "[moving_fn] aggregation";

/// Longest name of a script in errors, in bytes: the beginning of its source.
const NAME_BYTES: usize = 100;

pub(super) fn parse(node: &Node<'_>) -> Result<Parsed, ParseError> {
    parse_options(node).map_err(of_object)
}

fn parse_options(node: &Node<'_>) -> Result<Parsed, ParseError> {
    let mut fields = node.fields()?;
    let script = required(&mut fields, "script", WHAT)?;
    let script = PipelineScript::parse(&script)?;
    let node = required(&mut fields, "window", WHAT)?;
    let window = parse_window(&node)?;
    let shift = fields.optional("shift", Node::integer)?.unwrap_or(0) as isize;
    let options = PipelineOptions::take(&mut fields, WHAT)?;
    fields.finish(WHAT)?;
    let paths = vec![options.path.clone()];
    let body = Body::Parent(Arc::new(MovingFn { options, window, shift, script }));
    Ok(Parsed { body, paths, around: Around::Sequence })
}

struct MovingFn {
    options: PipelineOptions,
    /// How many buckets before a bucket.
    window: usize,
    /// By how many buckets the window is later.
    shift: isize,
    script: PipelineScript,
}

impl ParentPipeline for MovingFn {
    fn stored_script(&self) -> Option<&str> {
        self.script.stored()
    }

    fn change(&self, label: &Label, buckets: &mut BucketAnswers<'_>, answering: &mut Answering) -> Result<(), Error> {
        let source = self.script.source(answering).clone();
        let script = WindowScript::parse(&source.source, &self.script.params)
            .map_err(|error| failure(&source, FailurePhase::Bind, &error))?;
        let mut values = Vec::with_capacity(buckets.buckets.len());
        let mut positions = Vec::with_capacity(buckets.buckets.len());
        for (position, bucket) in buckets.buckets.iter().enumerate() {
            let value = self.options.path.value(bucket, self.options.gaps)?;
            if let Some(value) = value.filter(|value| !value.is_nan()) {
                values.push(value);
                positions.push(position);
            }
        }
        check_windows(values.len(), self.window, script.work(), answering)?;
        for (index, position) in positions.into_iter().enumerate() {
            let end = (index as isize).saturating_add(self.shift);
            let start = end.saturating_sub(self.window as isize);
            let within = |place: isize| place.clamp(0, values.len() as isize) as usize;
            let value = script
                .evaluate(&values[within(start)..within(end)])
                .map_err(|error| failure(&source, FailurePhase::Run, &error))?;
            let answer = simple_value(value, &self.options.format);
            buckets.buckets[position].inner.push(label.named(SIMPLE_VALUE, answer));
        }
        Ok(())
    }
}

fn failure(script: &ScriptSource, phase: FailurePhase, error: &WindowError) -> Error {
    let source = &script.source;
    let failure = ScriptFailure {
        language: script.language.name(),
        script: source.clone(),
        offset: 0,
        kind: "illegal_argument_exception",
        reason: error.to_string(),
        document: None,
    };
    let function = FunctionId::new(truncated(source, NAME_BYTES), "");
    Error::Function(FunctionError { function, phase, cause: Cause::Script(Box::new(failure)) })
}
