//! What a variable, a list or a map holds.

use std::sync::Arc;

use serde_json::Number;

use crate::value::Value;

/// A value of a script that changes documents.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// Neither a list nor a map.
    Scalar(Value),
    /// A list, by its number. Two variables may hold the same one.
    List(usize),
    /// A map, by its number.
    Map(usize),
    /// An entry of a map, by its key.
    Entry(usize, Arc<str>),
    /// A number of the document that no type of a script holds. It can only be copied.
    Number(Number),
}

impl Item {
    pub(super) const NULL: Item = Item::Scalar(Value::Null);

    pub(super) fn boolean(value: bool) -> Self {
        Item::Scalar(Value::Boolean(value))
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Item::Scalar(Value::Null))
    }

    /// The name of its class, for errors.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Item::Scalar(value) => value.class(),
            Item::List(_) => "java.util.ArrayList",
            Item::Map(_) => "java.util.HashMap",
            Item::Entry(..) => "java.util.Map.Entry",
            Item::Number(_) => "java.math.BigInteger",
        }
    }
}
