//! The methods of strings.

use std::sync::Arc;

use crate::arguments::{int_argument, text_argument};
use crate::failure::Failure;
use crate::java_text;
use crate::value::Value;

pub(crate) fn text_method(text: &str, name: &str, arguments: &[Value]) -> Result<Option<Value>, Failure> {
    let int = |value: i64| Some(Value::Int(value as i32));
    let boolean = |value| Some(Value::Boolean(value));
    Ok(match (name, arguments) {
        ("length", []) => int(java_text::length(text) as i64),
        ("isEmpty", []) => boolean(text.is_empty()),
        ("charAt", [at]) => Some(Value::Char(java_text::char_at(text, int_argument(at)?)?)),
        ("codePointAt", [at]) => int(i64::from(java_text::code_point_at(text, int_argument(at)?)?)),
        ("subSequence", [begin, end]) => {
            Some(Value::text(&java_text::substring(text, int_argument(begin)?, Some(int_argument(end)?))?))
        }
        ("contentEquals", [other]) => boolean(text == text_argument(other)?),
        ("toLowerCase", []) => Some(in_case(text, str::make_ascii_lowercase, str::to_lowercase)),
        ("toUpperCase", []) => Some(in_case(text, str::make_ascii_uppercase, str::to_uppercase)),
        ("trim", []) => Some(Value::text(text.trim_matches(|character: char| character <= ' '))),
        ("substring", [begin]) => Some(Value::text(&java_text::substring(text, int_argument(begin)?, None)?)),
        ("substring", [begin, end]) => {
            Some(Value::text(&java_text::substring(text, int_argument(begin)?, Some(int_argument(end)?))?))
        }
        ("indexOf", [part]) => int(java_text::index_of(text, text_argument(part)?, 0)),
        ("indexOf", [part, from]) => int(java_text::index_of(text, text_argument(part)?, int_argument(from)?)),
        ("lastIndexOf", [part]) => int(java_text::last_index_of(text, text_argument(part)?)),
        ("lastIndexOf", [part, from]) => {
            int(java_text::last_index_of_before(text, text_argument(part)?, int_argument(from)?))
        }
        ("splitOnToken", [token]) => Some(split(text, text_argument(token)?, None)),
        ("splitOnToken", [token, limit]) => Some(split(text, text_argument(token)?, Some(int_argument(limit)?))),
        ("startsWith", [part, from]) => {
            let from = int_argument(from)?;
            let from_there = if from < 0 { None } else { java_text::substring(text, from, None).ok() };
            let part = text_argument(part)?;
            boolean(from_there.is_some_and(|rest| rest.starts_with(part)))
        }
        ("contains", [part]) => boolean(text.contains(text_argument(part)?)),
        ("startsWith", [part]) => boolean(text.starts_with(text_argument(part)?)),
        ("endsWith", [part]) => boolean(text.ends_with(text_argument(part)?)),
        ("equalsIgnoreCase", [Value::Null]) => boolean(false),
        ("equalsIgnoreCase", [other]) => boolean(equals_ignoring_case(text, text_argument(other)?)),
        ("compareTo", [other]) => int(i64::from(java_text::compare(text, text_argument(other)?))),
        ("compareToIgnoreCase", [other]) => int(i64::from(compare_ignoring_case(text, text_argument(other)?))),
        ("replace", [from, to]) => {
            let (from, to) = (text_argument(from)?, text_argument(to)?);
            java_text::check_length(text.len() + text.matches(from).count() * to.len())?;
            Some(Value::text(&text.replace(from, to)))
        }
        ("concat", [other]) => {
            let other = text_argument(other)?;
            java_text::check_length(text.len() + other.len())?;
            Some(Value::text(&format!("{text}{other}")))
        }
        _ => None,
    })
}

/// A text in another case. One in ASCII is changed in place, which takes one allocation instead of two.
fn in_case(text: &str, ascii: fn(&mut str), any: fn(&str) -> String) -> Value {
    let mut changed: Arc<str> = Arc::from(text);
    match Arc::get_mut(&mut changed).filter(|_| text.is_ascii()) {
        Some(changed) => ascii(changed),
        None => return Value::text(&any(text)),
    }
    Value::Text(changed)
}

/// The parts between a token, in at most this many parts if the limit is positive.
pub(crate) fn split(text: &str, token: &str, limit: Option<i64>) -> Value {
    if token.is_empty() {
        return Value::List(Arc::from([Value::text(text)]));
    }
    let parts: Vec<Value> = match limit.filter(|limit| *limit > 0) {
        Some(limit) => text.splitn(limit as usize, token).map(Value::text).collect(),
        None => text.split(token).map(Value::text).collect(),
    };
    Value::List(parts.into())
}

/// Character by character, so that `ß` is not `SS`.
pub(crate) fn folded(text: &str) -> String {
    text.chars()
        .map(|character| {
            let mut upper = character.to_uppercase();
            let upper = if upper.len() == 1 { upper.next().unwrap_or(character) } else { character };
            let mut lower = upper.to_lowercase();
            if lower.len() == 1 { lower.next().unwrap_or(upper) } else { upper }
        })
        .collect()
}

pub(crate) fn equals_ignoring_case(left: &str, right: &str) -> bool {
    folded(left) == folded(right)
}

/// The difference of the first characters that differ, or of the lengths. As in Java since version 16, a character beyond 16 bits is
/// one if both texts have characters beyond Latin-1, and else it is two code units.
fn compare_ignoring_case(left: &str, right: &str) -> i32 {
    let is_latin = |text: &str| text.chars().all(|character| character <= '\u{ff}');
    let of_units = is_latin(left) || is_latin(right);
    let (left, right) = (folded(left), folded(right));
    match left.chars().zip(right.chars()).find(|(left, right)| left != right) {
        Some((left, right)) if !of_units => left as i32 - right as i32,
        _ => java_text::compare(&left, &right),
    }
}
