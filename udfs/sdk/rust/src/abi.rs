//! Converts the values of the contract from and to their layout in linear memory, as the component model's canonical ABI defines it.
//!
//! Generated bindings contain one copy of these conversions for each function of each interface, and components with them were
//! half as large again. Here each conversion exists once, for all roles. The structs below have the ABI's layouts,
//! field by field; lists from the host are used without copying.
//!
//! Ownership: arguments were allocated by the host through [`realloc`] and belong to the callee, which drops them as ordinary
//! `Vec`s. Results belong to the caller until it calls the matching `after_*` function.
#![allow(unsafe_code, missing_docs, clippy::missing_safety_doc)]

mod constants;
mod layout;
mod lift;
mod lower;

pub use constants::{Constant, constant_list, constant_parameters, constant_text};
pub use layout::{RawList, RawParameter, RawResult, ReturnedColumn, ReturnedList};
pub use lift::{arguments, batch, realloc};
pub use lower::{
    after_answer, after_bind, after_columns, after_compute, answer, bound, columns, computed, drop_bound, kind, ranges,
};

// The encoded worlds of the roles. A component has that of each of its roles in a custom section, where the tools that make
// components look for them; they combine several.
pub static FILTER_UDF: &[u8; include_bytes!("../worlds/filter-udf.bin").len()] =
    include_bytes!("../worlds/filter-udf.bin");
pub static SCORER_UDF: &[u8; include_bytes!("../worlds/scorer-udf.bin").len()] =
    include_bytes!("../worlds/scorer-udf.bin");
pub static VALUES_UDF: &[u8; include_bytes!("../worlds/values-udf.bin").len()] =
    include_bytes!("../worlds/values-udf.bin");
