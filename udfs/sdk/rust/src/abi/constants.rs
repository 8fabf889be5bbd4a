//! Metadata, as constants of the component.

use super::layout::{Payload, RawList, RawOption, RawParameter, RawValue};
use crate::parameter::{DefaultValue, Parameter, ParameterKind};

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
