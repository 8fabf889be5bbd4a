//! Arguments from the host.

use alloc::alloc::{Layout, alloc, realloc as reallocate};
use alloc::string::String;
use alloc::vec::Vec;
use core::ptr::without_provenance_mut;

use super::layout::{RawArgument, RawColumn, RawList, RawValue};
use crate::Arguments;
use crate::panic::log_panics;
use crate::value::{Argument, Column, Dictionary, RawBatch, Value, Values};

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

/// Takes ownership of a batch.
///
/// # Safety
///
/// They are the arguments that the host passed to `keep` or `score`, and are taken once.
#[inline(never)] // once for all roles
pub unsafe fn batch(len: usize, scores: *mut u8, scores_len: usize, columns: *mut u8, columns_len: usize) -> RawBatch {
    // SAFETY: guaranteed by the caller; each list inside is taken once, as its case says.
    unsafe {
        let raw: Vec<RawColumn> = take(RawList { pointer: columns, len: columns_len });
        let columns = raw.into_iter().map(|column| {
            let [first, ends, bytes] = column.lists;
            let values = match column.case {
                0 => Values::Booleans(take(first)),
                1 => Values::Integers(take(first)),
                2 => Values::Floats(take(first)),
                _ => Values::Texts(Dictionary { codes: take(first), ends: take(ends), texts: take_text(bytes) }),
            };
            Column { values, starts: take(column.starts) }
        });
        RawBatch { len, scores: take(RawList { pointer: scores, len: scores_len }), columns: columns.collect() }
    }
}
