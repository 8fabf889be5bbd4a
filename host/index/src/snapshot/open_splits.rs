//! Opening splits: their footers and deletes are read, all in one round trip.

use std::ops::Range;
use std::sync::Arc;

use tantivy::directory::OwnedBytes;

use super::Snapshot;
use crate::manifest::SplitEntry;
use crate::name::split_key;
use crate::reading::{Cost, ReadSession};
use crate::split::{Footer, LiveSplit, OpenSplit};
use crate::{Damage, IndexError};

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
        let mut wanted: Vec<ObjectRange> = Vec::new();
        // Copies that are close together are one range.
        let mut copied: Vec<(usize, Range<u64>)> = Vec::new();
        let mut direct: Vec<usize> = Vec::new();
        for number in missing.iter().copied() {
            let (object, range) = self.opening_range(number);
            match self.copy(number).filter(|_| source == Source::Copies && !self.reader.has(&object, &range)) {
                Some(copy) => copied.push((number, copy)),
                None => {
                    direct.push(number);
                    wanted.push((object, range));
                }
            }
        }
        let groups = self.grouped(copied);
        if let Some(footers) = &self.footers {
            let key: Arc<str> = Arc::from(footers.key(&self.name));
            wanted.extend(groups.iter().map(|group| (Arc::clone(&key), group.range.clone())));
        }
        let with_deletes: Vec<usize> =
            missing.iter().copied().filter(|number| self.splits[*number].deletes.is_some()).collect();
        let deletes = |number: usize| self.splits[number].deletes.as_ref().expect("it is one of those that have any");
        wanted.extend(with_deletes.iter().map(|number| {
            let deletes = deletes(*number);
            (Arc::from(deletes.key(&self.name)), 0..deletes.size)
        }));
        let mut read = self.reader.get_ranges(&wanted, cost).await?;

        let read_deletes = read.split_off(read.len() - with_deletes.len());
        let ranges = wanted[wanted.len() - with_deletes.len()..].iter();
        for (((object, range), bytes), number) in ranges.zip(&read_deletes).zip(&with_deletes) {
            deletes(*number).check(bytes).map_err(|reason| IndexError::damaged(&**object, reason))?;
            self.reader.keep(object, range.start, bytes);
        }
        let read_groups = read.split_off(direct.len());
        let copies = groups.iter().zip(read_groups).flat_map(|(group, bytes)| group.members(bytes));
        for (number, bytes) in direct.into_iter().zip(read).chain(copies) {
            let (object, range) = self.opening_range(number);
            let split = open_split(&object, &self.splits[number], bytes.clone());
            let split = split.map_err(|reason| IndexError::damaged(&*object, reason))?;
            self.reader.keep(&object, range.start, &bytes);
            let deletes_of = with_deletes.iter().position(|with_deletes| *with_deletes == number);
            let deletes = deletes_of.map(|position| (deletes(number).clone(), read_deletes[position].clone()));
            // Another task may have opened it in the meantime: the result is the same.
            let _ = self.opened[number].set(LiveSplit { split: Arc::new(split), deletes });
        }
        Ok(())
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

    /// Ranges of the footers object that are read with one request each: parallel requests are faster than a long one, and what
    /// lies between footers, if splits were merged, is not worth another request.
    fn grouped(&self, mut copied: Vec<(usize, Range<u64>)>) -> Vec<Group> {
        let settings = self.reader.settings();
        copied.sort_unstable_by_key(|(_, copy)| copy.start);
        let mut groups: Vec<Group> = Vec::new();
        for (number, copy) in copied {
            match groups.last_mut() {
                Some(group)
                    if copy.start.saturating_sub(group.range.end) <= settings.max_gap_bytes
                        && copy.end.saturating_sub(group.range.start) <= settings.request_bytes =>
                {
                    group.range.end = group.range.end.max(copy.end);
                    group.copies.push((number, copy));
                }
                _ => groups.push(Group { range: copy.clone(), copies: vec![(number, copy)] }),
            }
        }
        groups
    }
}

/// Copies of footers that are read with one request.
struct Group {
    range: Range<u64>,
    /// The number of each split, and the range of its copy.
    copies: Vec<(usize, Range<u64>)>,
}

impl Group {
    /// The footers among the bytes of the range.
    fn members(&self, bytes: OwnedBytes) -> impl Iterator<Item = (usize, OwnedBytes)> {
        let offset = |at: u64| (at - self.range.start) as usize;
        // Copied, so that what is kept of one footer does not keep the others in memory.
        let member = move |copy: &Range<u64>| OwnedBytes::new(bytes[offset(copy.start)..offset(copy.end)].to_vec());
        self.copies.iter().map(move |(number, copy)| (*number, member(copy)))
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
