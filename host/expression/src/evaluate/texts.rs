//! Texts of several documents.

use std::borrow::Cow;
use std::sync::Arc;

use quidditch_function::Dictionary;

use crate::value::Value;

/// Texts with few distinct ones.
#[derive(Debug, Clone)]
pub(crate) struct Texts<'b> {
    /// One for each document.
    pub(crate) codes: Cow<'b, [u32]>,
    pub(crate) distinct: Distinct<'b>,
}

/// The text of each code.
#[derive(Debug, Clone)]
pub(crate) enum Distinct<'b> {
    /// Those of a field.
    Read(&'b Dictionary),
    /// As values, which are cheap to copy.
    Made(Arc<[Arc<str>]>),
}

impl Distinct<'_> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Distinct::Read(dictionary) => dictionary.ends.len(),
            Distinct::Made(texts) => texts.len(),
        }
    }

    pub(crate) fn text(&self, code: u32) -> &str {
        match self {
            Distinct::Read(dictionary) => dictionary.text(code).unwrap_or_default(),
            Distinct::Made(texts) => &texts[code as usize],
        }
    }

    pub(crate) fn value(&self, code: u32) -> Value {
        match self {
            Distinct::Read(_) => Value::text(self.text(code)),
            Distinct::Made(texts) => Value::Text(Arc::clone(&texts[code as usize])),
        }
    }

    /// All texts, in the order of their codes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|code| self.text(code))
    }

    /// Whether both are the same texts with the same codes, without looking at them.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Distinct::Read(one), Distinct::Read(other)) => std::ptr::eq(*one, *other),
            (Distinct::Made(one), Distinct::Made(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// The same texts as values.
    pub(super) fn made(self) -> Self {
        match self {
            Distinct::Read(_) => Distinct::Made(self.iter().map(Arc::from).collect()),
            made @ Distinct::Made(_) => made,
        }
    }
}
