//! What the templates of a request may become, and how much work that may be.

use super::template_error::TemplateError;

/// How much work a byte of the result may be. 4: a text is looked at, escaped, and copied out of a function.
const WORK_PER_BYTE: usize = 4;

/// What is left for the templates of a request.
#[derive(Debug)]
pub struct RenderBudget {
    /// How many bytes their texts may still have.
    pub(super) bytes: usize,
    /// How many nodes may still be rendered: repeated sections multiply, even where they write nothing.
    steps: usize,
    /// How many bytes may still be looked at: what is read may be much longer than what is written.
    work: usize,
    max_bytes: usize,
}

impl RenderBudget {
    /// For texts of at most `max_bytes` together.
    pub fn new(max_bytes: usize) -> Self {
        RenderBudget { bytes: max_bytes, steps: max_bytes, work: max_bytes.saturating_mul(WORK_PER_BYTE), max_bytes }
    }

    pub(super) fn step(&mut self) -> Result<(), TemplateError> {
        self.steps = self.steps.checked_sub(1).ok_or(self.exceeded())?;
        Ok(())
    }

    pub(super) fn work(&mut self, bytes: usize) -> Result<(), TemplateError> {
        self.work = self.work.checked_sub(bytes).ok_or(self.exceeded())?;
        Ok(())
    }

    pub(super) fn exceeded(&self) -> TemplateError {
        TemplateError::TooLong { max_bytes: self.max_bytes }
    }
}
