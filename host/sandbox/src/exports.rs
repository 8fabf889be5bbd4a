//! The exported functions of a component, and typed calls to them.

use std::marker::PhantomData;

use quidditch_function::{
    self as function, FILTER_INTERFACE, METADATA_INTERFACE, Role, Roles, SCORER_INTERFACE, VALUES_INTERFACE,
};
use wasmtime::component::{
    Component, ComponentExportIndex, ComponentNamedList, Func, Instance, Lift, Lower, ResourceAny, TypedFunc,
};
use wasmtime::{AsContextMut, Store};

use crate::contract::{self, Argument, Batch, Column, ColumnKind, ColumnRequest, ComputedColumn, Parameter, Range};
use crate::state::State;

/// The result type of the contract's functions.
pub(crate) type Returned<T> = Result<T, contract::Error>;

/// The indices of a component's exports.
pub(crate) struct Exports {
    summary: ComponentExportIndex,
    parameters: ComponentExportIndex,
    memory_mib: ComponentExportIndex,
    pub(crate) filter: Option<FilterExports>,
    pub(crate) scorer: Option<ScorerExports>,
    pub(crate) values: Option<ValuesExports>,
}

/// The indices of the functions that every role has.
#[derive(Clone, Copy)]
pub(crate) struct BindingExports {
    bind: ComponentExportIndex,
    columns: ComponentExportIndex,
}

/// The indices of the functions in `filter`.
#[derive(Clone, Copy)]
pub(crate) struct FilterExports {
    pub(crate) binding: BindingExports,
    ranges: ComponentExportIndex,
    keep: ComponentExportIndex,
}

/// The indices of the functions in `scorer`.
#[derive(Clone, Copy)]
pub(crate) struct ScorerExports {
    pub(crate) binding: BindingExports,
    needs_score: ComponentExportIndex,
    max_score: ComponentExportIndex,
    score: ComponentExportIndex,
}

/// The indices of the functions in `values`.
#[derive(Clone, Copy)]
pub(crate) struct ValuesExports {
    pub(crate) binding: BindingExports,
    kind: ComponentExportIndex,
    compute: ComponentExportIndex,
}

/// A component does not export what the contract requires.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MissingExport {
    #[error("it does not export `{name}` of `{interface}`")]
    Function { interface: &'static str, name: &'static str },
    #[error("it exports none of `{}`, `{}` and `{}`", FILTER_INTERFACE, SCORER_INTERFACE, VALUES_INTERFACE)]
    Role,
}

impl Exports {
    /// Finds the exports of a component.
    pub(crate) fn from_component(component: &Component) -> Result<Self, MissingExport> {
        let find = |interface: &'static str, name: &'static str| {
            let instance = component.get_export_index(None, interface);
            instance
                .and_then(|instance| component.get_export_index(Some(&instance), name))
                .ok_or(MissingExport::Function { interface, name })
        };
        let has = |interface| component.get_export_index(None, interface).is_some();
        let filter = if has(FILTER_INTERFACE) {
            Some(FilterExports {
                binding: BindingExports {
                    bind: find(FILTER_INTERFACE, "[static]bound-filter.bind")?,
                    columns: find(FILTER_INTERFACE, "[method]bound-filter.columns")?,
                },
                ranges: find(FILTER_INTERFACE, "[method]bound-filter.ranges")?,
                keep: find(FILTER_INTERFACE, "[method]bound-filter.keep")?,
            })
        } else {
            None
        };
        let scorer = if has(SCORER_INTERFACE) {
            Some(ScorerExports {
                binding: BindingExports {
                    bind: find(SCORER_INTERFACE, "[static]bound-scorer.bind")?,
                    columns: find(SCORER_INTERFACE, "[method]bound-scorer.columns")?,
                },
                needs_score: find(SCORER_INTERFACE, "[method]bound-scorer.needs-score")?,
                max_score: find(SCORER_INTERFACE, "[method]bound-scorer.max-score")?,
                score: find(SCORER_INTERFACE, "[method]bound-scorer.score")?,
            })
        } else {
            None
        };
        let values = if has(VALUES_INTERFACE) {
            Some(ValuesExports {
                binding: BindingExports {
                    bind: find(VALUES_INTERFACE, "[static]bound-values.bind")?,
                    columns: find(VALUES_INTERFACE, "[method]bound-values.columns")?,
                },
                kind: find(VALUES_INTERFACE, "[method]bound-values.kind")?,
                compute: find(VALUES_INTERFACE, "[method]bound-values.compute")?,
            })
        } else {
            None
        };
        if filter.is_none() && scorer.is_none() && values.is_none() {
            return Err(MissingExport::Role);
        }
        Ok(Exports {
            summary: find(METADATA_INTERFACE, "summary")?,
            parameters: find(METADATA_INTERFACE, "parameters")?,
            memory_mib: find(METADATA_INTERFACE, "memory-mib")?,
            filter,
            scorer,
            values,
        })
    }

