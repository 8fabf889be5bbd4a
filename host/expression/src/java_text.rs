//! Numbers as Java writes them, and indices into texts as Java counts them: in UTF-16 code units.

use std::fmt;

use crate::failure::Failure;

/// Bytes of a string that a script makes. 1 MiB: longer than any value of a field.
const TEXT_BYTES: usize = 1 << 20;

/// Checks the length of a string before it is made.
pub(crate) fn check_length(bytes: usize) -> Result<(), Failure> {
    if bytes <= TEXT_BYTES {
        return Ok(());
    }
    let reason = format!("a string of the script would have {bytes} bytes; at most {TEXT_BYTES} are allowed");
    Err(Failure::argument(reason))
}

/// `1.0`, `1.0E10`, `NaN`: the shortest decimal with two digits or more that is read back as the same number.
pub(crate) fn double(value: f64) -> String {
    decimal(value, value)
}

/// The same for 32-bit numbers.
pub(crate) fn float(value: f32) -> String {
    decimal(value, f64::from(value))
}

/// `double` is `number` in double precision.
fn decimal(number: impl fmt::Debug + fmt::UpperExp, double: f64) -> String {
    let magnitude = double.abs();
    if double.is_infinite() {
        return if double > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if double.is_nan() || magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return format!("{number:?}");
    }
    let scientific = format!("{number:E}");
    if scientific.contains('.') { scientific } else { format!("{number:.1E}") }
}

/// The length of a text.
pub(crate) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The text between two indices.
pub(crate) fn substring(text: &str, begin: i64, end: Option<i64>) -> Result<String, Failure> {
    let length = length(text) as i64;
    let end = end.unwrap_or(length);
    if begin < 0 || end > length || begin > end {
        let reason = format!("begin {begin}, end {end}, length {length}");
        return Err(Failure::new("string_index_out_of_bounds_exception", reason));
    }
    if text.is_ascii() {
        return Ok(text[begin as usize..end as usize].to_owned());
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    Ok(String::from_utf16_lossy(&units[begin as usize..end as usize]))
}

/// The code unit at an index.
pub(crate) fn char_at(text: &str, index: i64) -> Result<u16, Failure> {
    let unit = usize::try_from(index).ok().and_then(|index| {
        if text.is_ascii() {
            text.as_bytes().get(index).map(|byte| u16::from(*byte))
        } else {
            text.encode_utf16().nth(index)
        }
    });
    unit.ok_or_else(|| {
        Failure::new("string_index_out_of_bounds_exception", format!("String index out of range: {index}"))
    })
}

/// The character that begins at an index.
pub(crate) fn code_point_at(text: &str, index: i64) -> Result<u32, Failure> {
    let first = char_at(text, index)?;
    let pair = [first, char_at(text, index + 1).unwrap_or_default()];
    let found = char::decode_utf16(pair).next().and_then(Result::ok);
    Ok(found.map_or(u32::from(first), u32::from))
}

/// The index of the first occurrence at or after `from`; -1 if there is none.
pub(crate) fn index_of(text: &str, part: &str, from: i64) -> i64 {
    let from = (from.max(0) as usize).min(length(text));
    let mut units = 0;
    let start = text.char_indices().find_map(|(byte, character)| {
        let is_there = units >= from;
        units += character.len_utf16();
        is_there.then_some(byte)
    });
    let start = start.unwrap_or(text.len());
    text[start..].find(part).map_or(-1, |found| length(&text[..start + found]) as i64)
}

/// The index of the last occurrence; -1 if there is none.
pub(crate) fn last_index_of(text: &str, part: &str) -> i64 {
    text.rfind(part).map_or(-1, |found| length(&text[..found]) as i64)
}

/// The index of the last occurrence that begins at or before `from`; -1 if there is none.
pub(crate) fn last_index_of_before(text: &str, part: &str, from: i64) -> i64 {
    let Ok(from) = usize::try_from(from) else { return -1 };
    let end = from.saturating_add(length(part)).min(length(text));
    substring(text, 0, Some(end as i64)).map_or(-1, |start| last_index_of(&start, part))
}

/// The difference of the first code units that differ, or of the lengths.
pub(crate) fn compare(left: &str, right: &str) -> i32 {
    let (mut left, mut right) = (left.encode_utf16(), right.encode_utf16());
    loop {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => return i32::from(a) - i32::from(b),
            (Some(_), None) => return 1 + left.count() as i32,
            (None, Some(_)) => return -1 - right.count() as i32,
            (None, None) => return 0,
        }
    }
}

/// `String.hashCode`.
pub(crate) fn hash_code(text: &str) -> i32 {
    text.encode_utf16().fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_java() {
        let doubles =
            [0.0, -0.0, 1.0, 100.0, 0.001, 0.1, 1.5, 9_999_999.5, 1e7, 12_345_678.9, 1e-5, -2.5, 1.7e308, 123.456];
        let shown: Vec<String> = doubles.into_iter().map(double).collect();
        let expected = [
            "0.0",
            "-0.0",
            "1.0",
            "100.0",
            "0.001",
            "0.1",
            "1.5",
            "9999999.5",
            "1.0E7",
            "1.23456789E7",
            "1.0E-5",
            "-2.5",
            "1.7E308",
            "123.456",
        ];
        assert_eq!(shown, expected);
        assert_eq!(
            [float(0.1), float(1e10), double(f64::NAN), double(f64::INFINITY)],
            ["0.1", "1.0E10", "NaN", "Infinity"]
        );
        assert_eq!([double(5e-324), float(1e-45), double(-9e-322)], ["4.9E-324", "1.4E-45", "-9.0E-322"]);
    }

    #[test]
    fn long_strings_are_refused() {
        assert!(check_length(TEXT_BYTES).is_ok());
        let reason = check_length(TEXT_BYTES + 1).expect_err("too long").reason;
        assert_eq!(reason, "a string of the script would have 1048577 bytes; at most 1048576 are allowed");
    }

    #[test]
    fn indices_count_utf_16_code_units() {
        assert_eq!(length("a😀b"), 4);
        assert_eq!(substring("a😀b", 3, None).expect("valid"), "b");
        assert_eq!(substring("Straße b", 2, Some(4)).expect("valid"), "ra");
        assert_eq!(substring("abc", 4, None).expect_err("too long").reason, "begin 4, end 3, length 3");
        assert_eq!((index_of("😀b", "b", 0), last_index_of("abab", "ab"), index_of("abab", "ab", 1)), (2, 2, 2));
        assert_eq!([0, 2, 9, -1].map(|from| last_index_of_before("abab", "ab", from)), [0, 2, 2, -1]);
        assert_eq!((char_at("ab", 1), char_at("a😀", 2), char_at("a", 1).is_err()), (Ok(98), Ok(0xde00), true));
        assert_eq!((code_point_at("a😀", 1), code_point_at("a😀", 2)), (Ok(0x1f600), Ok(0xde00)));
        assert_eq!((compare("Straße b", "Sa"), compare("a", "abc"), compare("b", "b")), (19, -2, 0));
        assert_eq!(hash_code("Straße b"), 1_855_627_928);
    }
}
