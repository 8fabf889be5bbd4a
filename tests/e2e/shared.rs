//! Installations for tests that only read: three indices, the example functions, and hostile functions.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use quidditch_storage::{MemoryStorage, Storage};
use quidditch_tests::{BOOKS, BOOKS_MAPPING, Installation};

use crate::hostile;

/// Long enough for well-behaved functions even on a busy machine, short enough to wait for the others.
const FUNCTION_TIME: Duration = Duration::from_millis(400);

/// An installation in memory, shared by all tests. Its date is always 2024-06-15T12:00:00Z.
pub(crate) fn installation() -> &'static Installation {
    static INSTALLATION: LazyLock<Installation> = LazyLock::new(|| installation_over(Arc::new(MemoryStorage::new())));
    &INSTALLATION
}

/// Like [`installation`], over a given empty store.
pub(crate) fn installation_over(storage: Arc<dyn Storage>) -> Installation {
    let installation = Installation::over(storage, FUNCTION_TIME);
    installation.create_index("books", BOOKS_MAPPING);
    for documents in BOOKS {
        installation.add("books", documents.as_bytes());
    }
    installation.create_index("nothing", r#"{"properties": {}}"#);
    installation.add_cities();
    installation.publish_examples();
    for (name, component) in hostile::shared() {
        installation.publish(name, component);
    }
    installation
}
