//! Converts the values of the contract from and to their layout in linear memory, as the component model's canonical ABI defines it.
//!
//! Generated bindings contain one copy of these conversions for each function of each interface, and components with them were
//! half as large again. Here each conversion exists once, for all roles. The structs below have the ABI's layouts,
//! field by field; lists from the host are used without copying.
//!
//! Ownership: arguments were allocated by the host through [`realloc`] and belong to the callee, which drops them as ordinary
//! `Vec`s. Results belong to the caller until it calls the matching `after_*` function.
#![allow(unsafe_code, missing_docs, clippy::missing_safety_doc)]

use alloc::alloc::{Layout, alloc, realloc as reallocate};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::mem::ManuallyDrop;
use core::ptr::{with_exposed_provenance_mut, without_provenance_mut};

use crate::panic::log_panics;
use crate::parameter::{DefaultValue, Parameter, ParameterKind};
use crate::value::{Argument, Column, ColumnRequest, Dictionary, RawBatch, Value, Values};
use crate::{Arguments, ColumnValue, Columns, ComputedColumn, Error, Range};

pub static FILTER_UDF: &[u8; include_bytes!(concat!(env!("OUT_DIR"), "/filter-udf")).len()] =
    include_bytes!(concat!(env!("OUT_DIR"), "/filter-udf"));
pub static SCORER_UDF: &[u8; include_bytes!(concat!(env!("OUT_DIR"), "/scorer-udf")).len()] =
    include_bytes!(concat!(env!("OUT_DIR"), "/scorer-udf"));
pub static VALUES_UDF: &[u8; include_bytes!(concat!(env!("OUT_DIR"), "/values-udf")).len()] =
    include_bytes!(concat!(env!("OUT_DIR"), "/values-udf"));

/// `list<_>` and `string`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct RawList {
    pointer: *mut u8,
    len: usize,
}

impl RawList {
    const EMPTY: Self = RawList { pointer: without_provenance_mut(LARGEST_ALIGN), len: 0 };
}

/// The largest alignment of any item, which is also an address that all items may have.
const LARGEST_ALIGN: usize = 8;

/// `argument`.
#[repr(C)]
struct RawArgument {
    name: RawList,
    value: RawValue,
}

/// `value`: a case, and its number or its list.
#[repr(C)]
#[derive(Clone, Copy)]
struct RawValue {
    case: u8,
    payload: Payload,
}

#[repr(C)]
#[derive(Clone, Copy)]
union Payload {
    boolean: u8,
    integer: i64,
    float: f64,
    list: RawList,
}

/// `column`: the case of its values, the one list of a number column or the three of a dictionary, and the starts.
#[repr(C)]
struct RawColumn {
    case: u8,
    lists: [RawList; 3],
    starts: RawList,
}

/// `column-request`.
#[repr(C)]
struct RawColumnRequest {
    field: RawList,
    kind: u8,
}

/// `parameter`.
#[repr(C)]
pub struct RawParameter {
    name: RawList,
    kind: u8,
    required: u8,
    default: RawOption,
    summary: RawList,
}

#[repr(C)]
struct RawOption {
    some: u8,
    value: RawValue,
}

/// `result<_, error>`: for `ok` a handle or a list, for an error its case and message. The last field is not part of the ABI.
#[repr(C)]
pub struct RawResult {
    failed: u8,
    payload: [usize; 3],
    capacity: usize,
}

/// A returned list. The last field is not part of the ABI.
#[repr(C)]
pub struct ReturnedList {
    list: RawList,
    capacity: usize,
}

/// `result<column, error>`: for `ok` the column, as in [`RawColumn`]; for an error its case and message. The last field is not part
/// of the ABI: it owns what the pointers point to.
#[repr(C)]
pub struct ReturnedColumn {
    failed: u8,
    payload: [usize; 9],
    _owned: Result<Column, Error>,
}

/// The list that `ranges` returned last. Nobody frees it: the next one takes its place.
#[repr(C)]
struct LastRanges {
    list: RawList,
    _ranges: Vec<Range>,
}

