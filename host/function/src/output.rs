//! Checks what functions return against the contract. Every implementation of [`crate::Function`] uses these checks.

use crate::{Cause, ColumnKind, ColumnRange, ColumnRequest, DocumentRef};

/// Limits on what a function may request, return and log. They are the same wherever functions run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputLimits {
    /// Columns that a bound function may request. 64: each of them is read for every batch.
    pub columns: usize,
    /// Bytes of the name of a field. 256: longer than any sensible path in a mapping.
    pub field_name_bytes: usize,
    /// Bytes of an error message or of a line of log; longer ones are truncated. 2,000: more than a panic message has.
    pub message_bytes: usize,
    /// Lines of log of one instance; one more line says that the rest is dropped. 100: nobody reads more.
    pub log_messages: usize,
}

impl Default for OutputLimits {
    fn default() -> Self {
        OutputLimits { columns: 64, field_name_bytes: 256, message_bytes: 2_000, log_messages: 100 }
    }
}

/// Checks that there is one result per document.
pub fn check_length(results: usize, documents: usize) -> Result<(), Cause> {
    if results == documents {
        return Ok(());
    }
    Err(Cause::InvalidAnswer(format!("the function returned {results} results for {documents} documents")))
}

/// Checks that each score is finite and not negative, as [`crate::BoundScorer`] requires.
pub fn check_scores(scores: &[f32]) -> Result<(), Cause> {
    let is_valid = |score: &f32| score.is_finite() & (*score >= 0.0);
    // Without a branch: most answers are valid, and are checked soonest that way.
    if scores.iter().fold(true, |are_valid, score| are_valid & is_valid(score)) {
        return Ok(());
    }
    match scores.iter().position(|score| !is_valid(score)) {
        None => Ok(()),
        Some(index) => Err(Cause::InvalidScore { document: DocumentRef::BatchIndex(index), score: scores[index] }),
    }
}

/// Checks the number of requested columns and the lengths of their names.
pub fn check_columns(columns: &[ColumnRequest], limits: &OutputLimits) -> Result<(), Cause> {
    if columns.len() > limits.columns {
        let (requested, limit) = (columns.len(), limits.columns);
        return Err(Cause::InvalidAnswer(format!(
            "the function requested {requested} columns; at most {limit} are allowed"
        )));
    }
    if let Some(column) = columns.iter().find(|column| column.field.len() > limits.field_name_bytes) {
        let (bytes, limit) = (column.field.len(), limits.field_name_bytes);
        return Err(Cause::InvalidAnswer(format!(
            "the function requested a field whose name has {bytes} bytes; at most {limit} are allowed"
        )));
    }
    Ok(())
}

/// Checks that each range is of a requested column of numbers or dates, and that its ends are numbers. There may be as many
/// ranges as columns.
pub fn check_ranges(ranges: &[ColumnRange], columns: &[ColumnRequest]) -> Result<(), Cause> {
    if ranges.len() > columns.len() {
        let (ranges, columns) = (ranges.len(), columns.len());
        return Err(Cause::InvalidAnswer(format!("the function announced {ranges} ranges for {columns} columns")));
    }
    for ColumnRange { column, min, max } in ranges {
        let requested = columns.get(*column as usize);
        let ordered = [ColumnKind::Integers, ColumnKind::Floats, ColumnKind::Dates];
        if !requested.is_some_and(|requested| ordered.contains(&requested.kind)) {
            return Err(Cause::InvalidAnswer(format!(
                "the function announced a range of column {column}, which is not a requested column of numbers or dates"
            )));
        }
        if min.is_nan() || max.is_nan() {
            return Err(Cause::InvalidAnswer(format!(
                "the function announced the range from [{min}] to [{max}] of column {column}"
            )));
        }
    }
    Ok(())
}

/// Checks that the bound of scores is a score or infinity.
pub fn check_bound(bound: f32) -> Result<f32, Cause> {
    if bound >= 0.0 {
        return Ok(bound);
    }
    Err(Cause::InvalidAnswer(format!(
        "the function announced the maximum score [{bound}]: must be a non-negative number or infinity"
    )))
}

/// The longest prefix of the text that consists of whole characters and has at most this many bytes.
pub fn truncated(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ColumnKind;

    #[test]
    fn scores_must_be_finite_and_not_negative() {
        assert!(check_scores(&[0.0, -0.0, 1.5, f32::MAX]).is_ok());
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -f32::MIN_POSITIVE] {
            let cause = check_scores(&[1.0, bad]).expect_err("is not a score");
            assert!(matches!(cause, Cause::InvalidScore { document: DocumentRef::BatchIndex(1), .. }), "{cause}");
        }
    }

    #[test]
    fn columns_are_limited_in_number_and_length_of_names() {
        let limits = OutputLimits { columns: 2, field_name_bytes: 3, ..OutputLimits::default() };
        let check = |names: &[&str]| {
            let request = |name: &&str| ColumnRequest { field: (*name).to_owned(), kind: ColumnKind::Floats };
            let columns: Vec<_> = names.iter().map(request).collect();
            check_columns(&columns, &limits).map_err(|cause| cause.to_string())
        };
        assert_eq!(check(&["abc", "d"]), Ok(()));
        insta::assert_snapshot!(check(&["a", "b", "c"]).expect_err("too many"), @"the function requested 3 columns; at most 2 are allowed");
        insta::assert_snapshot!(check(&["a", "abcd"]).expect_err("too long"), @"the function requested a field whose name has 4 bytes; at most 3 are allowed");
    }

    #[test]
    fn ranges_are_of_requested_columns_that_have_an_order() {
        let kinds = [ColumnKind::Floats, ColumnKind::Texts, ColumnKind::Dates];
        let columns = kinds.map(|kind| ColumnRequest { field: "f".to_owned(), kind });
        let check = |ranges: &[(u32, f64, f64)]| {
            let ranges: Vec<_> = ranges.iter().map(|&(column, min, max)| ColumnRange { column, min, max }).collect();
            check_ranges(&ranges, &columns).map_err(|cause| cause.to_string())
        };
        assert_eq!(check(&[(0, 1.0, f64::INFINITY), (2, 5.0, -5.0), (0, 0.0, 0.0)]), Ok(()));
        insta::assert_snapshot!(check(&[(0, 1.0, 2.0); 4]).expect_err("too many"), @"the function announced 4 ranges for 3 columns");
        insta::assert_snapshot!(check(&[(3, 1.0, 2.0)]).expect_err("no column"), @"the function announced a range of column 3, which is not a requested column of numbers or dates");
        insta::assert_snapshot!(check(&[(1, 1.0, 2.0)]).expect_err("texts"), @"the function announced a range of column 1, which is not a requested column of numbers or dates");
        insta::assert_snapshot!(check(&[(0, f64::NAN, 2.0)]).expect_err("no number"), @"the function announced the range from [NaN] to [2] of column 0");
    }

    #[test]
    fn bounds_are_scores_or_infinity() {
        assert_eq!(check_bound(f32::INFINITY), Ok(f32::INFINITY));
        assert_eq!(check_bound(0.0), Ok(0.0));
        insta::assert_snapshot!(check_bound(-1.0).expect_err("negative"), @"the function announced the maximum score [-1]: must be a non-negative number or infinity");
        assert!(check_bound(f32::NAN).is_err());
    }

    #[test]
    fn texts_are_truncated_between_characters() {
        assert_eq!(truncated("añb", 4), "añb");
        assert_eq!(truncated("añb", 3), "añ");
        assert_eq!(truncated("añb", 2), "a");
        assert_eq!(truncated("", 0), "");
    }
}
