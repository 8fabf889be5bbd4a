//! Statistics of a split for the manifest: ranges of values, and numbers of terms.

use std::collections::BTreeMap;

use quidditch_index::format::{ColumnRange, FIELD_NAMES, ID, IdRange, is_flat_value_with_path};
use quidditch_index::{Field, FieldKind, FieldStatistics, IndexError, Mapping};
use tantivy::columnar::{Column, ColumnIndex};
use tantivy::schema::IndexRecordOption;
use tantivy::{SegmentReader, TantivyError, Term};

/// Smallest and largest value of each numeric column that has any.
///
/// # Errors
/// [`IndexError::Search`].
pub(crate) fn ranges(segment: &SegmentReader, mapping: &Mapping) -> Result<BTreeMap<String, ColumnRange>, IndexError> {
    let columns = segment.fast_fields();
    let floats = |name: &str| -> Result<Option<ColumnRange>, IndexError> {
        let column: Option<Column<f64>> = columns.column_opt(name)?.filter(|column: &Column<f64>| has_values(column));
        Ok(column.map(|column| ColumnRange::Floats { min: column.min_value(), max: column.max_value() }))
    };
    let mut ranges = BTreeMap::new();
    for field in mapping.fields() {
        match field.kind() {
            FieldKind::Long
            | FieldKind::Integer
            | FieldKind::Short
            | FieldKind::Byte
            | FieldKind::TokenCount { .. }
            | FieldKind::Date { .. } => {
                let column: Option<Column<i64>> = columns.column_opt(field.name())?;
                if let Some(column) = column.filter(has_values) {
                    let range = ColumnRange::Integers { min: column.min_value(), max: column.max_value() };
                    ranges.insert(field.name().to_owned(), range);
                }
            }
            FieldKind::Double
            | FieldKind::Float
            | FieldKind::HalfFloat
            | FieldKind::ScaledFloat { .. }
            | FieldKind::UnsignedLong => {
                ranges.extend(floats(field.name())?.map(|range| (field.name().to_owned(), range)));
            }
            FieldKind::GeoPoint => {
                let (lat, lon) = field.point_columns().expect("a point has columns");
                for name in [lat, lon] {
                    ranges.extend(floats(name)?.map(|range| (name.to_owned(), range)));
                }
            }
            FieldKind::Text { .. }
            | FieldKind::Keyword { .. }
            | FieldKind::Ip
            | FieldKind::Boolean
            | FieldKind::Range(_)
            | FieldKind::Binary
            | FieldKind::Percolator
            | FieldKind::FlatObject
            | FieldKind::RankFeature { .. } => {}
        }
    }
    Ok(ranges)
}

/// Smallest and largest `_id`.
///
/// # Errors
/// [`IndexError::Search`].
pub(crate) fn id_range(segment: &SegmentReader) -> Result<Option<IdRange>, IndexError> {
    let index = segment.inverted_index(ID)?;
    let Some(last) = index.terms().num_terms().checked_sub(1) else { return Ok(None) };
    let id = |ordinal: usize| -> Result<String, IndexError> {
        let mut term = Vec::new();
        index.terms().ord_to_term(ordinal as u64, &mut term).map_err(TantivyError::from)?;
        Ok(String::from_utf8(term).expect("an id is text"))
    };
    Ok(Some(IdRange { min: id(0)?, max: id(last)? }))
}

/// What the scores of terms are computed from, for each field that has any of them.
///
/// # Errors
/// [`IndexError::Search`].
pub(crate) fn field_statistics(
    segment: &SegmentReader,
    mapping: &Mapping,
) -> Result<BTreeMap<String, FieldStatistics>, IndexError> {
    let mut all = BTreeMap::new();
    for field in mapping.fields() {
        let documents = match field.kind() {
            FieldKind::Text { .. } => documents_with_text(segment, field)?,
            FieldKind::Keyword { .. } => {
                let column = segment.fast_fields().str(field.name())?;
                column.map_or(0, |column| documents_with_values(segment, &column.ords().index))
            }
            FieldKind::FlatObject => documents_with_path(segment, field)?,
            FieldKind::Boolean => {
                let column: Option<Column<bool>> = segment.fast_fields().column_opt(field.name())?;
                column.map_or(0, |column| documents_with_values(segment, &column.index))
            }
            // Their terms all score the same.
            _ => 0,
        };
        if documents > 0 {
            let terms = terms(segment, field)?;
            all.insert(field.name().to_owned(), FieldStatistics { documents, terms });
        }
    }
    Ok(all)
}

