//! Converts the values of the contract from and to their layout in linear memory, as the component model's canonical ABI defines it.
//!
//! Generated bindings contain one copy of these conversions for each function of each interface, and components with them were
//! half as large again. Here each conversion exists once, for filters and scorers. The structs below have the ABI's layouts,
//! field by field; lists from the host are used without copying.
//!
//! Ownership: arguments were allocated by the host through [`realloc`] and belong to the callee, which drops them as ordinary
//! `Vec`s. Results belong to the caller until it calls the matching `after_*` function.
#![allow(unsafe_code, missing_docs, clippy::missing_safety_doc)]

use alloc::alloc::{Layout, alloc, realloc as reallocate};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem::ManuallyDrop;
use core::ptr::{with_exposed_provenance_mut, without_provenance_mut};

use crate::panic::log_panics;
use crate::parameter::{DefaultValue, Parameter, ParameterKind};
use crate::value::{Argument, Column, ColumnRequest, Dictionary, RawBatch, Value, Values};
use crate::{Arguments, Columns, Error};

pub static FILTER_UDF: &[u8; include_bytes!(concat!(env!("OUT_DIR"), "/filter-udf")).len()] =
    include_bytes!(concat!(env!("OUT_DIR"), "/filter-udf"));
pub static SCORER_UDF: &[u8; include_bytes!(concat!(env!("OUT_DIR"), "/scorer-udf")).len()] =
    include_bytes!(concat!(env!("OUT_DIR"), "/scorer-udf"));
pub static FILTER_AND_SCORER_UDF: &[u8; include_bytes!(concat!(env!("OUT_DIR"), "/filter-and-scorer-udf")).len()] =
    include_bytes!(concat!(env!("OUT_DIR"), "/filter-and-scorer-udf"));

/// `list<_>` and `string`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct RawList {
    pointer: *mut u8,
    len: usize,
}

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

// The sizes that the ABI gives these types.
const _: () = assert!(size_of::<RawArgument>() == 24 && size_of::<RawColumn>() == 36);
const _: () = assert!(size_of::<RawColumnRequest>() == 12 && size_of::<RawParameter>() == 48);
const _: () = assert!(core::mem::offset_of!(RawResult, capacity) == 16);

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

#[cfg(feature = "log")]
#[link(wasm_import_module = "quidditch:udf/log@0.1.0")]
unsafe extern "C" {
    #[link_name = "log"]
    unsafe fn host_log(level: usize, pointer: *const u8, len: usize);
}

#[cfg(feature = "log")]
pub(crate) fn log(level: usize, message: &str) {
    // SAFETY: the host only reads the message, during the call.
    unsafe { host_log(level, message.as_ptr(), message.len()) }
}
