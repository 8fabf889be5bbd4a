//! Functions that are Rust closures, for tests, and for benchmarks that compare components with native code.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Argument, Batch, BoundFilter, BoundScorer, BoundValues, Budget, Cause, Column, ColumnKind, ColumnRange,
    ColumnRequest, FailurePhase, Function, FunctionError, FunctionId, FunctionResolver, Metadata, Parameter, Role,
    accept_values, check_bound, check_length, check_ranges, check_scores,
};

/// A fixed set of functions, one version of each name, which is not compared with requirements.
#[derive(Default)]
pub struct NativeFunctions {
    by_name: HashMap<String, Arc<dyn Function>>,
}

impl NativeFunctions {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a function under the name in its metadata.
    #[must_use]
    pub fn with(mut self, function: Arc<dyn Function>) -> Self {
        self.by_name.insert(function.metadata().id.name.clone(), function);
        self
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl FunctionResolver for NativeFunctions {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        let found = self.by_name.get(name);
        let found = found.filter(|function| version.is_none_or(|version| function.metadata().id.version == version));
        found.cloned().ok_or_else(|| FunctionError {
            function: FunctionId::new(name, version.unwrap_or_default()),
            phase: FailurePhase::Load,
            cause: Cause::NotFound("no such function".to_owned()),
        })
    }
}

/// Makes a filter from a closure. `bind` receives the arguments and returns the requested columns and a second closure, which
/// pushes one byte per document of a batch: 0 drops it, any other value keeps it.
pub fn native_filter<K>(
    name: &str,
    parameters: Vec<Parameter>,
    bind: impl Fn(&[Argument]) -> Result<(Vec<ColumnRequest>, K), Cause> + Send + Sync + 'static,
) -> Arc<dyn Function>
where
    K: FnMut(&Batch, &mut Vec<u8>) -> Result<(), Cause> + Send + 'static,
{
    native_filter_in_ranges(name, parameters, move |arguments| {
        let (columns, keep) = bind(arguments)?;
        Ok(NativeFilter { columns, ranges: Vec::new(), keep })
    })
}

/// What the closure of [`native_filter_in_ranges`] returns for the arguments of a clause.
pub struct NativeFilter<K> {
    /// The columns that each batch must have.
    pub columns: Vec<ColumnRequest>,
    /// What it can only match in.
    pub ranges: Vec<ColumnRange>,
    /// Pushes one byte per document of a batch.
    pub keep: K,
}

/// Makes a filter that announces what it can only match in, like [`native_filter`].
pub fn native_filter_in_ranges<K>(
    name: &str,
    parameters: Vec<Parameter>,
    bind: impl Fn(&[Argument]) -> Result<NativeFilter<K>, Cause> + Send + Sync + 'static,
) -> Arc<dyn Function>
where
    K: FnMut(&Batch, &mut Vec<u8>) -> Result<(), Cause> + Send + 'static,
{
    let bind = move |id: &FunctionId, arguments: &[Argument]| -> Result<Box<dyn BoundFilter>, Cause> {
        let NativeFilter { columns, ranges, keep } = bind(arguments)?;
        check_ranges(&ranges, &columns)?;
        Ok(Box::new(NativeBoundFilter { id: id.clone(), columns, ranges, keep }))
    };
    let function = NativeFunction::new(name, parameters, Role::Filter);
    Arc::new(NativeFunction { bind_filter: Some(Box::new(bind)), ..function })
}

/// What the closure of [`native_scorer`] returns for the arguments of a clause.
pub struct NativeScorer<S> {
    /// The columns that each batch must have.
    pub columns: Vec<ColumnRequest>,
    /// Pushes one score per document of a batch.
    pub score: S,
    /// Whether the batches must contain the scores so far of the documents.
    pub needs_score: bool,
}

/// Makes a scorer from a closure, which receives the arguments.
pub fn native_scorer<S>(
    name: &str,
    parameters: Vec<Parameter>,
    bind: impl Fn(&[Argument]) -> Result<NativeScorer<S>, Cause> + Send + Sync + 'static,
) -> Arc<dyn Function>
where
    S: FnMut(&Batch, &mut Vec<f32>) -> Result<(), Cause> + Send + 'static,
{
    native_scorer_with_bound(name, parameters, move |arguments| Ok((bind(arguments)?, |_| f32::INFINITY)))
}

/// Makes a scorer from a closure, which receives the arguments, and returns with the scorer the most that it scores a document with
/// at most this score so far.
pub fn native_scorer_with_bound<S, M>(
    name: &str,
    parameters: Vec<Parameter>,
    bind: impl Fn(&[Argument]) -> Result<(NativeScorer<S>, M), Cause> + Send + Sync + 'static,
) -> Arc<dyn Function>
where
    S: FnMut(&Batch, &mut Vec<f32>) -> Result<(), Cause> + Send + 'static,
    M: Fn(f32) -> f32 + Send + 'static,
{
    let bind = move |id: &FunctionId, arguments: &[Argument]| -> Result<Box<dyn BoundScorer>, Cause> {
        let (NativeScorer { columns, score, needs_score }, max_score) = bind(arguments)?;
        Ok(Box::new(NativeBoundScorer { id: id.clone(), columns, score, needs_score, max_score }))
    };
    let function = NativeFunction::new(name, parameters, Role::Scorer);
    Arc::new(NativeFunction { bind_scorer: Some(Box::new(bind)), ..function })
}

/// What the closure of [`native_values`] returns for the arguments of a call.
pub struct NativeValues<C> {
    /// The columns that each batch must have.
    pub columns: Vec<ColumnRequest>,
    /// Adds the values of the documents of a batch to an empty column.
    pub compute: C,
    /// The type of the values.
    pub kind: ColumnKind,
}

/// Makes a function that computes values from a closure, which receives the arguments.
pub fn native_values<C>(
    name: &str,
    parameters: Vec<Parameter>,
    bind: impl Fn(&[Argument]) -> Result<NativeValues<C>, Cause> + Send + Sync + 'static,
) -> Arc<dyn Function>
where
    C: FnMut(&Batch, &mut Column) -> Result<(), Cause> + Send + 'static,
{
    let bind = move |id: &FunctionId, arguments: &[Argument]| -> Result<Box<dyn BoundValues>, Cause> {
        let NativeValues { columns, compute, kind } = bind(arguments)?;
        Ok(Box::new(NativeBoundValues { id: id.clone(), columns, compute, kind }))
    };
    let function = NativeFunction::new(name, parameters, Role::Values);
    Arc::new(NativeFunction { bind_values: Some(Box::new(bind)), ..function })
}

type Bind<T> = Box<dyn Fn(&FunctionId, &[Argument]) -> Result<Box<T>, Cause> + Send + Sync>;

struct NativeFunction {
    metadata: Metadata,
    bind_filter: Option<Bind<dyn BoundFilter>>,
    bind_scorer: Option<Bind<dyn BoundScorer>>,
    bind_values: Option<Bind<dyn BoundValues>>,
}

impl NativeFunction {
    /// A function that cannot be bound yet.
    fn new(name: &str, parameters: Vec<Parameter>, role: Role) -> Self {
        let (id, summary) = (FunctionId::new(name, "0.0.0"), "native".to_owned());
        let metadata = Metadata { id, summary, parameters, roles: role.into(), memory_mib: 0 };
        NativeFunction { metadata, bind_filter: None, bind_scorer: None, bind_values: None }
    }

