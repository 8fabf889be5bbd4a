//! The tantivy schema of a mapping.

use tantivy::schema::{
    Field as TantivyField, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

use super::Mapping;
use crate::{DateResolution, Field, FieldKind, TextForm};

/// Field `_id`: raw, stored, and a column.
pub const ID: TantivyField = TantivyField::from_field_id(0);
/// Field `_source`: stored only.
pub const SOURCE: TantivyField = TantivyField::from_field_id(1);
/// Field `_field_names`: the names of all fields and objects in which a document has values.
pub const FIELD_NAMES: TantivyField = TantivyField::from_field_id(2);

/// The term of [`FIELD_NAMES`] of documents of which a value was left out. With the name of the field after it, it is that of the
/// documents of which this field left one out. No field has a name with this character.
pub const IGNORED_TERM: &str = "\0ignored";

/// The term of [`FIELD_NAMES`] of documents that are nested objects. With the full name of the object after it, it is that of the
/// documents of this object. No object has a name with this character.
pub const NESTED_TERM: &str = "\0nested";

/// The column of the versions of documents. It has no values in splits that were written before there were any.
pub(crate) const VERSION: &str = "_version";
/// The column of their sequence numbers.
pub(crate) const SEQ_NO: &str = "_seq_no";

impl Mapping {
    /// The fields of the schema that contain the version and the sequence number of a document. They come after all others, so
    /// their numbers grow with the mapping. Only documents that are being written know them by number: a column is found by its
    /// name.
    pub fn revision_fields(&self) -> (TantivyField, TantivyField) {
        (TantivyField::from_field_id(self.next_number), TantivyField::from_field_id(self.next_number + 1))
    }

    /// The schema for writing new splits, and for reading all splits.
    pub fn schema(&self) -> Schema {
        let raw = || {
            let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_fieldnorms(false);
            TextOptions::default().set_indexing_options(indexing.set_index_option(IndexRecordOption::Basic))
        };
        // Numbers are found by their values, in columns and sorted columns, and have no terms.
        let column = || NumericOptions::default().set_fast();

        let mut schema = Schema::builder();
        schema.add_text_field("_id", raw().set_fast("raw").set_stored());
        schema.add_text_field("_source", STORED);
        schema.add_text_field("_field_names", raw());
        for field in &self.fields {
            let name = &field.name;
            match &field.kind {
                FieldKind::Text { analyzer, form, .. } => {
                    // A completion is indexed in forms that the analyzer has made already.
                    let is_completion = matches!(form, TextForm::Completion(_));
                    let indexing = TextFieldIndexing::default()
                        .set_tokenizer(if is_completion { "raw" } else { analyzer })
                        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
                    let text = schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing));
                    if let TextForm::Completion(_) = form {
                        // No field of a mapping has a name with this character.
                        schema.add_text_field(&format!("{name}\0inputs"), raw());
                    }
                    text
                }
                FieldKind::Keyword { .. } | FieldKind::Ip | FieldKind::RankFeature { .. } => {
                    schema.add_text_field(name, raw().set_fast("raw"))
                }
                FieldKind::Range(_) | FieldKind::FlatObject => schema.add_text_field(name, raw()),
                FieldKind::Binary | FieldKind::Percolator => schema.add_text_field(name, TextOptions::default()),
                FieldKind::Date { resolution: DateResolution::Nanos, .. } => {
                    let exact = schema.add_i64_field(exact_name(field), column());
                    schema.add_i64_field(name, column());
                    exact
                }
                FieldKind::UnsignedLong => {
                    let exact = schema.add_i64_field(exact_name(field), column());
                    schema.add_f64_field(name, column());
                    exact
                }
                FieldKind::Long
                | FieldKind::Integer
                | FieldKind::Short
                | FieldKind::Byte
                | FieldKind::TokenCount { .. }
                | FieldKind::Date { .. } => schema.add_i64_field(name, column()),
                FieldKind::Double | FieldKind::Float | FieldKind::HalfFloat | FieldKind::ScaledFloat { .. } => {
                    schema.add_f64_field(name, column())
                }
                FieldKind::Boolean => schema.add_bool_field(name, column().set_indexed()),
                FieldKind::GeoPoint => {
                    let (lat, lon) = field.point_columns().expect("a point has columns");
                    schema.add_f64_field(lat, column());
                    schema.add_f64_field(lon, column())
                }
            };
        }
        schema.add_u64_field(VERSION, column());
        schema.add_u64_field(SEQ_NO, column());
        schema.build()
    }

    /// The analyzers of all text fields, for documents and for queries, as tantivy's tokenizers.
    pub fn tokenizers(&self) -> TokenizerManager {
        self.analysis.tokenizers(self.analyzer_names())
    }

    /// The same for the documents of a new split, in which the values of a field are apart.
    pub fn document_tokenizers(&self) -> TokenizerManager {
        self.analysis.document_tokenizers(self.analyzer_names())
    }

    /// Whether there is an analyzer of this name, built in or of this mapping.
    pub fn has_analyzer(&self, name: &str) -> bool {
        self.analysis.has(name)
    }

    /// An analyzer, built in or of this mapping, as tantivy's.
    pub(crate) fn analyzer(&self, name: &str) -> Option<TextAnalyzer> {
        self.analysis.tokenizers([name]).get(name).filter(|_| self.has_analyzer(name))
    }

    /// The part of an analyzer that changes letters.
    pub(crate) fn normalizer(&self, name: &str) -> Option<TextAnalyzer> {
        self.analysis.for_parts(name)
    }

    /// The names of the analyzers of all text fields, for documents and for queries.
    fn analyzer_names(&self) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .flat_map(|field| match &field.kind {
                FieldKind::Text { analyzer, search_analyzer, .. } => {
                    [Some(analyzer.as_str()), Some(search_analyzer.as_str())]
                }
                _ => [None, None],
            })
            .flatten()
    }
}

fn exact_name(field: &Field) -> &str {
    field.exact_column().expect("the type has exact values")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_have_the_numbers_of_the_mapping() {
        let mapping = Mapping::from_json(&json!({ "properties": {
            "a": { "type": "text", "fields": { "raw": { "type": "keyword" } } },
            "b": { "properties": { "point": { "type": "geo_point" }, "when": { "type": "date" } } },
            "c": { "type": "boolean" } } }))
        .expect("valid");
        let schema = mapping.schema();
        assert_eq!(schema.get_field("_id").ok(), Some(ID));
        assert_eq!(schema.get_field("_source").ok(), Some(SOURCE));
        assert_eq!(schema.get_field("_field_names").ok(), Some(FIELD_NAMES));
        for field in mapping.fields() {
            let name = field.point_columns().map_or(field.name(), |(lat, _)| lat);
            assert_eq!(schema.get_field(name).ok(), Some(field.tantivy_field()), "{name}");
        }
        assert_eq!(schema.get_field(VERSION).ok(), Some(mapping.revision_fields().0));
        assert_eq!(schema.get_field(SEQ_NO).ok(), Some(mapping.revision_fields().1));
        let count = schema.fields().count();
        assert_eq!(count, 3 + mapping.fields().len() + 1 + 2);
    }
}
