//! Adding all cities to an index in a local folder: reading, analysing, writing, down to the disk.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_index::{AddOptions, Mapping, add_documents, create_index, delete_index};
use quidditch_storage::{LocalFolder, Storage};
use quidditch_tests::{CITIES_MAPPING, cities_ndjson};

use crate::measure::Bench;
use crate::row::Row;

pub(crate) fn measure(bench: &mut Bench) {
    if !bench.wants(&["indexing_documents", "indexing_bytes"]) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let storage: Arc<dyn Storage> = Arc::new(LocalFolder::new(folder.path()));
    let mapping = serde_json::from_str(CITIES_MAPPING).expect("it is JSON");
    let mapping = Mapping::from_json(&mapping).expect("it is a mapping");
    let documents = cities_ndjson();
    let seconds = bench.nanoseconds("indexing", || {
        block_on(async {
            create_index(&storage, "cities", &mapping).await.expect("it is new");
            let options = AddOptions::default();
            let report = add_documents(&storage, "cities", documents.as_bytes(), &options, |_| ()).await;
            assert_eq!(report.expect("all are good").added, 25_000);
            delete_index(&storage, "cities").await.expect("it is there");
        });
    }) / 1e9;
    bench.row(Row::new("indexing_documents", "documents/s", 25_000.0 / seconds));
    bench.row(Row::new("indexing_bytes", "MB/s", documents.len() as f64 / 1e6 / seconds));
}