    /// The roles that the component offers.
    pub(crate) fn roles(&self) -> Roles {
        let offered = [
            (Role::Filter, self.filter.is_some()),
            (Role::Scorer, self.scorer.is_some()),
            (Role::Values, self.values.is_some()),
        ];
        offered.into_iter().filter_map(|(role, offered)| offered.then_some(role)).collect()
    }

    /// Whether the exports have the types of the contract.
    pub(crate) fn check_types(&self, store: &mut Store<State>, instance: &Instance) -> wasmtime::Result<()> {
        typed::<(), (String,)>(store, instance, self.summary)?;
        typed::<(), (Vec<Parameter>,)>(store, instance, self.parameters)?;
        typed::<(), (u32,)>(store, instance, self.memory_mib)?;
        if let Some(filter) = &self.filter {
            filter.binding.check_types(store, instance)?;
            typed::<(ResourceAny,), (Vec<Range>,)>(store, instance, filter.ranges)?;
            filter.keep(store, instance)?;
        }
        if let Some(scorer) = &self.scorer {
            scorer.binding.check_types(store, instance)?;
            typed::<(ResourceAny,), (bool,)>(store, instance, scorer.needs_score)?;
            typed::<(ResourceAny, f32), (f32,)>(store, instance, scorer.max_score)?;
            scorer.score(store, instance)?;
        }
        if let Some(values) = &self.values {
            values.binding.check_types(store, instance)?;
            typed::<(ResourceAny,), (ColumnKind,)>(store, instance, values.kind)?;
            values.compute(store, instance)?;
        }
        Ok(())
    }

    pub(crate) fn summary(&self, store: &mut Store<State>, instance: &Instance) -> wasmtime::Result<String> {
        let (summary,) = typed::<(), (String,)>(store, instance, self.summary)?.call(store, ())?;
        Ok(summary)
    }

    pub(crate) fn parameters(&self, store: &mut Store<State>, instance: &Instance) -> wasmtime::Result<Vec<Parameter>> {
        let (parameters,) = typed::<(), (Vec<Parameter>,)>(store, instance, self.parameters)?.call(store, ())?;
        Ok(parameters)
    }

    pub(crate) fn memory_mib(&self, store: &mut Store<State>, instance: &Instance) -> wasmtime::Result<u32> {
        let (memory_mib,) = typed::<(), (u32,)>(store, instance, self.memory_mib)?.call(store, ())?;
        Ok(memory_mib)
    }
}

impl BindingExports {
    fn check_types(&self, store: &mut Store<State>, instance: &Instance) -> wasmtime::Result<()> {
        typed::<(&[Argument],), (Returned<ResourceAny>,)>(store, instance, self.bind)?;
        typed::<(ResourceAny,), (Vec<ColumnRequest>,)>(store, instance, self.columns)?;
        Ok(())
    }

    /// Binds arguments.
    pub(crate) fn bind(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
        arguments: &[function::Argument],
    ) -> wasmtime::Result<Returned<ResourceAny>> {
        let arguments: Vec<Argument> = arguments.iter().map(Argument::from).collect();
        let bind = typed::<(&[Argument],), (Returned<ResourceAny>,)>(store, instance, self.bind)?;
        let (bound,) = bind.call(store, (&arguments,))?;
        Ok(bound)
    }

    /// The columns that a bound function reads.
    pub(crate) fn columns(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
        bound: ResourceAny,
    ) -> wasmtime::Result<Vec<ColumnRequest>> {
        let (columns,) = typed::<_, (Vec<ColumnRequest>,)>(store, instance, self.columns)?.call(store, (bound,))?;
        Ok(columns)
    }
}

