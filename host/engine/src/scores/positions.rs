//! Documents in which words stand at certain positions to each other: intervals and spans.
//!
//! Both are trees with terms as their leaves. For each document that has the terms, the positions of these are combined from the
//! leaves to the root, as lists: what is at the root matches, and is counted. The lists are those that Lucene's iterators return:
//! where a description here and Lucene disagree, Lucene is right.

mod arrange;
mod build_intervals;
mod cursor;
mod documents;
mod intervals;
mod position_query;
mod relations;
mod spans;

pub(crate) use build_intervals::TooManyAlternatives;
pub(crate) use intervals::Intervals;
pub(crate) use position_query::{PositionQuery, Shape};
pub(crate) use relations::Relation;
pub(crate) use spans::Spans;