    fn bind<T: ?Sized>(
        &self,
        bind: Option<&Bind<T>>,
        role: Role,
        arguments: &[Argument],
    ) -> Result<Box<T>, FunctionError> {
        let id = &self.metadata.id;
        let bound = match bind {
            Some(bind) => bind(id, arguments),
            None => Err(Cause::missing_role(role)),
        };
        bound.map_err(|cause| FunctionError { function: id.clone(), phase: FailurePhase::Bind, cause })
    }
}

impl Function for NativeFunction {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn bind_filter(&self, arguments: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        self.bind(self.bind_filter.as_ref(), Role::Filter, arguments)
    }

    fn bind_scorer(&self, arguments: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        self.bind(self.bind_scorer.as_ref(), Role::Scorer, arguments)
    }

    fn bind_values(&self, arguments: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundValues>, FunctionError> {
        self.bind(self.bind_values.as_ref(), Role::Values, arguments)
    }
}

struct NativeBoundFilter<K> {
    id: FunctionId,
    columns: Vec<ColumnRequest>,
    ranges: Vec<ColumnRange>,
    keep: K,
}

impl<K: FnMut(&Batch, &mut Vec<u8>) -> Result<(), Cause> + Send> BoundFilter for NativeBoundFilter<K> {
    fn columns(&self) -> &[ColumnRequest] {
        &self.columns
    }

    fn ranges(&self) -> &[ColumnRange] {
        &self.ranges
    }

    fn keep(&mut self, batch: &Batch, keep: &mut Vec<u8>) -> Result<(), FunctionError> {
        keep.clear();
        (self.keep)(batch, keep)
            .and_then(|()| check_length(keep.len(), batch.len))
            .map_err(|cause| run_error(&self.id, cause))
    }
}

struct NativeBoundScorer<S, M> {
    id: FunctionId,
    columns: Vec<ColumnRequest>,
    score: S,
    needs_score: bool,
    max_score: M,
}

impl<S, M> BoundScorer for NativeBoundScorer<S, M>
where
    S: FnMut(&Batch, &mut Vec<f32>) -> Result<(), Cause> + Send,
    M: Fn(f32) -> f32 + Send,
{
    fn columns(&self) -> &[ColumnRequest] {
        &self.columns
    }

    fn needs_score(&self) -> bool {
        self.needs_score
    }

    fn max_score(&mut self, score: f32) -> Result<f32, FunctionError> {
        check_bound((self.max_score)(score)).map_err(|cause| run_error(&self.id, cause))
    }

    fn score(&mut self, batch: &Batch, scores: &mut Vec<f32>) -> Result<(), FunctionError> {
        scores.clear();
        (self.score)(batch, scores)
            .and_then(|()| check_length(scores.len(), batch.len))
            .and_then(|()| check_scores(scores))
            .map_err(|cause| run_error(&self.id, cause))
    }
}

struct NativeBoundValues<C> {
    id: FunctionId,
    columns: Vec<ColumnRequest>,
    compute: C,
    kind: ColumnKind,
}

impl<C: FnMut(&Batch, &mut Column) -> Result<(), Cause> + Send> BoundValues for NativeBoundValues<C> {
    fn columns(&self) -> &[ColumnRequest] {
        &self.columns
    }

    fn kind(&self) -> ColumnKind {
        self.kind
    }

    fn compute(&mut self, batch: &Batch, values: &mut Column) -> Result<(), FunctionError> {
        values.values.clear();
        values.starts.clear();
        (self.compute)(batch, values)
            .and_then(|()| accept_values(values, self.kind, batch.len))
            .map_err(|cause| run_error(&self.id, cause))
    }
}

fn run_error(id: &FunctionId, cause: Cause) -> FunctionError {
    FunctionError { function: id.clone(), phase: FailurePhase::Run, cause }
}
