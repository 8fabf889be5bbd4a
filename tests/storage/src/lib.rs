//! A storage for tests that fails, waits, or runs the test's code around each call.
//!
//! [`InterceptStorage`] passes every call on to another storage. A test gives it closures that run before and after a call: they
//! can let it fail, lose its response, delay it, or change the store in the meantime. It can also ignore the preconditions of
//! writes.
//!
//! ```
//! use std::future::ready;
//! use std::sync::Arc;
//!
//! use quidditch_storage::{MemoryStorage, Storage};
//! use quidditch_test_storage::{InterceptStorage, unavailable};
//!
//! // The second call fails.
//! let storage = InterceptStorage::new(Arc::new(MemoryStorage::new()))
//!     .before(|call| ready(if call.number == 1 { Err(unavailable(&call)) } else { Ok(()) }));
//! futures::executor::block_on(async {
//!     assert!(storage.list("").await.is_ok());
//!     assert!(storage.list("").await.is_err());
//!     assert!(storage.list("").await.is_ok());
//! });
//! assert_eq!(storage.calls(), 3);
//! ```
//!
//! This crate knows only the storage, so that the tests of all crates above can use it.

mod call;
mod intercept;

pub use call::{Call, Operation, unavailable};
pub use intercept::InterceptStorage;
