//! The state of a script that runs.

use serde_json::{Map, Value as Json};

use super::check::Patterns;
use super::heap::Heap;
use super::item::Item;
use crate::failure::Failure;
use crate::limits::ScriptLimits;
use crate::syntax::TypeName;

/// The state of a script that runs.
pub(super) struct Interpreter<'a> {
    pub(super) limits: &'a ScriptLimits,
    pub(super) heap: Heap,
    /// From the outermost block to the innermost.
    pub(super) variables: Vec<Variable<'a>>,
    pub(super) patterns: &'a Patterns,
    pub(super) iterations: u32,
    operations: u32,
    pub(super) ctx: usize,
    pub(super) params: usize,
}

pub(super) struct Variable<'a> {
    pub(super) name: &'a str,
    pub(super) of: TypeName,
    pub(super) item: Item,
}

impl<'a> Interpreter<'a> {
    pub(super) fn new(
        limits: &'a ScriptLimits,
        patterns: &'a Patterns,
        params: &Map<String, Json>,
        ctx: &Map<String, Json>,
    ) -> Result<Self, Failure> {
        let mut heap = Heap::new(limits.batch_text_bytes);
        let (params, ctx) = (heap.map_of(params)?, heap.map_of(ctx)?);
        Ok(Interpreter { limits, heap, variables: Vec::new(), patterns, iterations: 0, operations: 0, ctx, params })
    }

    /// What became of `ctx`.
    pub(super) fn into_ctx(mut self) -> Result<Map<String, Json>, Failure> {
        self.heap.object(self.ctx)
    }

    /// Counts operations.
    pub(super) fn count(&mut self, operations: usize) -> Result<(), Failure> {
        let operations = u32::try_from(operations).unwrap_or(u32::MAX);
        self.operations = self.operations.saturating_add(operations);
        let limit = self.limits.document_operations;
        if self.operations <= limit {
            return Ok(());
        }
        let reason = format!("the script does too much: at most {limit} operations are allowed for a document");
        Err(Failure::new("painless_error", reason))
    }

    pub(super) fn variable(&mut self, name: &str) -> Option<&mut Variable<'a>> {
        self.variables.iter_mut().rev().find(|variable| variable.name == name)
    }
}
