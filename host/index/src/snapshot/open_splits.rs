//! Opening splits: their footers and deletes are read, all in one round trip.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use tantivy::directory::OwnedBytes;

use super::Snapshot;
use crate::manifest::{Deletes, SplitEntry};
use crate::name::split_key;
use crate::reading::{Cost, ReadSession};
use crate::split::{Footer, LiveSplit, OpenSplit};
use crate::{Damage, IndexError};

/// Most bytes of the footers object that are read with one request. 256 KiB: a twelfth of a round trip at 100 MB/s, and the footers of about
/// twenty splits.
const COPIES_BYTES: u64 = 256 << 10;

/// A range of an object.
type ObjectRange = (Arc<str>, Range<u64>);

/// Where the footers of splits are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The footers object, for the splits that have a copy there.
    Copies,
    /// The splits themselves.
    Splits,
}

impl Snapshot {
    /// Opens the splits that were not opened before.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`].
    pub(super) async fn open_splits(&self, splits: &[usize], reads: &ReadSession) -> Result<(), IndexError> {
        let missing: Vec<usize> =
            splits.iter().copied().filter(|number| self.opened[*number].get().is_none()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let has_copy = |number: &usize| self.copy(*number).is_some();
        if missing.iter().any(has_copy) && self.open_from(Source::Copies, &missing, reads.cost()).await.is_ok() {
            return Ok(());
        }
        // The copies may be gone or damaged: the splits have all that is needed.
        self.open_from(Source::Splits, &missing, reads.cost()).await
    }

    async fn open_from(&self, source: Source, missing: &[usize], cost: &Cost) -> Result<(), IndexError> {
        let (wanted, parts): (Vec<ObjectRange>, Vec<Part>) = self.parts(source, missing).into_iter().unzip();
        let read = self.reader.get_ranges(&wanted, cost).await?;
        let mut footers = Vec::with_capacity(missing.len());
        let mut deletes = BTreeMap::new();
        for (((object, range), part), bytes) in wanted.into_iter().zip(parts).zip(read) {
            match part {
                Part::Split(number) => footers.push((number, bytes)),
                Part::Copies(copies) => footers.extend(copies.footers(range.start, &bytes)),
                Part::Deletes(number, described) => {
                    described.check(&bytes).map_err(|reason| IndexError::damaged(&*object, reason))?;
                    self.reader.keep(&object, range.start, &bytes);
                    deletes.insert(number, (described, bytes));
                }
            }
        }
        for (number, bytes) in footers {
            let (object, range) = self.opening_range(number);
            let split = open_split(&object, &self.splits[number], bytes.clone());
            let split = split.map_err(|reason| IndexError::damaged(&*object, reason))?;
            self.reader.keep(&object, range.start, &bytes);
            // Another task may have opened it in the meantime: the result is the same.
            let _ = self.opened[number].set(LiveSplit { split: Arc::new(split), deletes: deletes.remove(&number) });
        }
        Ok(())
    }

    /// What is read to open splits.
    fn parts(&self, source: Source, missing: &[usize]) -> Vec<(ObjectRange, Part)> {
        let (mut parts, mut copied) = (Vec::new(), Vec::new());
        for number in missing.iter().copied() {
            let opening = self.opening_range(number);
            match self.copy(number).filter(|_| source == Source::Copies && !self.reader.has(&opening.0, &opening.1)) {
                Some(copy) => copied.push((number, copy)),
                None => parts.push((opening, Part::Split(number))),
            }
            if let Some(deletes) = &self.splits[number].deletes {
                let all = (Arc::from(deletes.key(&self.name)), 0..deletes.size);
                parts.push((all, Part::Deletes(number, deletes.clone())));
            }
        }
        if let Some(footers) = &self.footers {
            let key: Arc<str> = Arc::from(footers.key(&self.name));
            let grouped = self.grouped(copied).into_iter();
            parts.extend(grouped.map(|(range, copies)| ((Arc::clone(&key), range), Part::Copies(copies))));
        }
        parts
    }

    /// The range of a split that is read to open it.
    fn opening_range(&self, number: usize) -> ObjectRange {
        let entry = &self.splits[number];
        let start = if self.is_read_whole(entry) { 0 } else { entry.footer.offset };
        (Arc::from(split_key(&self.name, &entry.id)), start..entry.size)
    }

    fn is_read_whole(&self, entry: &SplitEntry) -> bool {
        entry.size <= self.reader.settings().whole_split_bytes
    }

    /// The range of the footers object that can be read instead, if there is one.
    fn copy(&self, number: usize) -> Option<Range<u64>> {
        let entry = &self.splits[number];
        let footers = self.footers.as_ref().filter(|_| !self.is_read_whole(entry))?;
        footers.range(&entry.id, entry.footer.length)
    }

    /// Joins copies to ranges that are read with one request each. A long range is faster with several requests, and what lies between
    /// copies, of splits that were merged since, is not worth another request.
    fn grouped(&self, mut copied: Vec<(usize, Range<u64>)>) -> Vec<(Range<u64>, Copies)> {
        let settings = self.reader.settings();
        let most_bytes = settings.request_bytes.min(COPIES_BYTES);
        copied.sort_unstable_by_key(|(_, copy)| copy.start);
        let mut groups: Vec<(Range<u64>, Copies)> = Vec::new();
        for (number, copy) in copied {
            match groups.last_mut() {
                Some((range, Copies(copies)))
                    if copy.start.saturating_sub(range.end) <= settings.max_gap_bytes
                        && copy.end.saturating_sub(range.start) <= most_bytes =>
                {
                    range.end = range.end.max(copy.end);
                    copies.push((number, copy));
                }
                _ => groups.push((copy.clone(), Copies(vec![(number, copy)]))),
            }
        }
        groups
    }
}

/// What a range has that is read to open splits. Splits are given by their numbers.
enum Part {
    /// The footer of a split, or all of a small one.
    Split(usize),
    Copies(Copies),
    Deletes(usize, Deletes),
}

/// Copies of footers: the number of each split, and the range in the footers object.
struct Copies(Vec<(usize, Range<u64>)>);

impl Copies {
    /// The footers among bytes that begin at an offset of the footers object.
    fn footers(self, start: u64, bytes: &OwnedBytes) -> impl Iterator<Item = (usize, OwnedBytes)> {
        self.0.into_iter().map(move |(number, copy)| {
            let footer = &bytes[(copy.start - start) as usize..(copy.end - start) as usize];
            // Copied, so that what is kept of one footer does not keep the others in memory.
            (number, OwnedBytes::new(footer.to_vec()))
        })
    }
}

/// Opens a split from its footer, or from all of its bytes.
fn open_split(object: &Arc<str>, entry: &SplitEntry, bytes: OwnedBytes) -> Result<OpenSplit, Damage> {
    let footer_bytes = usize::try_from(entry.footer.length).ok().filter(|length| *length <= bytes.len());
    let Some(footer_bytes) = footer_bytes else { return Err(Damage::corrupt("footer is longer than the split")) };
    let data_bytes = bytes.len() - footer_bytes;
    let (data, footer) = bytes.split(data_bytes);
    let footer = Footer::decode_at(&footer, entry.footer)?;
    if data.is_empty() {
        return Ok(OpenSplit::new(Arc::clone(object), footer));
    }
    footer.check(0, &data)?;
    Ok(OpenSplit::new(Arc::clone(object), footer).with_data(data))
}
