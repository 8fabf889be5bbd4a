//! Explaining: how the score of one document comes about.
//!
//! A clause explains itself ([`Clause::explain`](crate::clause::Clause::explain)): it plans the parts that it is made of, evaluates
//! them for the one document, and says how their scores are combined. What a clause leaves to tantivy is explained by
//! `planned_query`, so that a type of query that only plans terms needs nothing of its own.

mod explainer;
mod planned_query;

pub(crate) use explainer::{Explainer, ScoreShown};
