//! The types of the contract, with the layouts that the canonical ABI gives them.

use core::ptr::without_provenance_mut;

use crate::value::Column;
use crate::{Error, Range};

/// `list<_>` and `string`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct RawList {
    pub(super) pointer: *mut u8,
    pub(super) len: usize,
}

impl RawList {
    pub(super) const EMPTY: Self = RawList { pointer: without_provenance_mut(LARGEST_ALIGN), len: 0 };
}

/// The largest alignment of any item, which is also an address that all items may have.
pub(super) const LARGEST_ALIGN: usize = 8;

/// `argument`.
#[repr(C)]
pub(super) struct RawArgument {
    pub(super) name: RawList,
    pub(super) value: RawValue,
}

/// `value`: a case, and its number or its list.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct RawValue {
    pub(super) case: u8,
    pub(super) payload: Payload,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(super) union Payload {
    pub(super) boolean: u8,
    pub(super) integer: i64,
    pub(super) float: f64,
    pub(super) list: RawList,
}

/// `column`: the case of its values, the one list of a number column or the three of a dictionary, and the starts.
#[repr(C)]
pub(super) struct RawColumn {
    pub(super) case: u8,
    pub(super) lists: [RawList; 3],
    pub(super) starts: RawList,
}

/// `column-request`.
#[repr(C)]
pub(super) struct RawColumnRequest {
    pub(super) field: RawList,
    pub(super) kind: u8,
}

/// `parameter`.
#[repr(C)]
pub struct RawParameter {
    pub(super) name: RawList,
    pub(super) kind: u8,
    pub(super) required: u8,
    pub(super) default: RawOption,
    pub(super) summary: RawList,
}

#[repr(C)]
pub(super) struct RawOption {
    pub(super) some: u8,
    pub(super) value: RawValue,
}

/// `result<_, error>`: for `ok` a handle or a list, for an error its case and message. The last field is not part of the ABI.
#[repr(C)]
pub struct RawResult {
    pub(super) failed: u8,
    pub(super) payload: [usize; 3],
    pub(super) capacity: usize,
}

/// A returned list. The last field is not part of the ABI.
#[repr(C)]
pub struct ReturnedList {
    pub(super) list: RawList,
    pub(super) capacity: usize,
}

/// `result<column, error>`: for `ok` the column, as in [`RawColumn`]; for an error its case and message. The last field is not part
/// of the ABI: it owns what the pointers point to.
#[repr(C)]
pub struct ReturnedColumn {
    pub(super) failed: u8,
    pub(super) payload: [usize; 9],
    pub(super) _owned: Result<Column, Error>,
}

// The sizes that the ABI gives these types.
const _: () = assert!(size_of::<RawArgument>() == 24 && size_of::<RawColumn>() == 36);
const _: () = assert!(size_of::<RawColumnRequest>() == 12 && size_of::<RawParameter>() == 48);
const _: () = assert!(core::mem::offset_of!(RawResult, capacity) == 16);
const _: () = assert!(core::mem::offset_of!(ReturnedColumn, _owned) == 40 && size_of::<Range>() == 24);