impl FilterExports {
    pub(crate) fn ranges(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
        bound: ResourceAny,
    ) -> wasmtime::Result<Vec<Range>> {
        let (ranges,) = typed::<_, (Vec<Range>,)>(store, instance, self.ranges)?.call(store, (bound,))?;
        Ok(ranges)
    }

    pub(crate) fn keep(&self, store: &mut Store<State>, instance: &Instance) -> wasmtime::Result<BatchCall<Vec<u8>>> {
        BatchCall::find(store, instance, self.keep)
    }
}

impl ScorerExports {
    pub(crate) fn needs_score(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
        bound: ResourceAny,
    ) -> wasmtime::Result<bool> {
        let (needs,) = typed::<_, (bool,)>(store, instance, self.needs_score)?.call(store, (bound,))?;
        Ok(needs)
    }

    pub(crate) fn max_score(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
        bound: ResourceAny,
        score: f32,
    ) -> wasmtime::Result<f32> {
        let (most,) = typed::<_, (f32,)>(store, instance, self.max_score)?.call(store, (bound, score))?;
        Ok(most)
    }

    pub(crate) fn score(&self, store: &mut Store<State>, instance: &Instance) -> wasmtime::Result<BatchCall<Vec<f32>>> {
        BatchCall::find(store, instance, self.score)
    }
}

impl ValuesExports {
    pub(crate) fn kind(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
        bound: ResourceAny,
    ) -> wasmtime::Result<ColumnKind> {
        let (kind,) = typed::<_, (ColumnKind,)>(store, instance, self.kind)?.call(store, (bound,))?;
        Ok(kind)
    }

    pub(crate) fn compute(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
    ) -> wasmtime::Result<BatchCall<ComputedColumn>> {
        BatchCall::find(store, instance, self.compute)
    }
}

fn typed<P, R>(
    store: &mut Store<State>,
    instance: &Instance,
    index: ComponentExportIndex,
) -> wasmtime::Result<TypedFunc<P, R>>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    instance.get_typed_func::<P, R>(store, index)
}

/// What a function returns for a batch.
pub(crate) trait BatchResult: Send + Sync + 'static {
    /// Bytes for each document; for values, with one of eight bytes for each and where those of a document begin.
    const DOCUMENT_BYTES: usize;
}

impl BatchResult for Vec<u8> {
    const DOCUMENT_BYTES: usize = size_of::<u8>();
}

impl BatchResult for Vec<f32> {
    const DOCUMENT_BYTES: usize = size_of::<f32>();
}

impl BatchResult for ComputedColumn {
    const DOCUMENT_BYTES: usize = 2 * size_of::<u64>();
}

/// The function `keep`, `score` or `compute` of an instance, which takes a batch and returns an `R`.
pub(crate) struct BatchCall<R> {
    func: Func,
    result: PhantomData<fn() -> R>,
}

impl<R: BatchResult> BatchCall<R>
where
    (Returned<R>,): ComponentNamedList + Lift,
{
    fn find(store: &mut Store<State>, instance: &Instance, index: ComponentExportIndex) -> wasmtime::Result<Self> {
        let checked = typed::<(ResourceAny, Batch<'static>), (Returned<R>,)>(store, instance, index)?;
        Ok(BatchCall { func: *checked.func(), result: PhantomData })
    }

    /// Calls the function. The result is copied after its size was checked, and before the function may free its memory.
    #[allow(unsafe_code, reason = "see SAFETY")]
    pub(crate) fn call(
        &self,
        store: &mut Store<State>,
        bound: ResourceAny,
        batch: &function::Batch,
    ) -> wasmtime::Result<Returned<R>> {
        let result_bytes = store.data().limits.result_bytes.max(batch.len * R::DOCUMENT_BYTES);
        store.as_context_mut().set_hostcall_fuel(result_bytes);
        let columns: Vec<Column<'_>> = batch.columns.iter().map(Column::from).collect();
        let len = u32::try_from(batch.len).map_err(|_| wasmtime::Error::msg("a batch of more than 2^32 documents"))?;
        let lowered = Batch { len, scores: &batch.scores, columns: &columns };
        // SAFETY: `find` checked this function against the same types. Only the lifetime of the borrow differs, which is not
        // part of the component's types. Checking again would compare all types for every batch.
        let func = unsafe { TypedFunc::<(ResourceAny, Batch<'_>), (Returned<R>,)>::new_unchecked(self.func) };
        let (returned,) = func.call(store, (bound, lowered))?;
        Ok(returned)
    }
}
