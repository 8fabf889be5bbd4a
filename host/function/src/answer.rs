//! Whether what a function answers keeps to the contract. Whoever runs functions checks it with this, wherever they run.

use crate::{Cause, ColumnRequest, DocumentRef};

/// How much a bound function may ask for and say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerLimits {
    /// Columns that it may ask for. 64: each costs the gathering of a batch.
    pub columns: usize,
    /// Bytes of the name of a field. 256: longer than any sensible path in a mapping.
    pub field_name_bytes: usize,
    /// Bytes of an error message or of a line of log; longer ones are cut. 2,000: a panic message with room to spare.
    pub message_bytes: usize,
}

impl Default for AnswerLimits {
    fn default() -> Self {
        AnswerLimits { columns: 64, field_name_bytes: 256, message_bytes: 2_000 }
    }
}

/// There is one result for each document.
pub fn check_length(results: usize, documents: usize) -> Result<(), Cause> {
    if results == documents {
        return Ok(());
    }
    Err(Cause::InvalidAnswer(format!("the function gave {results} results for {documents} documents")))
}

/// Each score is finite and not negative, as every implementer of [`crate::BoundScorer`] promises.
pub fn check_scores(scores: &[f32]) -> Result<(), Cause> {
    match scores.iter().position(|score| !(score.is_finite() && *score >= 0.0)) {
        None => Ok(()),
        Some(index) => Err(Cause::InvalidScore { document: DocumentRef::BatchIndex(index), score: scores[index] }),
    }
}

/// The columns that are asked for are few, and their names are short.
pub fn check_columns(columns: &[ColumnRequest], limits: &AnswerLimits) -> Result<(), Cause> {
    if columns.len() > limits.columns {
        let (wanted, limit) = (columns.len(), limits.columns);
        return Err(Cause::InvalidAnswer(format!("the function asked for {wanted} columns and may have {limit}")));
    }
    if let Some(column) = columns.iter().find(|column| column.field.len() > limits.field_name_bytes) {
        let (bytes, limit) = (column.field.len(), limits.field_name_bytes);
        return Err(Cause::InvalidAnswer(format!(
            "the function asked for a field whose name has {bytes} bytes, at most {limit} are allowed"
        )));
    }
    Ok(())
}

/// At most `bytes` of the text, whole characters.
pub fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ColumnKind;

    #[test]
    fn scores_must_be_finite_and_not_negative() {
        assert!(check_scores(&[0.0, -0.0, 1.5, f32::MAX]).is_ok());
        for bad in [f32::NAN, f32::INFINITY, -f32::MIN_POSITIVE] {
            let cause = check_scores(&[1.0, bad]).expect_err("is not a score");
            assert!(matches!(cause, Cause::InvalidScore { document: DocumentRef::BatchIndex(1), .. }), "{cause}");
        }
    }

    #[test]
    fn columns_are_few_with_short_names() {
        let limits = AnswerLimits { columns: 2, field_name_bytes: 3, ..AnswerLimits::default() };
        let check = |names: &[&str]| {
            let request = |name: &&str| ColumnRequest { field: (*name).to_owned(), kind: ColumnKind::Floats };
            let columns: Vec<_> = names.iter().map(request).collect();
            check_columns(&columns, &limits).map_err(|cause| cause.to_string())
        };
        assert_eq!(check(&["abc", "d"]), Ok(()));
        insta::assert_snapshot!(check(&["a", "b", "c"]).expect_err("too many"), @"the function asked for 3 columns and may have 2");
        insta::assert_snapshot!(check(&["a", "abcd"]).expect_err("too long"), @"the function asked for a field whose name has 4 bytes, at most 3 are allowed");
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!(cut("añb", 4), "añb");
        assert_eq!(cut("añb", 3), "añ");
        assert_eq!(cut("añb", 2), "a");
        assert_eq!(cut("", 0), "");
    }
}
