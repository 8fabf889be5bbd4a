//! `wit/edge.wit` and the contract, as wit-bindgen makes Rust of them.
#![allow(unsafe_code, unreachable_pub, missing_docs, clippy::all, reason = "it is generated")]

spin_sdk::wit_bindgen::generate!({
    world: "quidditch:edge/app",
    path: ["../../wit", "wit"],
    runtime_path: "spin_sdk::wit_bindgen::rt",
    // Batches go over as they are, without a copy for the bindings.
    ownership: Borrowing { duplicate_if_necessary: true },
    generate_all,
});

pub(super) use quidditch::edge::{catalog, functions as edge};
pub(super) use quidditch::udf::types;