// The sizes that the ABI gives these types.
const _: () = assert!(size_of::<RawArgument>() == 24 && size_of::<RawColumn>() == 36);
const _: () = assert!(size_of::<RawColumnRequest>() == 12 && size_of::<RawParameter>() == 48);
const _: () = assert!(core::mem::offset_of!(RawResult, capacity) == 16);
const _: () = assert!(core::mem::offset_of!(ReturnedColumn, _owned) == 40 && size_of::<Range>() == 24);

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
unsafe fn take<T>(list: RawList) -> Vec<T> {
    // SAFETY: the host allocated it through `realloc`, with the exact layout of its items.
    unsafe { Vec::from_raw_parts(list.pointer.cast(), list.len, list.len) }
}

/// Takes ownership of a string, or of a list of bytes that contains UTF-8 according to the contract.
unsafe fn take_text(list: RawList) -> String {
    // SAFETY: as for `take`; the host promises valid UTF-8.
    unsafe { String::from_utf8_unchecked(take(list)) }
}

/// Takes ownership of the arguments of `bind`.
///
/// # Safety
///
/// They are the arguments that the host passed to `bind`, and are taken once.
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
    let mut requests = Vec::new();
    columns.request(&mut requests);
    release_requests(requests)
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
pub unsafe fn after_columns(returned: *mut ReturnedList) {
    // SAFETY: `release_requests` made it.
    unsafe {
        let ReturnedList { list, capacity } = *Box::from_raw(returned);
        for RawColumnRequest { field, .. } in Vec::from_raw_parts(list.pointer.cast(), list.len, capacity) {
            drop(take::<u8>(field));
        }
    }
}

/// Metadata, as constants of the component: the host only reads them, and nobody frees them.
#[repr(transparent)]
pub struct Constant<T>(T);

// SAFETY: the pointers inside are to constants.
unsafe impl<T> Sync for Constant<T> {}

impl<T> Constant<T> {
    /// What is returned to the host for it.
    pub fn address(&'static self) -> *const T {
        &self.0
    }
}

/// What `summary` returns.
pub const fn constant_text(text: &'static str) -> Constant<RawList> {
    Constant(constant(text))
}

/// The items of the list that `parameters` returns.
pub const fn constant_parameters<const N: usize>(parameters: &[Parameter; N]) -> Constant<[RawParameter; N]> {
    let mut raw = [const { RawParameter::EMPTY }; N];
    let mut i = 0;
    while i < N {
        raw[i] = RawParameter::new(&parameters[i]);
        i += 1;
    }
    Constant(raw)
}

/// The return value of `parameters`.
pub const fn constant_list<const N: usize>(parameters: &'static Constant<[RawParameter; N]>) -> Constant<RawList> {
    Constant(RawList { pointer: (&raw const parameters.0).cast::<u8>().cast_mut(), len: N })
}

const fn constant(text: &'static str) -> RawList {
    RawList { pointer: text.as_ptr().cast_mut(), len: text.len() }
}

impl RawParameter {
    const EMPTY: Self = RawParameter::new(&Parameter::optional(ParameterKind::Boolean, "", ""));

    const fn new(parameter: &Parameter) -> Self {
        let (some, case, payload) = match parameter.default {
            None => (0, 0, Payload { integer: 0 }),
            Some(DefaultValue::Boolean(value)) => (1, 0, Payload { integer: value as i64 }),
            Some(DefaultValue::Integer(integer)) => (1, 1, Payload { integer }),
            Some(DefaultValue::Float(float)) => (1, 2, Payload { float }),
            Some(DefaultValue::Text(text)) => (1, 3, Payload { list: constant(text) }),
        };
        RawParameter {
            name: constant(parameter.name),
            kind: parameter.kind as u8,
            required: parameter.required as u8,
            default: RawOption { some, value: RawValue { case, payload } },
            summary: constant(parameter.summary),
        }
    }
}
