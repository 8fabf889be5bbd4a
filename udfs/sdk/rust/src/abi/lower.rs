//! Results for the host.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::mem::ManuallyDrop;
use core::ptr::with_exposed_provenance_mut;

use super::layout::{RawColumnRequest, RawList, RawResult, ReturnedColumn, ReturnedList};
use super::lift::take;
use crate::column::requests;
use crate::value::{Column, ColumnRequest, Dictionary, Values};
use crate::{ColumnValue, Columns, ComputedColumn, Error, Range};

/// The list that `ranges` returned last. Nobody frees it: the next one takes its place.
#[repr(C)]
struct LastRanges {
    list: RawList,
    _ranges: Vec<Range>,
}

/// The return value of `bind`.
pub fn bound<T>(bound: Result<T, Error>, new_handle: extern "C" fn(*mut T) -> usize) -> *mut RawResult {
    match bound {
        Ok(bound) => returned(0, [new_handle(Box::into_raw(Box::new(bound))), 0, 0], 0),
        Err(error) => failed(error),
    }
}

/// The return value of `keep` and `score`.
pub fn answer<T>(answer: Result<Vec<T>, Error>) -> *mut RawResult {
    match answer {
        Ok(items) => {
            let ReturnedList { list, capacity } = release(items);
            returned(0, [list.pointer.expose_provenance(), list.len, 0], capacity)
        }
        Err(error) => failed(error),
    }
}

fn failed(error: Error) -> *mut RawResult {
    let (case, message) = match error {
        Error::InvalidArgument(message) => (0, message),
        Error::Failed(message) => (1, message),
    };
    let ReturnedList { list, capacity } = release(message.into_bytes());
    returned(1, [case, list.pointer.expose_provenance(), list.len], capacity)
}

fn returned(failed: u8, payload: [usize; 3], capacity: usize) -> *mut RawResult {
    Box::into_raw(Box::new(RawResult { failed, payload, capacity }))
}

/// Passes ownership of a list to the host.
fn release<T>(items: Vec<T>) -> ReturnedList {
    let mut items = ManuallyDrop::new(items);
    let list = RawList { pointer: items.as_mut_ptr().cast(), len: items.len() };
    ReturnedList { list, capacity: items.capacity() }
}

/// # Safety
///
/// `bind` returned it.
#[inline(never)] // once for all roles
pub unsafe fn after_bind(returned: *mut RawResult) {
    // SAFETY: `bound` made it; a handle needs no freeing.
    unsafe {
        let result = Box::from_raw(returned);
        if result.failed != 0 {
            free_message(&result);
        }
    }
}

/// # Safety
///
/// `keep` or `score` returned it, with items of that type.
pub unsafe fn after_answer<T>(returned: *mut RawResult) {
    // SAFETY: `answer` made it.
    unsafe {
        let result = Box::from_raw(returned);
        match result.failed {
            0 => {
                let [pointer, len, _] = result.payload;
                drop(Vec::<T>::from_raw_parts(with_exposed_provenance_mut(pointer), len, result.capacity));
            }
            _ => free_message(&result),
        }
    }
}

unsafe fn free_message(result: &RawResult) {
    let [_, pointer, len] = result.payload;
    // SAFETY: `failed` made it.
    drop(unsafe { Vec::<u8>::from_raw_parts(with_exposed_provenance_mut(pointer), len, result.capacity) });
}

/// The return value of `ranges`.
#[inline(never)] // once for all roles
pub fn ranges(ranges: Vec<Range>) -> *const RawList {
    static LAST: Last = Last(UnsafeCell::new(LastRanges { list: RawList::EMPTY, _ranges: Vec::new() }));
    // SAFETY: WebAssembly targets have one thread, and the host has read what was returned before.
    let last = unsafe { &mut *LAST.0.get() };
    let list = RawList { pointer: ranges.as_ptr().cast::<u8>().cast_mut(), len: ranges.len() };
    *last = LastRanges { list, _ranges: ranges };
    &last.list
}

struct Last(UnsafeCell<LastRanges>);

// SAFETY: WebAssembly targets have one thread.
unsafe impl Sync for Last {}

/// The return value of `kind`.
pub fn kind<V: ColumnValue>() -> i32 {
    V::KIND as i32
}

/// The return value of `compute`.
pub fn computed<V: ColumnValue>(computed: Result<ComputedColumn<V>, Error>) -> *mut ReturnedColumn {
    returned_column(computed.map(ComputedColumn::into_column))
}

fn returned_column(owned: Result<Column, Error>) -> *mut ReturnedColumn {
    let list = |pointer: *const u8, len: usize| [pointer.expose_provenance(), len];
    let mut payload = [0; 9];
    match &owned {
        Ok(Column { values, starts }) => {
            let case = match values {
                Values::Booleans(values) => (0, [list(values.as_ptr(), values.len()), [0; 2], [0; 2]]),
                Values::Integers(values) => (1, [list(values.as_ptr().cast(), values.len()), [0; 2], [0; 2]]),
                Values::Floats(values) => (2, [list(values.as_ptr().cast(), values.len()), [0; 2], [0; 2]]),
                Values::Texts(Dictionary { codes, ends, texts }) => {
                    let codes = list(codes.as_ptr().cast(), codes.len());
                    let ends = list(ends.as_ptr().cast(), ends.len());
                    (3, [codes, ends, list(texts.as_ptr(), texts.len())])
                }
            };
            let (case, [first, second, third]) = case;
            let starts = list(starts.as_ptr().cast(), starts.len());
            payload = [case, first[0], first[1], second[0], second[1], third[0], third[1], starts[0], starts[1]];
        }
        Err(error) => {
            let (case, message) = match error {
                Error::InvalidArgument(message) => (0, message),
                Error::Failed(message) => (1, message),
            };
            let [pointer, len] = list(message.as_ptr(), message.len());
            payload[..3].copy_from_slice(&[case, pointer, len]);
        }
    }
    Box::into_raw(Box::new(ReturnedColumn { failed: owned.is_err() as u8, payload, _owned: owned }))
}

/// # Safety
///
/// `compute` returned it.
pub unsafe fn after_compute(returned: *mut ReturnedColumn) {
    // SAFETY: `returned_column` made it.
    drop(unsafe { Box::from_raw(returned) });
}

/// # Safety
///
/// [`bound`] returned it to the host, which drops it now.
pub unsafe fn drop_bound<T>(bound: *mut T) {
    // SAFETY: guaranteed by the caller.
    drop(unsafe { Box::from_raw(bound) });
}

/// The return value of `columns`.
pub fn columns(columns: &impl Columns) -> *mut ReturnedList {
    release_requests(requests(columns))
}

fn release_requests(requests: Vec<ColumnRequest>) -> *mut ReturnedList {
    let requests = requests.into_iter().map(|request| {
        let len = request.field.len();
        let field = RawList { pointer: Box::into_raw(request.field).cast(), len };
        RawColumnRequest { field, kind: request.kind as u8 }
    });
    Box::into_raw(Box::new(release(requests.collect())))
}

/// # Safety
///
/// `columns` returned it.
#[inline(never)] // once for all roles
pub unsafe fn after_columns(returned: *mut ReturnedList) {
    // SAFETY: `release_requests` made it.
    unsafe {
        let ReturnedList { list, capacity } = *Box::from_raw(returned);
        for RawColumnRequest { field, .. } in Vec::from_raw_parts(list.pointer.cast(), list.len, capacity) {
            drop(take::<u8>(field));
        }
    }
}
