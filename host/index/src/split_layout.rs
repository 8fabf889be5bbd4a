//! The layout of a split: the order of its files, and which bytes are hot.

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value as Json;
use tantivy::directory::OwnedBytes;
use tantivy::{Index, Searcher, SegmentReader, TantivyError};

use crate::manifest::FooterPosition;
use crate::mapping::FIELD_NAMES;
use crate::reading::Recording;
use crate::sorted_columns::{self, SortedColumns};
use crate::split::{Footer, LiveSplit, OpenSplit, encode};
use crate::splits_directory::SplitsDirectory;
use crate::{FieldKind, IndexError, Mapping};

/// File extensions in the order in which files are stored. Stored documents and positions are read a block at a time and come
/// first; files that a query reads together are close together.
const FILE_ORDER: &[&str] = &["store", "pos", sorted_columns::EXTENSION, "fast", "fieldnorm", "idx", "term"];

/// Ranges that are not needed to open the split are hot as long as all hot bytes together are at most this many ...
const HOT_BYTES: u64 = 64 * 1024;
/// ... or the split's size divided by this: reading the footer must stay cheap.
const HOT_FRACTION: u64 = 100;

/// Writes a segment's files into one object.
///
/// # Errors
/// [`IndexError::Search`] if tantivy cannot read what it wrote.
pub fn build_split(
    mapping: &Mapping,
    segment: &Json,
    mut files: Vec<(String, OwnedBytes)>,
) -> Result<(Vec<u8>, FooterPosition), IndexError> {
    files.sort_by_key(|(name, _)| {
        let extension = name.rsplit('.').next().unwrap_or_default();
        FILE_ORDER.iter().position(|known| *known == extension).unwrap_or(FILE_ORDER.len())
    });
    let hot = hot_ranges(mapping, segment, &files)?;
    Ok(encode(segment, &files, &hot))
}

/// Opens the segment as a search does, and records what that reads. Then reads more, the most useful first, and adds what is small
/// enough.
fn hot_ranges(
    mapping: &Mapping,
    segment: &Json,
    files: &[(String, OwnedBytes)],
) -> Result<Vec<Range<u64>>, IndexError> {
    let (bytes, position) = encode(segment, files, &[]);
    let (data, footer) = OwnedBytes::new(bytes).split(position.offset as usize);
    let budget = HOT_BYTES.max(position.offset / HOT_FRACTION);
    let footer = Footer::decode(&footer).map_err(|damage| TantivyError::InternalError(damage.to_string()))?;
    let split = Arc::new(OpenSplit::new(Arc::from("a new split"), footer));
    let recording = Recording::new(data);
    let _entered = recording.enter();

    let index = Index::open(SplitsDirectory::new(&mapping.schema(), vec![LiveSplit { split, deletes: None }]))?;
    let searcher: Searcher = index.reader()?.searcher();
    let [segment] = searcher.segment_readers() else {
        return Err(TantivyError::InternalError("a new split does not have exactly one segment".to_owned()).into());
    };
    let schema = mapping.schema();
    for (field, entry) in schema.fields() {
        if entry.is_indexed() {
            segment.inverted_index(field)?;
        }
        if entry.is_fast() {
            // Reads where its columns are, but not the columns.
            segment.fast_fields().dynamic_column_handles(entry.name())?;
        }
    }
    if let Some(columns) = SortedColumns::open(segment)? {
        columns.read_descriptions().map_err(TantivyError::from)?;
    }
    let mut hot = Hot { ranges: recording.take() };
    for ranges in useful(mapping, segment, &recording)? {
        hot.add_within(budget, ranges);
    }
    Ok(hot.ranges)
}

/// The ranges that queries read first, the most useful first: the dictionary of `_field_names`, then the dictionary and the
/// lengths of each text field, then the dictionaries of keywords.
fn useful(
    mapping: &Mapping,
    segment: &SegmentReader,
    recording: &Recording,
) -> Result<Vec<Vec<Range<u64>>>, IndexError> {
    let fields = |wanted: fn(&FieldKind) -> bool| {
        mapping.fields().iter().filter(move |field| wanted(field.kind())).map(|field| field.tantivy_field())
    };
    let is_text = |kind: &FieldKind| matches!(kind, FieldKind::Text { .. });
    let is_keyword = |kind: &FieldKind| matches!(kind, FieldKind::Keyword { .. } | FieldKind::Ip);
    let mut useful = Vec::new();
    let dictionaries = [FIELD_NAMES].into_iter().chain(fields(is_text)).chain(fields(is_keyword));
    for field in dictionaries {
        // The stream reads all of the dictionary at once.
        drop(segment.inverted_index(field)?.terms().stream().map_err(TantivyError::from)?);
        useful.push(recording.take());
        if segment.fieldnorms_readers().get_field(field)?.is_some() {
            useful.push(recording.take());
        }
    }
    Ok(useful)
}

/// Ranges that ascend, none contained in another.
struct Hot {
    ranges: Vec<Range<u64>>,
}

impl Hot {
    fn bytes(&self) -> u64 {
        self.ranges.iter().map(|range| range.end - range.start).sum()
    }

    /// Adds all of `more`, if the whole stays within `budget` bytes.
    fn add_within(&mut self, budget: u64, more: Vec<Range<u64>>) {
        let mut all = self.ranges.clone();
        all.extend(more);
        all.sort_unstable_by_key(|range| (range.start, range.end));
        let mut joined: Vec<Range<u64>> = Vec::with_capacity(all.len());
        for range in all {
            match joined.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        let joined = Hot { ranges: joined };
        if joined.bytes() <= budget {
            *self = joined;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_added_together_or_not_at_all() {
        let mut hot = Hot { ranges: vec![10..20, 40..50] };
        hot.add_within(39, vec![18..30, 60..70]);
        assert_eq!(hot.ranges, [10..20, 40..50], "one byte over the budget");
        hot.add_within(40, vec![18..30, 60..70]);
        assert_eq!(hot.ranges, [10..30, 40..50, 60..70]);
    }
}
