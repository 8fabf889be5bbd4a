//! Arguments from the host.

use alloc::alloc::{Layout, alloc, realloc as reallocate};
use alloc::string::String;
use alloc::vec::Vec;
use core::ptr::without_provenance_mut;

use super::layout::{RawArgument, RawColumn, RawList, RawValue};
use crate::panic::log_panics;
use crate::value::{Argument, BorrowedColumn, BorrowedDictionary, BorrowedValues, Value};
use crate::{Arguments, Batch, Columns, Error};

/// Allocates memory for the host.
///
/// # Safety
///
/// `old` with `old_len` and `align` comes from here, or `old_len` is 0; `align` is a power of two.
pub unsafe fn realloc(old: *mut u8, old_len: usize, align: usize, len: usize) -> *mut u8 {
    if len == 0 {
        return without_provenance_mut(align);
    }
    // SAFETY: the caller guarantees what the allocator requires; `len` is not 0.
    unsafe {
        let layout = Layout::from_size_align_unchecked(if old_len == 0 { len } else { old_len }, align);
        // The allocator never returns null.
        if old_len == 0 { alloc(layout) } else { reallocate(old, layout, len) }
    }
}

/// Takes ownership of a list.
///
/// # Safety
///
/// The list comes from the host, has items of that type, and is taken once.
pub(super) unsafe fn take<T>(list: RawList) -> Vec<T> {
    // SAFETY: the host allocated it through `realloc`, with the exact layout of its items.
    unsafe { Vec::from_raw_parts(list.pointer.cast(), list.len, list.len) }
}

/// Takes ownership of a string, or of a list of bytes that contains UTF-8 according to the contract.
pub(super) unsafe fn take_text(list: RawList) -> String {
    // SAFETY: as for `take`; the host promises valid UTF-8.
    unsafe { String::from_utf8_unchecked(take(list)) }
}

/// Takes ownership of the arguments of `bind`.
///
/// # Safety
///
/// They are the arguments that the host passed to `bind`, and are taken once.
#[inline(never)] // once for all roles
pub unsafe fn arguments(pointer: *mut u8, len: usize) -> Arguments {
    log_panics();
    // SAFETY: guaranteed by the caller; each list inside is taken once, as its case says.
    let raw: Vec<RawArgument> = unsafe { take(RawList { pointer, len }) };
    let arguments = raw
        .into_iter()
        .map(|argument| unsafe { Argument { name: take_text(argument.name), value: value(argument.value) } });
    Arguments::new(arguments.collect())
}

unsafe fn value(raw: RawValue) -> Value {
    // SAFETY: `case` says which field of the payload is valid.
    unsafe {
        let payload = raw.payload;
        match raw.case {
            0 => Value::Boolean(payload.boolean != 0),
            1 => Value::Integer(payload.integer),
            2 => Value::Float(payload.float),
            3 => Value::Text(take_text(payload.list)),
            4 => Value::Integers(take(payload.list)),
            5 => Value::Floats(take(payload.list)),
            6 => Value::Texts(take::<RawList>(payload.list).into_iter().map(|text| take_text(text)).collect()),
            _ => Value::Json(take_text(payload.list)),
        }
    }
}

/// A batch of the host. It is read where the host wrote it.
pub struct HostBatch {
    len: usize,
    scores: Vec<f32>,
    columns: Vec<RawColumn>,
}

/// Takes ownership of a batch.
///
/// # Safety
///
/// They are the arguments that the host passed to `keep` or `score`, and are taken once.
pub unsafe fn batch(len: usize, scores: *mut u8, scores_len: usize, columns: *mut u8, columns_len: usize) -> HostBatch {
    // SAFETY: guaranteed by the caller.
    unsafe {
        let scores = take(RawList { pointer: scores, len: scores_len });
        HostBatch { len, scores, columns: take(RawList { pointer: columns, len: columns_len }) }
    }
}

impl HostBatch {
    /// The batch, as a function reads it.
    pub fn read<C: Columns>(&self) -> Result<Batch<'_, C>, Error> {
        Batch::new(self.len, &self.scores, self.columns.iter().map(borrowed))
    }
}

impl Drop for HostBatch {
    #[inline(never)] // once for all roles
    fn drop(&mut self) {
        for column in &self.columns {
            let [first, ends, bytes] = column.lists;
            // SAFETY: the batch owns the lists, which its case says, and nobody reads them any more.
            unsafe {
                drop(take::<u32>(column.starts));
                match column.case {
                    0 => drop(take::<u8>(first)),
                    1 | 2 => drop(take::<u64>(first)),
                    _ => {
                        drop(take::<u32>(first));
                        drop(take::<u32>(ends));
                        drop(take::<u8>(bytes));
                    }
                }
            }
        }
    }
}

fn borrowed(column: &RawColumn) -> BorrowedColumn<'_> {
    let [first, ends, bytes] = column.lists;
    // SAFETY: the case says which lists there are, and what their items are. The batch owns them.
    unsafe {
        let values = match column.case {
            0 => BorrowedValues::Booleans(items(first)),
            1 => BorrowedValues::Integers(items(first)),
            2 => BorrowedValues::Floats(items(first)),
            _ => {
                // The host promises valid UTF-8.
                let texts = core::str::from_utf8_unchecked(items(bytes));
                BorrowedValues::Texts(BorrowedDictionary { codes: items(first), ends: items(ends), texts })
            }
        };
        BorrowedColumn { values, starts: items(column.starts) }
    }
}

/// # Safety
///
/// The list has items of that type, and lives as long as what is returned.
unsafe fn items<'b, T>(list: RawList) -> &'b [T] {
    // SAFETY: guaranteed by the caller. An empty list has an address that is aligned, as `realloc` returns it.
    unsafe { core::slice::from_raw_parts(list.pointer.cast(), list.len) }
}
