//! Tests with the official client for Rust.
