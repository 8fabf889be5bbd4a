//! The macro that exports a function from a crate.

/// Exports a function from the crate. `summary` describes it for humans, `parameters` are those that clauses may set, and
/// `filter`, `scorer` and `values` are the types that implement its roles: one or several of them, in this order.
///
/// The [crate] documentation has an example. A function that needs more memory than hosts grant by default (64 MiB) says so with
/// `memory_mib: 200` after its parameters.
///
/// Outside WebAssembly it only checks the types, so several crates with functions can be linked into one test.
#[macro_export]
macro_rules! export {
    (
        summary: $summary:expr,
        parameters: $parameters:tt
        $(, memory_mib: $memory_mib:expr)?
        $(, filter: $filter:ty)?
        $(, scorer: $scorer:ty)?
        $(, values: $values:ty)?
        $(,)?
    ) => {
        $crate::__export_metadata!($summary, $parameters, $crate::__memory_mib!($($memory_mib)?));
        $($crate::__export_filter!($filter);)?
        $($crate::__export_scorer!($scorer);)?
        $($crate::__export_values!($values);)?
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __memory_mib {
    () => {
        0
    };
    ($memory_mib:expr) => {
        $memory_mib
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __export_metadata {
    ($summary:expr, [$($parameter:expr),* $(,)?], $memory_mib:expr) => {
        const _: () = {
            const PARAMETERS: &[$crate::Parameter] = &[$($parameter),*];
            #[cfg(not(target_arch = "wasm32"))]
            const _: (&str, &[$crate::Parameter], u32) = ($summary, PARAMETERS, $memory_mib);

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/metadata@0.2.0#summary")]
            extern "C" fn summary() -> *const $crate::abi::RawList {
                static SUMMARY: $crate::abi::Constant<$crate::abi::RawList> = $crate::abi::constant_text($summary);
                SUMMARY.address()
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/metadata@0.2.0#parameters")]
            extern "C" fn parameters() -> *const $crate::abi::RawList {
                static ITEMS: $crate::abi::Constant<[$crate::abi::RawParameter; PARAMETERS.len()]> =
                    $crate::abi::constant_parameters(&[$($parameter),*]);
                static LIST: $crate::abi::Constant<$crate::abi::RawList> = $crate::abi::constant_list(&ITEMS);
                LIST.address()
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/metadata@0.2.0#memory-mib")]
            extern "C" fn memory_mib() -> u32 {
                $memory_mib
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_realloc")]
            unsafe extern "C" fn realloc(old: *mut u8, old_len: usize, align: usize, len: usize) -> *mut u8 {
                unsafe { $crate::abi::realloc(old, old_len, align, len) }
            }
        };
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __export_filter {
    ($filter:ty) => {
        const _: () = {
            #[cfg(not(target_arch = "wasm32"))]
            const _: fn(&$crate::Arguments) -> Result<$filter, $crate::Error> = <$filter as $crate::Filter>::bind;

            #[cfg(target_arch = "wasm32")]
            #[unsafe(link_section = "component-type:quidditch:udf:filter-udf")]
            static WORLD: [u8; $crate::abi::FILTER_UDF.len()] = *$crate::abi::FILTER_UDF;

            #[cfg(target_arch = "wasm32")]
            #[link(wasm_import_module = "[export]quidditch:udf/filter@0.2.0")]
            unsafe extern "C" {
                #[link_name = "[resource-new]bound-filter"]
                safe fn new_handle(bound: *mut $filter) -> usize;
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/filter@0.2.0#[static]bound-filter.bind")]
            unsafe extern "C" fn bind(pointer: *mut u8, len: usize) -> *mut $crate::abi::RawResult {
                let arguments = unsafe { $crate::abi::arguments(pointer, len) };
                $crate::abi::bound(<$filter as $crate::Filter>::bind(&arguments), new_handle)
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/filter@0.2.0#[static]bound-filter.bind")]
            unsafe extern "C" fn after_bind(returned: *mut $crate::abi::RawResult) {
                unsafe { $crate::abi::after_bind(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/filter@0.2.0#[method]bound-filter.columns")]
            unsafe extern "C" fn columns(bound: *mut $filter) -> *mut $crate::abi::ReturnedList {
                $crate::abi::columns(&$crate::Filter::columns(unsafe { &*bound }))
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/filter@0.2.0#[method]bound-filter.columns")]
            unsafe extern "C" fn after_columns(returned: *mut $crate::abi::ReturnedList) {
                unsafe { $crate::abi::after_columns(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/filter@0.2.0#[method]bound-filter.ranges")]
            unsafe extern "C" fn ranges(bound: *mut $filter) -> *const $crate::abi::RawList {
                $crate::abi::ranges($crate::Filter::ranges(unsafe { &*bound }))
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/filter@0.2.0#[method]bound-filter.keep")]
            unsafe extern "C" fn keep(
                bound: *mut $filter,
                len: usize,
                scores: *mut u8,
                scores_len: usize,
                columns: *mut u8,
                columns_len: usize,
            ) -> *mut $crate::abi::RawResult {
                let batch = unsafe { $crate::abi::batch(len, scores, scores_len, columns, columns_len) };
                let answer = batch.read().and_then(|batch| $crate::Filter::keep_batch(unsafe { &*bound }, &batch));
                $crate::abi::answer(answer)
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/filter@0.2.0#[method]bound-filter.keep")]
            unsafe extern "C" fn after_keep(returned: *mut $crate::abi::RawResult) {
                unsafe { $crate::abi::after_answer::<u8>(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/filter@0.2.0#[dtor]bound-filter")]
            unsafe extern "C" fn drop(bound: *mut $filter) {
                unsafe { $crate::abi::drop_bound(bound) }
            }
        };
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __export_scorer {
    ($scorer:ty) => {
        const _: () = {
            #[cfg(not(target_arch = "wasm32"))]
            const _: fn(&$crate::Arguments) -> Result<$scorer, $crate::Error> = <$scorer as $crate::Scorer>::bind;

            #[cfg(target_arch = "wasm32")]
            #[unsafe(link_section = "component-type:quidditch:udf:scorer-udf")]
            static WORLD: [u8; $crate::abi::SCORER_UDF.len()] = *$crate::abi::SCORER_UDF;

            #[cfg(target_arch = "wasm32")]
            #[link(wasm_import_module = "[export]quidditch:udf/scorer@0.2.0")]
            unsafe extern "C" {
                #[link_name = "[resource-new]bound-scorer"]
                safe fn new_handle(bound: *mut $scorer) -> usize;
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/scorer@0.2.0#[static]bound-scorer.bind")]
            unsafe extern "C" fn bind(pointer: *mut u8, len: usize) -> *mut $crate::abi::RawResult {
                let arguments = unsafe { $crate::abi::arguments(pointer, len) };
                $crate::abi::bound(<$scorer as $crate::Scorer>::bind(&arguments), new_handle)
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/scorer@0.2.0#[static]bound-scorer.bind")]
            unsafe extern "C" fn after_bind(returned: *mut $crate::abi::RawResult) {
                unsafe { $crate::abi::after_bind(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/scorer@0.2.0#[method]bound-scorer.columns")]
            unsafe extern "C" fn columns(bound: *mut $scorer) -> *mut $crate::abi::ReturnedList {
                $crate::abi::columns(&$crate::Scorer::columns(unsafe { &*bound }))
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/scorer@0.2.0#[method]bound-scorer.columns")]
            unsafe extern "C" fn after_columns(returned: *mut $crate::abi::ReturnedList) {
                unsafe { $crate::abi::after_columns(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/scorer@0.2.0#[method]bound-scorer.needs-score")]
            unsafe extern "C" fn needs_score(bound: *mut $scorer) -> i32 {
                i32::from($crate::Scorer::needs_score(unsafe { &*bound }))
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/scorer@0.2.0#[method]bound-scorer.max-score")]
            unsafe extern "C" fn max_score(bound: *mut $scorer, score: f32) -> f32 {
                $crate::Scorer::max_score(unsafe { &*bound }, score)
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/scorer@0.2.0#[method]bound-scorer.score")]
            unsafe extern "C" fn score(
                bound: *mut $scorer,
                len: usize,
                scores: *mut u8,
                scores_len: usize,
                columns: *mut u8,
                columns_len: usize,
            ) -> *mut $crate::abi::RawResult {
                let batch = unsafe { $crate::abi::batch(len, scores, scores_len, columns, columns_len) };
                let answer = batch.read().and_then(|batch| $crate::Scorer::score_batch(unsafe { &*bound }, &batch));
                $crate::abi::answer(answer)
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/scorer@0.2.0#[method]bound-scorer.score")]
            unsafe extern "C" fn after_score(returned: *mut $crate::abi::RawResult) {
                unsafe { $crate::abi::after_answer::<f32>(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/scorer@0.2.0#[dtor]bound-scorer")]
            unsafe extern "C" fn drop(bound: *mut $scorer) {
                unsafe { $crate::abi::drop_bound(bound) }
            }
        };
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __export_values {
    ($values:ty) => {
        const _: () = {
            #[cfg(not(target_arch = "wasm32"))]
            const _: fn(&$crate::Arguments) -> Result<$values, $crate::Error> = <$values as $crate::Values>::bind;

            #[cfg(target_arch = "wasm32")]
            #[unsafe(link_section = "component-type:quidditch:udf:values-udf")]
            static WORLD: [u8; $crate::abi::VALUES_UDF.len()] = *$crate::abi::VALUES_UDF;

            #[cfg(target_arch = "wasm32")]
            #[link(wasm_import_module = "[export]quidditch:udf/values@0.2.0")]
            unsafe extern "C" {
                #[link_name = "[resource-new]bound-values"]
                safe fn new_handle(bound: *mut $values) -> usize;
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/values@0.2.0#[static]bound-values.bind")]
            unsafe extern "C" fn bind(pointer: *mut u8, len: usize) -> *mut $crate::abi::RawResult {
                let arguments = unsafe { $crate::abi::arguments(pointer, len) };
                $crate::abi::bound(<$values as $crate::Values>::bind(&arguments), new_handle)
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/values@0.2.0#[static]bound-values.bind")]
            unsafe extern "C" fn after_bind(returned: *mut $crate::abi::RawResult) {
                unsafe { $crate::abi::after_bind(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/values@0.2.0#[method]bound-values.columns")]
            unsafe extern "C" fn columns(bound: *mut $values) -> *mut $crate::abi::ReturnedList {
                $crate::abi::columns(&$crate::Values::columns(unsafe { &*bound }))
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/values@0.2.0#[method]bound-values.columns")]
            unsafe extern "C" fn after_columns(returned: *mut $crate::abi::ReturnedList) {
                unsafe { $crate::abi::after_columns(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/values@0.2.0#[method]bound-values.kind")]
            unsafe extern "C" fn kind(_: *mut $values) -> i32 {
                $crate::abi::kind::<<$values as $crate::Values>::Value>()
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/values@0.2.0#[method]bound-values.compute")]
            unsafe extern "C" fn compute(
                bound: *mut $values,
                len: usize,
                scores: *mut u8,
                scores_len: usize,
                columns: *mut u8,
                columns_len: usize,
            ) -> *mut $crate::abi::ReturnedColumn {
                let batch = unsafe { $crate::abi::batch(len, scores, scores_len, columns, columns_len) };
                let computed = batch.read().and_then(|batch| $crate::Values::compute_batch(unsafe { &*bound }, &batch));
                $crate::abi::computed(computed)
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/values@0.2.0#[method]bound-values.compute")]
            unsafe extern "C" fn after_compute(returned: *mut $crate::abi::ReturnedColumn) {
                unsafe { $crate::abi::after_compute(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/values@0.2.0#[dtor]bound-values")]
            unsafe extern "C" fn drop(bound: *mut $values) {
                unsafe { $crate::abi::drop_bound(bound) }
            }
        };
    };
}
