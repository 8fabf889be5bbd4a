//! What the value of a script is used for.

use quidditch_function::Role;

use crate::syntax::TypeName;
use crate::value::Value;

/// What the value of a script is used for. It determines the type that the script returns, and what it can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To keep or drop a document.
    Filter,
    /// To score a document.
    Score,
    /// To be returned with a hit.
    Field,
    /// To sort documents by a number.
    NumberSort,
    /// To sort documents by a text.
    TextSort,
    /// To be aggregated.
    Aggregation,
    /// To be the values of a field: the script calls `emit`, and returns nothing.
    Emit,
    /// To say how many terms a document must have.
    Minimum,
    /// To be shown, without a document.
    Test,
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

impl Purpose {
    /// Whether the script can read documents.
    pub(crate) fn has_document(self) -> bool {
        self != Purpose::Test
    }

    /// Whether the script can read `_score`.
    pub(crate) fn has_score(self) -> bool {
        matches!(self, Purpose::Score | Purpose::NumberSort | Purpose::TextSort | Purpose::Aggregation)
    }

    /// The type that a script in Painless returns.
    pub(crate) fn returns(self) -> TypeName {
        match self {
            Purpose::Filter => TypeName::Boolean,
            Purpose::Score | Purpose::NumberSort => TypeName::Double,
            Purpose::TextSort => TypeName::Text,
            Purpose::Field | Purpose::Aggregation | Purpose::Emit | Purpose::Minimum | Purpose::Test => TypeName::Def,
        }
    }

    /// What a script in Painless returns that ends without a `return`.
    pub(crate) fn default(self) -> Value {
        match self {
            Purpose::Filter => Value::Boolean(false),
            Purpose::Score | Purpose::NumberSort => Value::Double(0.0),
            Purpose::Field
            | Purpose::TextSort
            | Purpose::Aggregation
            | Purpose::Emit
            | Purpose::Minimum
            | Purpose::Test => Value::Null,
        }
    }
}
