//! Bodies with one JSON value on each line.

use crate::error::ApiError;

/// The pairs of lines of a body, the last of which ends with a newline, too.
///
/// # Errors
/// A body without lines, or with a line that has no partner.
pub(crate) fn line_pairs<'a>(body: &'a str, what: &str) -> Result<Vec<(&'a str, &'a str)>, ApiError> {
    if body.is_empty() {
        return Err(ApiError::no_body());
    }
    let Some(body) = body.strip_suffix('\n') else {
        return Err(ApiError::Argument(format!("The {what} request must be terminated by a newline [\n]")));
    };
    if body.trim().is_empty() {
        return Err(ApiError::validation("no requests added"));
    }
    let lines: Vec<&str> = body.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    if lines.len() % 2 == 1 {
        return Err(ApiError::Argument(format!(
            "the {what} request has {} lines: each header must be followed by a line with its search",
            lines.len()
        )));
    }
    Ok(lines.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_in_pairs() {
        assert_eq!(line_pairs("a\nb\n\r\nd\n", "msearch").expect("valid"), [("a", "b"), ("", "d")]);
        let error = |body: &str| line_pairs(body, "msearch").expect_err("refused").to_string();
        insta::assert_snapshot!(error(""), @"request body or source parameter is required");
        insta::assert_snapshot!(error("a\nb"), @"
        The msearch request must be terminated by a newline [
        ]
        ");
        insta::assert_snapshot!(error("\n"), @"Validation Failed: 1: no requests added;");
        insta::assert_snapshot!(error("a\nb\nc\n"), @"the msearch request has 3 lines: each header must be followed by a line with its search");
    }
}
