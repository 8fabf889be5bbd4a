//! Terms of keywords.

use tantivy::TantivyError;

use super::super::batch::Batch;
use super::super::bucket_map::BucketMap;
use super::super::direct_counts::{DirectCounts, MostFrequent};
use super::super::gathered::{Gathered, Repeats};
use super::super::keyed::SegmentKeys;
use super::super::partial::{Keys, Partial};
use super::super::reader::Reader;
use super::super::source::Missing;
use super::planned_terms::Terms;
use crate::Error;

/// Terms of a keyword: their numbers in the dictionary.
pub(super) struct TextKeys<'a> {
    terms: &'a Terms,
    reader: Reader,
    /// What a missing value counts as: a term of the dictionary, or the number after the last one.
    missing: Option<(u64, &'a str)>,
    /// For each number, whether it has a bucket.
    kept: Option<Vec<bool>>,
}

impl<'a> TextKeys<'a> {
    pub(super) fn open(terms: &'a Terms, reader: Reader) -> Result<Self, Error> {
        let texts = reader.texts();
        let count = texts.map_or(0, |texts| texts.num_terms()) as u64;
        let missing = match (&terms.source.missing, texts) {
            (Some(Missing::Text(text)), texts) => {
                let found = match texts {
                    Some(texts) => texts.dictionary().term_ord(text).map_err(TantivyError::from)?,
                    None => None,
                };
                Some((found.unwrap_or(count), text.as_str()))
            }
            _ => None,
        };
        let kept = match &terms.filter {
            None => None,
            Some(filter) => {
                let mut kept = texts.map_or(Ok(Vec::new()), |texts| filter.kept(texts))?;
                kept.extend(missing.map(|(_, text)| filter.keeps_text(text)));
                Some(kept)
            }
        };
        Ok(TextKeys { terms, reader, missing, kept })
    }

    fn count(&self) -> u64 {
        self.reader.texts().map_or(0, |texts| texts.num_terms()) as u64
    }
}

impl SegmentKeys for TextKeys<'_> {
    fn bounds(&self) -> Option<(u64, u64)> {
        // One more, for a missing value that is not in the dictionary.
        Some((0, self.count()))
    }

    fn read(&mut self, batch: Batch<'_>) -> &Gathered<u64> {
        let keys = self.reader.bits_or(batch, Repeats::Drop, self.missing.map(|(ordinal, _)| ordinal));
        if let Some(kept) = &self.kept {
            keys.retain(|ordinal| kept[ordinal as usize]);
        }
        keys
    }

    fn always(&self) -> Vec<u64> {
        if self.terms.first.min_doc_count > 0 {
            return Vec::new();
        }
        let is_kept = |ordinal: &u64| self.kept.as_ref().is_none_or(|kept| kept[*ordinal as usize]);
        (0..self.count()).filter(is_kept).collect()
    }

    fn keep_answered(&self, positions: &mut Vec<u32>, map: &BucketMap, inner: &[Vec<Partial>]) -> u64 {
        // The number after the last one does not order like its text.
        if self.missing.is_some_and(|(ordinal, _)| ordinal == self.count()) {
            return 0;
        }
        self.terms.keep_first(positions, &map.counts, inner, &|a, b| map.keys[a].cmp(&map.keys[b]))
    }

    fn keep_most_frequent(&self, counts: &DirectCounts) -> Option<MostFrequent> {
        // The number after the last one does not order like its text.
        let is_ordered = self.missing.is_none_or(|(ordinal, _)| ordinal < self.count());
        if is_ordered { self.terms.keep_most_frequent(counts) } else { None }
    }

    fn bytes(&self) -> usize {
        self.kept.as_ref().map_or(0, Vec::len)
    }

    /// Looks up each term once.
    fn name(&self, keys: &[u64]) -> Result<Keys, Error> {
        let count = self.count();
        let mut ordinals: Vec<u64> = keys.iter().copied().filter(|ordinal| *ordinal < count).collect();
        ordinals.sort_unstable();
        ordinals.dedup();
        let mut texts = Vec::with_capacity(ordinals.len());
        if let Some(column) = self.reader.texts() {
            let push = |bytes: &[u8]| texts.push(String::from_utf8_lossy(bytes).into_owned());
            column.dictionary().sorted_ords_to_term_cb(&ordinals, push).map_err(TantivyError::from)?;
        }
        let text = |ordinal: &u64| match ordinals.binary_search(ordinal) {
            Ok(index) => texts[index].clone(),
            Err(_) => self.missing.map_or_else(String::new, |(_, text)| text.to_owned()),
        };
        Ok(Keys::Texts(keys.iter().map(text).collect()))
    }
}
