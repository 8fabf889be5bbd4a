//! Adding all cities to an index: reading, analysing, writing. Compared with tantivy's own writer with the same fields.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_clock::{Clock, SystemClock};
use quidditch_index::Mapping;
use quidditch_indexing::{AddOptions, IndexWriter, create_index, delete_index};
use quidditch_storage::{MemoryStorage, Storage};
use quidditch_tests::{CITIES_MAPPING, City, cities_ndjson};
use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, TantivyDocument};

use crate::measure::Bench;
use crate::row::{Goal, Row};

pub(crate) fn measure(bench: &mut Bench) {
    if !bench.wants(&["indexing_documents", "indexing_bytes", "indexing"]) {
        return;
    }
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    let mapping = serde_json::from_str(CITIES_MAPPING).expect("it is JSON");
    let mapping = Mapping::from_json(&mapping).expect("it is a mapping");
    let documents = cities_ndjson();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let writer = IndexWriter::new(&storage, &clock, "cities").expect("a valid name");
    let baseline = Baseline::new();
    let (ours, tantivy) = bench.compare(
        "indexing",
        || {
            block_on(async {
                create_index(&storage, "cities", &mapping).await.expect("it is new");
                let options = AddOptions::default();
                let report = writer.add_documents(documents.as_bytes(), &options, |_| ()).await;
                assert_eq!(report.expect("all are good").added, 25_000);
                delete_index(&storage, "cities").await.expect("it is there");
            });
        },
        || baseline.index(&documents),
    );
    bench.row(Row::new("indexing", "ms", ours / 1e6).against(tantivy / 1e6).goal(Goal::RatioAtMost(1.3)));
    let seconds = ours / 1e9;
    bench.row(Row::new("indexing_documents", "documents/s", 25_000.0 / seconds));
    bench.row(Row::new("indexing_bytes", "MB/s", documents.len() as f64 / 1e6 / seconds));
}

/// The fields of the cities, declared for tantivy alone.
struct Baseline {
    schema: Schema,
    id: Field,
    source: Field,
    field_names: Field,
    name: Field,
    raw_name: Field,
    alternate_names: Field,
    country_code: Field,
    country: Field,
    population: Field,
    lat: Field,
    lon: Field,
    timezone: Field,
}

impl Baseline {
    fn new() -> Self {
        let mut schema = Schema::builder();
        let raw = || {
            let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_fieldnorms(false);
            TextOptions::default().set_indexing_options(indexing.set_index_option(IndexRecordOption::Basic))
        };
        let text = |schema: &mut SchemaBuilder, name: &str| {
            let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqsAndPositions);
            schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
        };
        let column = || NumericOptions::default().set_fast();
        let id = schema.add_text_field("_id", raw().set_fast("raw").set_stored());
        let source = schema.add_text_field("_source", STORED);
        let field_names = schema.add_text_field("_field_names", raw());
        let name = text(&mut schema, "name");
        let raw_name = schema.add_text_field("name.raw", raw().set_fast("raw"));
        let alternate_names = text(&mut schema, "alternate_names");
        let country_code = schema.add_text_field("country_code", raw().set_fast("raw"));
        let country = schema.add_text_field("country", raw().set_fast("raw"));
        let population = schema.add_i64_field("population", column().set_indexed());
        let lat = schema.add_f64_field("location.lat", column());
        let lon = schema.add_f64_field("location.lon", column());
        let timezone = schema.add_text_field("timezone", raw().set_fast("raw"));
        let schema = schema.build();
        Baseline {
            schema,
            id,
            source,
            field_names,
            name,
            raw_name,
            alternate_names,
            country_code,
            country,
            population,
            lat,
            lon,
            timezone,
        }
    }

    /// Indexes into one segment in memory, with one thread in addition to the one that reads.
    fn index(&self, documents: &str) {
        let index = Index::create_in_ram(self.schema.clone());
        let mut writer = index.writer_with_num_threads(1, 256 << 20).expect("a writer");
        for line in documents.lines() {
            writer.add_document(self.document(line)).expect("added");
        }
        writer.commit().expect("committed");
        assert_eq!(index.reader().expect("readable").searcher().num_docs(), 25_000);
    }

    fn document(&self, line: &str) -> TantivyDocument {
        let city: City = serde_json::from_str(line).expect("a city");
        let mut document = TantivyDocument::new();
        document.add_text(self.id, &city.id);
        document.add_text(self.source, line);
        for name in
            ["name", "name.raw", "alternate_names", "country_code", "country", "population", "location", "timezone"]
        {
            document.add_text(self.field_names, name);
        }
        document.add_text(self.name, &city.name);
        document.add_text(self.raw_name, &city.name);
        for name in &city.alternate_names {
            document.add_text(self.alternate_names, name);
        }
        document.add_text(self.country_code, &city.country_code);
        document.add_text(self.country, &city.country);
        document.add_i64(self.population, city.population);
        document.add_f64(self.lat, city.location.lat);
        document.add_f64(self.lon, city.location.lon);
        document.add_text(self.timezone, &city.timezone);
        document
    }
}
