//! Documents that consist of several documents of tantivy.
//!
//! Each object of a `nested` list is a document of its own, directly before the document that contains it; an object inside of it
//! is directly before it in turn. A *scope* is what documents a part of a request is about: those of the index, or the objects of one
//! nested path. The planner knows the scope that it plans for ([`NestedScope`]), and a query of documents of another scope is joined
//! with those of its own ([`ParentJoin`]).

mod doc_bits;
mod parent_join;
mod place;
mod scope;
mod scope_query;

pub(crate) use doc_bits::DocBits;
pub(crate) use parent_join::{ChildScores, ParentJoin};
pub use place::NestedPlace;
pub(crate) use scope::{NestedScope, NestedSets, ScopeDocuments, block, not_nested};
pub(crate) use scope_query::ScopeQuery;
