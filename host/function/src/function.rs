//! The traits through which the engine calls functions.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Argument, Batch, Budget, Cause, Column, ColumnKind, ColumnRange, ColumnRequest, FailurePhase, FunctionError,
    Metadata, Role, StoredScript,
};

/// Finds functions by name.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait FunctionResolver: Send + Sync {
    /// The function of that name, ready to be bound. `version` is a version, or what it must satisfy, such as `^1.2`; `None` takes
    /// the highest release. Yanked versions are found only by their exact version.
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError>;

    /// The script that is stored under an id; `None` if there is none, as in this default.
    async fn script(&self, _id: &str) -> Result<Option<StoredScript>, FunctionError> {
        Ok(None)
    }
}

/// A loaded function.
pub trait Function: Send + Sync {
    /// The description of the function.
    fn metadata(&self) -> &Metadata;

    /// The script that the function is, if it is one. The caller that binds it compiles the script: for the fields of an index, with the
    /// arguments as constants.
    fn script(&self) -> Option<&StoredScript> {
        None
    }

    /// What is called in place of `compiled`, which the caller has compiled of [`Function::script`]. What watches the calls of a
    /// function puts itself around it.
    fn around(&self, compiled: Arc<dyn Function>) -> Arc<dyn Function> {
        compiled
    }

    /// The digest of its code, if its results depend only on its arguments and on the columns of each document. Callers may then cache
    /// them without a time limit. `None`, the default, if it may depend on anything else.
    fn digest(&self) -> Option<&str> {
        None
    }

    /// Told that a caller answered for this number of documents by results that it had kept.
    fn record_cached(&self, _role: Role, _documents: u64) {}

    /// What its callers are told if it is deprecated.
    fn deprecation(&self) -> Option<&str> {
        None
    }

    /// Checks that bound filters and scorers of this function do not affect each other, even if they share an instance of a
    /// component. It must be called before a function is published. It finds typical mistakes, but cannot prove their absence.
    fn check_independence(&self) -> Result<(), FunctionError> {
        Ok(())
    }

    /// Binds it as a filter to the arguments of one clause. The arguments have been checked against the metadata.
    ///
    /// Each call of the bound filter spends its time from `budget`. A function may be bound any number of times, and all bound
    /// filters may be used at the same time: the engine binds once per clause and thread. They are independent of each other.
    /// Those with equal arguments return equal results.
    fn bind_filter(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError>;

    /// Binds it as a scorer to the arguments of one clause, in the same way.
    fn bind_scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError>;

    /// Binds it to the arguments of one call to compute values, in the same way. By default it has no values.
    fn bind_values(&self, _: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundValues>, FunctionError> {
        let function = self.metadata().id.clone();
        Err(FunctionError { function, phase: FailurePhase::Bind, cause: Cause::missing_role(Role::Values) })
    }
}

/// A bound filter. It must not be called again after an error.
pub trait BoundFilter: Send {
    /// The columns that each batch must have, in this order. Every call returns the same.
    fn columns(&self) -> &[ColumnRequest];

    /// What the filter can only match in: it keeps no document that one of the ranges rules out. Empty if that is not known.
    /// [`crate::check_ranges`] accepts them. Every call returns the same.
    fn ranges(&self) -> &[ColumnRange] {
        &[]
    }

    /// Replaces the contents of `keep` with one byte per document: 0 drops it, any other value keeps it. On success, `keep` has
    /// exactly `batch.len` bytes.
    fn keep(&mut self, batch: &Batch, keep: &mut Vec<u8>) -> Result<(), FunctionError>;
}

/// A bound scorer. It must not be called again after an error.
pub trait BoundScorer: Send {
    /// The columns that each batch must have, in this order. Every call returns the same.
    fn columns(&self) -> &[ColumnRequest];

    /// Whether the batches must contain the scores so far of the documents.
    fn needs_score(&self) -> bool;

    /// No document whose score so far is at most `score` gets more than this; infinity if no bound is known. [`crate::check_bound`]
    /// accepts it.
    fn max_score(&mut self, _: f32) -> Result<f32, FunctionError> {
        Ok(f32::INFINITY)
    }

    /// Replaces the contents of `scores` with one score per document. On success, there are exactly `batch.len` scores, and
    /// [`crate::check_scores`] accepts them.
    fn score(&mut self, batch: &Batch, scores: &mut Vec<f32>) -> Result<(), FunctionError>;
}

/// What computes values, bound. It must not be called again after an error.
pub trait BoundValues: Send {
    /// The columns that each batch must have, in this order. Every call returns the same.
    fn columns(&self) -> &[ColumnRequest];

    /// The type of the values. Every call returns the same.
    fn kind(&self) -> ColumnKind;

    /// Whether the batches must contain the scores of the documents. Only scripts read them.
    fn needs_score(&self) -> bool {
        false
    }

    /// Replaces the contents of `values`, which has the type [`BoundValues::kind`], with those of the documents of the batch. On
    /// success it is like a column of an index: those of one document ascend, floats are finite, texts are UTF-8.
    /// [`crate::accept_values`] makes sure of it.
    fn compute(&mut self, batch: &Batch, values: &mut Column) -> Result<(), FunctionError>;
}