/// Documents with a value in a `flat_object`.
fn documents_with_path(segment: &SegmentReader, field: &Field) -> Result<u64, IndexError> {
    let exists = Term::from_field_text(FIELD_NAMES, field.name());
    let documents = segment.inverted_index(FIELD_NAMES)?.doc_freq(&exists).map_err(TantivyError::from)?;
    Ok(u64::from(documents))
}

/// Documents with at least one term: a text of punctuation has none.
fn documents_with_text(segment: &SegmentReader, field: &Field) -> Result<u64, IndexError> {
    let Some(lengths) = segment.fieldnorms_readers().get_field(field.tantivy_field())? else { return Ok(0) };
    Ok((0..segment.max_doc()).filter(|doc| lengths.fieldnorm_id(*doc) > 0).count() as u64)
}

fn documents_with_values(segment: &SegmentReader, column: &ColumnIndex) -> u64 {
    (0..segment.max_doc()).filter(|doc| column.has_value(*doc)).count() as u64
}

/// Counts the terms of all documents. tantivy stores this number, too, but estimates it when it merges segments with deletes, and
/// counts each of several equal keywords of a document.
fn terms(segment: &SegmentReader, field: &Field) -> Result<u64, IndexError> {
    let index = segment.inverted_index(field.tantivy_field())?;
    let mut dictionary = index.terms().stream().map_err(TantivyError::from)?;
    let mut terms = 0;
    while dictionary.advance() {
        let term = dictionary.value();
        let counts = || std::str::from_utf8(dictionary.key()).is_ok_and(is_flat_value_with_path);
        if *field.kind() == FieldKind::FlatObject && !counts() {
            continue;
        }
        if !matches!(field.kind(), FieldKind::Text { .. }) {
            terms += u64::from(term.doc_freq);
            continue;
        }
        let postings = index.read_block_postings_from_terminfo(term, IndexRecordOption::WithFreqs);
        let mut postings = postings.map_err(TantivyError::from)?;
        while !postings.docs().is_empty() {
            terms += postings.freqs().iter().map(|frequency| u64::from(*frequency)).sum::<u64>();
            postings.advance();
        }
    }
    Ok(terms)
}

fn has_values<T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static>(column: &Column<T>) -> bool {
    column.values.num_vals() > 0
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use serde_json::json;

    use crate::fixture::{add, delete, manifest, store_with_index, writer};
    use crate::{MergeEffort, MergeOptions};

    fn mapping() -> serde_json::Value {
        json!({"properties": {
            "text": {"type": "text"}, "tag": {"type": "keyword", "ignore_above": 5}, "flag": {"type": "boolean"},
            "n": {"type": "long"}, "place": {"type": "geo_point"}
        }})
    }

    fn lines() -> String {
        let documents = [
            json!({"_id": "1", "text": "red red blue", "tag": ["a", "b", "a"], "flag": [true, true, false]}),
            json!({"_id": "2", "text": ["red", "green old"], "tag": "longer than five", "n": 7}),
            json!({"_id": "3", "text": "!?", "tag": "", "flag": true, "place": [1, 2]}),
            json!({"_id": "4", "text": null, "tag": []}),
            json!({"_id": "5", "text": "old ".repeat(1_000)}),
        ];
        documents.iter().map(|document| format!("{document}\n")).collect()
    }

    #[test]
    fn documents_and_terms_are_counted() {
        block_on(async {
            let storage = store_with_index(mapping()).await;
            add(&storage, &lines()).await;
            let statistics = &manifest(&storage).await.splits[0].statistics;
            let json = serde_json::to_string(statistics).expect("JSON");
            insta::assert_snapshot!(json, @r#"{"flag":{"documents":2,"terms":3},"tag":{"documents":2,"terms":3},"text":{"documents":3,"terms":1006}}"#);
        });
    }

    #[test]
    fn a_merge_counts_exactly_what_is_left() {
        block_on(async {
            let storage = store_with_index(mapping()).await;
            add(&storage, &lines()).await;
            delete(&storage, &["1"]).await;
            let options = MergeOptions { effort: MergeEffort::Full, deleted_percent: 1, ..MergeOptions::default() };
            writer(&storage).merge_splits(&options, |_| ()).await.expect("merged");
            assert_eq!(manifest(&storage).await.splits[0].documents, 4);
            let statistics = &manifest(&storage).await.splits[0].statistics;
            let json = serde_json::to_string(statistics).expect("JSON");
            insta::assert_snapshot!(json, @r#"{"flag":{"documents":1,"terms":1},"tag":{"documents":1,"terms":1},"text":{"documents":2,"terms":1003}}"#);
        });
    }
}
