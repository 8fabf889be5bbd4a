//! Checks and sorts the values that a function computed.

use std::cmp::Ordering;
use std::ops::Range;

use crate::{Cause, Column, ColumnKind, Dictionary, DocumentRef, Values};

/// Makes sure that what a function computed for this many documents is a column of this type, as [`crate::BoundValues`] describes it,
/// and sorts the values of documents that have several.
pub fn accept_values(computed: &mut Column, kind: ColumnKind, documents: usize) -> Result<(), Cause> {
    let given = computed.values.name();
    if Values::empty(kind).name() != given {
        return Err(invalid(format!("the function returned {given} after it declared {}", kind.name())));
    }
    check_starts(computed, documents)?;
    match &mut computed.values {
        Values::Booleans(values) => {
            if let Some(value) = values.iter().find(|value| **value > 1) {
                return Err(invalid(format!("the function returned the boolean [{value}]: must be 0 or 1")));
            }
            sort_each(&computed.starts, values, u8::cmp);
        }
        Values::Integers(values) => sort_each(&computed.starts, values, i64::cmp),
        Values::Floats(values) => {
            if let Some(index) = values.iter().position(|value| !value.is_finite()) {
                let (value, document) = (values[index], document_of(&computed.starts, index));
                return Err(Cause::InvalidNumber { document: DocumentRef::BatchIndex(document), value });
            }
            sort_each(&computed.starts, values, f64::total_cmp);
        }
        Values::Texts(dictionary) => {
            check_dictionary(dictionary)?;
            let Dictionary { codes, ends, bytes } = dictionary;
            let text = |code: u32| {
                let start = if code == 0 { 0 } else { ends[code as usize - 1] as usize };
                &bytes[start..ends[code as usize] as usize]
            };
            sort_each(&computed.starts, codes, |left, right| text(*left).cmp(text(*right)));
        }
    }
    Ok(())
}

/// One value for each document, or where the values of each begin.
fn check_starts(computed: &Column, documents: usize) -> Result<(), Cause> {
    let (starts, values) = (&computed.starts, computed.values.len());
    if starts.is_empty() {
        return match values == documents {
            true => Ok(()),
            false => Err(invalid(format!("the function returned {values} values for {documents} documents"))),
        };
    }
    if starts.len() != documents + 1 {
        let given = starts.len();
        return Err(invalid(format!(
            "the function returned {given} starts for {documents} documents: must be one more"
        )));
    }
    let ends_fit = starts.first() == Some(&0) && starts.last().is_some_and(|last| *last as usize == values);
    if !ends_fit || !starts.is_sorted() {
        return Err(invalid(format!("the starts that the function returned do not ascend from 0 to {values}")));
    }
    Ok(())
}

/// Each code is that of a text, and each text is UTF-8.
fn check_dictionary(dictionary: &Dictionary) -> Result<(), Cause> {
    let Dictionary { codes, ends, bytes } = dictionary;
    if let Some(code) = codes.iter().find(|code| **code as usize >= ends.len()) {
        let texts = ends.len();
        return Err(invalid(format!("the function returned the code [{code}] in a dictionary of {texts} texts")));
    }
    let last = ends.last().map_or(0, |last| *last as usize);
    if last != bytes.len() || !ends.is_sorted() {
        let len = bytes.len();
        return Err(invalid(format!("the ends of the texts that the function returned do not ascend to {len}")));
    }
    let text = std::str::from_utf8(bytes).ok();
    if !text.is_some_and(|text| ends.iter().all(|end| text.is_char_boundary(*end as usize))) {
        return Err(invalid("the function returned a text that is not UTF-8".to_owned()));
    }
    Ok(())
}

/// Sorts the values of each document that has several.
fn sort_each<T>(starts: &[u32], values: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    for range in starts.windows(2).map(range_of).filter(|range| range.len() > 1) {
        values[range].sort_by(&compare);
    }
}

fn range_of(pair: &[u32]) -> Range<usize> {
    pair[0] as usize..pair[1] as usize
}

fn document_of(starts: &[u32], value: usize) -> usize {
    if starts.is_empty() { value } else { starts.partition_point(|start| *start as usize <= value) - 1 }
}

fn invalid(message: String) -> Cause {
    Cause::InvalidAnswer(message)
}

