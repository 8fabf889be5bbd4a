//! How inputs may differ from what is typed.

use crate::json::{ErrorKind, Node, ParseError};
use crate::query::{Fuzziness, transpositions};
use crate::terms::Transpositions;

/// `fuzzy`: how inputs may differ from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FuzzyCompletion {
    pub(super) edits: u8,
    pub(super) transpositions: Transpositions,
    /// Shorter texts must be the same.
    pub(super) min_length: usize,
    /// How many characters at the beginning must be the same.
    pub(super) prefix_length: usize,
    pub(super) unit: FuzzyUnit,
}

/// What an edit changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FuzzyUnit {
    Bytes,
    Characters,
}

impl Default for FuzzyCompletion {
    fn default() -> Self {
        FuzzyCompletion {
            edits: 1,
            transpositions: Transpositions::OneEdit,
            min_length: 3,
            prefix_length: 1,
            unit: FuzzyUnit::Bytes,
        }
    }
}

impl FuzzyCompletion {
    pub(super) fn parse(node: &Node<'_>) -> Result<Option<Self>, ParseError> {
        let default = FuzzyCompletion::default();
        if !node.is_object() {
            return Ok(node.boolean()?.then_some(default));
        }
        let mut fields = node.fields()?;
        let edits = match fields.optional("fuzziness", Fuzziness::parse)? {
            None => default.edits,
            // The terms have different lengths.
            Some(fuzziness) => fuzziness.fixed_edits().unwrap_or(1),
        };
        let knows_characters = fields.optional("unicode_aware", Node::boolean)?.unwrap_or(false);
        // A limit on the work of compiling, which is limited here anyway.
        fields.optional("max_determinized_states", Node::count)?;
        let fuzzy = FuzzyCompletion {
            edits,
            transpositions: fields.optional("transpositions", transpositions)?.unwrap_or(default.transpositions),
            min_length: fields.optional("min_length", Node::count)?.unwrap_or(default.min_length),
            prefix_length: fields.optional("prefix_length", Node::count)?.unwrap_or(default.prefix_length),
            unit: if knows_characters { FuzzyUnit::Characters } else { FuzzyUnit::Bytes },
        };
        fields.finish("[fuzzy]").map_err(|error| error.of_kind(ErrorKind::Object))?;
        Ok(Some(fuzzy))
    }
}
