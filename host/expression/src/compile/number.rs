//! Numbers in scripts that are not decimal.

use crate::failure::Failure;

/// The value of a number that begins with `0x` or with `0`: hexadecimal, or octal. `None` if it is a decimal number; an error if
/// it is neither.
pub(super) fn other_radix(number: &str) -> Option<Result<i64, Failure>> {
    let invalid = || Failure::argument(format!("invalid number [{number}]"));
    if let Some(hex) = number.strip_prefix("0x").or_else(|| number.strip_prefix("0X")) {
        return Some(u64::from_str_radix(hex, 16).map(|value| value as i64).map_err(|_| invalid()));
    }
    if number.len() > 1 && number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(i64::from_str_radix(number, 8).map_err(|_| invalid()));
    }
    None
}
