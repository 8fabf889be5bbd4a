//! Adds the inputs of completions.

use std::collections::BTreeSet;

use quidditch_index::{CompletionContext, ContextKind, FieldKind, GeoPoint};
use serde_json::Value as Json;
use tantivy::schema::Value as _;

use super::super::error::DocumentError;
use super::super::level::Completion;
use super::Walk;
use super::value::next_field;

impl Walk<'_> {
    /// Adds inputs of a completion. An input of white space is left out, but the document has the field nevertheless.
    pub(super) fn completion(&mut self, index: usize, value: &Json) -> Result<bool, DocumentError> {
        let field = &self.mapping.fields()[index];
        let Some(terms) = field.completions_field() else { return Ok(false) };
        let inputs = field.completion_inputs(value)?;
        let contexts = field.completion_contexts(value)?;
        if inputs.contains(&None) && !self.ignored.contains(&index) {
            self.ignored.push(index);
        }
        let inputs = inputs.into_iter().flatten();
        if !contexts.is_empty() {
            let completion = Completion { field: index, inputs: inputs.collect(), contexts };
            self.levels[self.at].completions.push(completion);
        } else {
            for input in inputs {
                for form in self.mapping.completion_forms(field, &input.text) {
                    self.levels[self.at].document.add_text(terms, input.term(&form));
                    self.levels[self.at].document.add_text(field.tantivy_field(), form);
                }
            }
        }
        self.seen[self.at].fields.insert(index);
        Ok(true)
    }

    /// Adds the completions of the last level that have contexts. All values of other fields are there now.
    pub(super) fn add_completions(&mut self) -> Result<(), DocumentError> {
        for completion in std::mem::take(&mut self.levels[self.at].completions) {
            let field = &self.mapping.fields()[completion.field];
            let Some(terms) = field.completions_field() else { continue };
            let mut prefixes = Vec::new();
            for (number, context) in field.options().contexts.iter().enumerate() {
                let mut values = completion.contexts[number].clone();
                values.extend(self.values_of_path(context));
                prefixes.extend(values.iter().map(|value| CompletionContext::prefix(number, value)));
            }
            if prefixes.is_empty() && !completion.inputs.is_empty() {
                return Err(DocumentError::NoContext { field: field.name().to_owned() });
            }
            let document = &mut self.levels[self.at].document;
            for input in &completion.inputs {
                for form in self.mapping.completion_forms(field, &input.text) {
                    let term = input.term(&form);
                    prefixes.iter().for_each(|prefix| document.add_text(terms, format!("{prefix}{term}")));
                    document.add_text(field.tantivy_field(), form);
                }
            }
        }
        Ok(())
    }

    /// The values of a context that the field at its path has.
    fn values_of_path(&self, context: &CompletionContext) -> BTreeSet<String> {
        let Some(field) = context.path.as_deref().and_then(|path| self.mapping.field(path)) else {
            return BTreeSet::new();
        };
        let document = &self.levels[self.at].document;
        let at = field.tantivy_field();
        match (context.kind, field.kind()) {
            (ContextKind::Category, FieldKind::Keyword(_) | FieldKind::Text { .. }) => {
                document.get_all(at).filter_map(|value| value.as_str()).map(str::to_owned).collect()
            }
            (ContextKind::Geo { .. }, FieldKind::GeoPoint) => {
                let degrees = |at| document.get_all(at).filter_map(|value| value.as_f64());
                let points = degrees(at).zip(degrees(next_field(at))).map(|(lat, lon)| GeoPoint { lat, lon });
                points.filter_map(|point| context.value_of_point(point)).collect()
            }
            _ => BTreeSet::new(),
        }
    }
}