impl Values {
    /// The name of the case in the contract.
    fn name(&self) -> &'static str {
        match self {
            Values::Booleans(_) => "booleans",
            Values::Integers(_) => "integers",
            Values::Floats(_) => "floats",
            Values::Texts(_) => "texts",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(values: Values, starts: &[u32], kind: ColumnKind) -> Result<Column, String> {
        let mut column = Column { values, starts: starts.to_vec() };
        accept_values(&mut column, kind, 3).map(|()| column).map_err(|cause| cause.to_string())
    }

    fn texts(codes: &[u32], ends: &[u32], bytes: &[u8]) -> Values {
        Values::Texts(Dictionary { codes: codes.to_vec(), ends: ends.to_vec(), bytes: bytes.to_vec() })
    }

    #[test]
    fn values_of_one_document_are_sorted() {
        let sorted = |values, starts: &[u32], kind| accept(values, starts, kind).expect("valid").values;
        assert_eq!(
            sorted(Values::Floats(vec![2.0, 1.0, 0.5]), &[0, 2, 2, 3], ColumnKind::Floats),
            Values::Floats(vec![1.0, 2.0, 0.5])
        );
        assert_eq!(
            sorted(Values::Integers(vec![3, 2, 1]), &[], ColumnKind::Dates),
            Values::Integers(vec![3, 2, 1]),
            "one value for each document"
        );
        assert_eq!(
            sorted(Values::Booleans(vec![1, 0, 1]), &[0, 0, 3, 3], ColumnKind::Booleans),
            Values::Booleans(vec![0, 1, 1])
        );
        let words = texts(&[0, 1, 2], &[1, 2, 4], "zaä".as_bytes());
        assert_eq!(sorted(words, &[0, 3, 3, 3], ColumnKind::Texts), texts(&[1, 0, 2], &[1, 2, 4], "zaä".as_bytes()));
        assert_eq!(sorted(texts(&[], &[], b""), &[0; 4], ColumnKind::Texts), texts(&[], &[], b""));
    }

    #[test]
    fn other_answers_are_rejected() {
        let rejected = |values, starts: &[u32], kind| accept(values, starts, kind).expect_err("invalid");
        let floats = |values: &[f64]| Values::Floats(values.to_vec());
        let three = || floats(&[1.0, 2.0, 3.0]);
        insta::assert_snapshot!(rejected(three(), &[], ColumnKind::Integers), @"the function returned floats after it declared integers");
        insta::assert_snapshot!(rejected(floats(&[1.0]), &[], ColumnKind::Floats), @"the function returned 1 values for 3 documents");
        insta::assert_snapshot!(rejected(three(), &[0, 3], ColumnKind::Floats), @"the function returned 2 starts for 3 documents: must be one more");
        for starts in [[1, 1, 2, 3], [0, 2, 1, 3], [0, 1, 2, 2], [0, 1, 2, 4]] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(rejected(three(), &starts, ColumnKind::Floats), @"the starts that the function returned do not ascend from 0 to 3");
            }
        }
        insta::assert_snapshot!(rejected(floats(&[1.0, f64::NAN]), &[0, 0, 0, 2], ColumnKind::Floats), @"invalid value [NaN] for document 2 of the batch: must be a finite number");
        insta::assert_snapshot!(rejected(floats(&[1.0, f64::INFINITY, 2.0]), &[], ColumnKind::Floats), @"invalid value [inf] for document 1 of the batch: must be a finite number");
        insta::assert_snapshot!(rejected(Values::Booleans(vec![0, 1, 2]), &[], ColumnKind::Booleans), @"the function returned the boolean [2]: must be 0 or 1");
        insta::assert_snapshot!(rejected(texts(&[0, 1, 0], &[1], b"a"), &[], ColumnKind::Texts), @"the function returned the code [1] in a dictionary of 1 texts");
        insta::assert_snapshot!(rejected(texts(&[0, 0, 0], &[1], b"ab"), &[], ColumnKind::Texts), @"the ends of the texts that the function returned do not ascend to 2");
        insta::assert_snapshot!(rejected(texts(&[0, 0, 0], &[2, 1], b"a"), &[], ColumnKind::Texts), @"the ends of the texts that the function returned do not ascend to 1");
        insta::assert_snapshot!(rejected(texts(&[0, 0, 0], &[1], b"\xff"), &[], ColumnKind::Texts), @"the function returned a text that is not UTF-8");
        insta::assert_snapshot!(rejected(texts(&[0, 0, 1], &[1, 2], "ä".as_bytes()), &[], ColumnKind::Texts), @"the function returned a text that is not UTF-8");
    }
}
