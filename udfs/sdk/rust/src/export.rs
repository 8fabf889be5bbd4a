//! The macro that exports a function from a crate.

/// Exports a function from the crate. `summary` describes it for humans, `parameters` are those that clauses may set, and
/// `filter`, `scorer`, or both are the types that implement it.
///
/// The [crate] documentation has an example. If a function is a filter and a scorer, `filter` comes first.
///
/// Outside WebAssembly it only checks the types, so several crates with functions can be linked into one test.
#[macro_export]
macro_rules! export {
    (summary: $summary:expr, parameters: $parameters:tt, filter: $filter:ty $(,)?) => {
        $crate::__export_metadata!($summary, $parameters, FILTER_UDF, "component-type:quidditch:udf:filter-udf");
        $crate::__export_filter!($filter);
    };
    (summary: $summary:expr, parameters: $parameters:tt, scorer: $scorer:ty $(,)?) => {
        $crate::__export_metadata!($summary, $parameters, SCORER_UDF, "component-type:quidditch:udf:scorer-udf");
        $crate::__export_scorer!($scorer);
    };
    (summary: $summary:expr, parameters: $parameters:tt, filter: $filter:ty, scorer: $scorer:ty $(,)?) => {
        $crate::__export_metadata!(
            $summary,
            $parameters,
            FILTER_AND_SCORER_UDF,
            "component-type:quidditch:udf:filter-and-scorer-udf"
        );
        $crate::__export_filter!($filter);
        $crate::__export_scorer!($scorer);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __export_metadata {
    ($summary:expr, [$($parameter:expr),* $(,)?], $world:ident, $section:literal) => {
        const _: () = {
            const PARAMETERS: &[$crate::Parameter] = &[$($parameter),*];
            #[cfg(not(target_arch = "wasm32"))]
            const _: (&str, &[$crate::Parameter]) = ($summary, PARAMETERS);

            #[cfg(target_arch = "wasm32")]
            #[unsafe(link_section = $section)]
            static WORLD: [u8; $crate::abi::$world.len()] = *$crate::abi::$world;

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/metadata@0.1.0#summary")]
            extern "C" fn summary() -> *const $crate::abi::RawList {
                static SUMMARY: $crate::abi::Constant<$crate::abi::RawList> = $crate::abi::constant_text($summary);
                SUMMARY.address()
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/metadata@0.1.0#parameters")]
            extern "C" fn parameters() -> *const $crate::abi::RawList {
                static ITEMS: $crate::abi::Constant<[$crate::abi::RawParameter; PARAMETERS.len()]> =
                    $crate::abi::constant_parameters(&[$($parameter),*]);
                static LIST: $crate::abi::Constant<$crate::abi::RawList> = $crate::abi::constant_list(&ITEMS);
                LIST.address()
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
            #[link(wasm_import_module = "[export]quidditch:udf/filter@0.1.0")]
            unsafe extern "C" {
                #[link_name = "[resource-new]predicate"]
                safe fn new_handle(bound: *mut $filter) -> usize;
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/filter@0.1.0#[static]predicate.bind")]
            unsafe extern "C" fn bind(pointer: *mut u8, len: usize) -> *mut $crate::abi::RawResult {
                let arguments = unsafe { $crate::abi::arguments(pointer, len) };
                $crate::abi::bound(<$filter as $crate::Filter>::bind(&arguments), new_handle)
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/filter@0.1.0#[static]predicate.bind")]
            unsafe extern "C" fn after_bind(returned: *mut $crate::abi::RawResult) {
                unsafe { $crate::abi::after_bind(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/filter@0.1.0#[method]predicate.columns")]
            unsafe extern "C" fn columns(bound: *mut $filter) -> *mut $crate::abi::ReturnedList {
                $crate::abi::columns(&$crate::Filter::columns(unsafe { &*bound }))
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/filter@0.1.0#[method]predicate.columns")]
            unsafe extern "C" fn after_columns(returned: *mut $crate::abi::ReturnedList) {
                unsafe { $crate::abi::after_columns(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/filter@0.1.0#[method]predicate.keep")]
            unsafe extern "C" fn keep(
                bound: *mut $filter,
                len: usize,
                scores: *mut u8,
                scores_len: usize,
                columns: *mut u8,
                columns_len: usize,
            ) -> *mut $crate::abi::RawResult {
                let batch = unsafe { $crate::abi::batch(len, scores, scores_len, columns, columns_len) };
                let answer =
                    $crate::Batch::new(&batch).and_then(|batch| $crate::Filter::keep_batch(unsafe { &*bound }, &batch));
                $crate::abi::answer(answer)
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/filter@0.1.0#[method]predicate.keep")]
            unsafe extern "C" fn after_keep(returned: *mut $crate::abi::RawResult) {
                unsafe { $crate::abi::after_answer::<u8>(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/filter@0.1.0#[dtor]predicate")]
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
            #[link(wasm_import_module = "[export]quidditch:udf/scorer@0.1.0")]
            unsafe extern "C" {
                #[link_name = "[resource-new]model"]
                safe fn new_handle(bound: *mut $scorer) -> usize;
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/scorer@0.1.0#[static]model.bind")]
            unsafe extern "C" fn bind(pointer: *mut u8, len: usize) -> *mut $crate::abi::RawResult {
                let arguments = unsafe { $crate::abi::arguments(pointer, len) };
                $crate::abi::bound(<$scorer as $crate::Scorer>::bind(&arguments), new_handle)
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/scorer@0.1.0#[static]model.bind")]
            unsafe extern "C" fn after_bind(returned: *mut $crate::abi::RawResult) {
                unsafe { $crate::abi::after_bind(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/scorer@0.1.0#[method]model.columns")]
            unsafe extern "C" fn columns(bound: *mut $scorer) -> *mut $crate::abi::ReturnedList {
                $crate::abi::columns(&$crate::Scorer::columns(unsafe { &*bound }))
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/scorer@0.1.0#[method]model.columns")]
            unsafe extern "C" fn after_columns(returned: *mut $crate::abi::ReturnedList) {
                unsafe { $crate::abi::after_columns(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/scorer@0.1.0#[method]model.needs-score")]
            unsafe extern "C" fn needs_score(bound: *mut $scorer) -> i32 {
                i32::from($crate::Scorer::needs_score(unsafe { &*bound }))
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/scorer@0.1.0#[method]model.score")]
            unsafe extern "C" fn score(
                bound: *mut $scorer,
                len: usize,
                scores: *mut u8,
                scores_len: usize,
                columns: *mut u8,
                columns_len: usize,
            ) -> *mut $crate::abi::RawResult {
                let batch = unsafe { $crate::abi::batch(len, scores, scores_len, columns, columns_len) };
                let answer = $crate::Batch::new(&batch)
                    .and_then(|batch| $crate::Scorer::score_batch(unsafe { &*bound }, &batch));
                $crate::abi::answer(answer)
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "cabi_post_quidditch:udf/scorer@0.1.0#[method]model.score")]
            unsafe extern "C" fn after_score(returned: *mut $crate::abi::RawResult) {
                unsafe { $crate::abi::after_answer::<f32>(returned) }
            }

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = "quidditch:udf/scorer@0.1.0#[dtor]model")]
            unsafe extern "C" fn drop(bound: *mut $scorer) {
                unsafe { $crate::abi::drop_bound(bound) }
            }
        };
    };
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    /// Attributes accept only literals, so the names of the contract cannot be constants.
    #[test]
    fn exported_and_imported_names_have_the_version_of_the_contract() {
        let contract = include_str!("../../../../wit/udf.wit");
        let package = contract.lines().next().and_then(|line| line.strip_prefix("package quidditch:udf@"));
        let version = package.and_then(|line| line.strip_suffix(';')).expect("the contract has a version");
        for source in [include_str!("export.rs"), include_str!("abi.rs")] {
            let names = source.split(concat!("quidditch:", "udf/")).skip(1);
            let versions: Vec<&str> = names.filter_map(|name| Some(name.split_once('@')?.1)).collect();
            let is_current = |rest: &str| rest.strip_prefix(version).is_some_and(|rest| rest.starts_with(['#', '"']));
            assert!(!versions.is_empty() && versions.iter().all(|rest| is_current(rest)), "{version}");
        }
    }
}
