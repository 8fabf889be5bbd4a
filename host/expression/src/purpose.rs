//! What the value of a script is used for.

use quidditch_function::Role;

/// What the value of a script is used for. It determines the type that the script returns, and whether it can read `_score`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To keep or drop a document.
    Filter,
    /// To score a document.
    Score,
    /// To be returned with a hit.
    Field,
}

impl From<Role> for Purpose {
    fn from(role: Role) -> Self {
        match role {
            Role::Filter => Purpose::Filter,
            Role::Scorer => Purpose::Score,
            Role::Values => Purpose::Field,
        }
    }
}
