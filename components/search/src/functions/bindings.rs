//! The bindings that wit-bindgen generates for `wit/spin.wit` and the contract.
#![allow(unsafe_code, unreachable_pub, missing_docs, clippy::all, reason = "generated code")]

spin_sdk::wit_bindgen::generate!({
    world: "quidditch:spin/app",
    path: ["../../wit", "wit"],
    runtime_path: "spin_sdk::wit_bindgen::rt",
    // Batches are passed as they are, without a copy for the bindings.
    ownership: Borrowing { duplicate_if_necessary: true },
    generate_all,
});

pub(super) use quidditch::spin::{catalog, functions as dispatcher};
pub(super) use quidditch::udf::types;
