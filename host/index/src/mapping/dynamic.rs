//! What happens to unknown fields.

/// What happens to fields of a document that the mapping does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dynamic {
    /// They are added to the mapping.
    True,
    /// They stay in the source and are not indexed.
    False,
    /// The document is rejected.
    Strict,
    /// Those for which there is a dynamic template are added to the mapping; for others, the document is rejected.
    StrictAllowTemplates,
}
