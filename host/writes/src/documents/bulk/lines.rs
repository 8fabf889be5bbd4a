//! Reads the lines of a bulk request.

use bytes::Bytes;
use quidditch_service::writing::{ApiError, Flag};

use super::action::{Action, ActionLine, Item};

/// The operations of a body. Their documents are parts of the body, which is not copied.
///
/// # Errors
/// The first line that cannot be read: then nothing is done.
pub(super) fn items(body: &Bytes, default_index: Option<&str>, require_alias: Flag) -> Result<Vec<Item>, ApiError> {
    if body.is_empty() {
        return Err(ApiError::body("request body is required"));
    }
    if !body.ends_with(b"\n") {
        return Err(ApiError::Argument(r"The bulk request must be terminated by a newline [\n]".to_owned()));
    }
    let mut lines = Lines { body, start: 0, number: 0 };
    let mut items = Vec::new();
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let text = std::str::from_utf8(&line)
            .map_err(|_| ApiError::Argument("the request body is not valid UTF-8".to_owned()))?;
        let number = lines.number;
        let action = ActionLine::parse(text, number, require_alias)?;
        let document = match action.action {
            Action::Delete => Bytes::new(),
            _ => match lines.next() {
                Some(document) => document,
                None if items.is_empty() => break,
                None => {
                    let reason = format!("Malformed action/metadata line [{number}], its document is missing");
                    return Err(ApiError::Argument(reason));
                }
            },
        };
        items.push(action.into_item(default_index, document)?);
    }
    if items.is_empty() {
        return Err(ApiError::validation("no requests added"));
    }
    Ok(items)
}

struct Lines<'a> {
    body: &'a Bytes,
    /// The offset of the next line.
    start: usize,
    /// Of the last line.
    number: usize,
}

impl Lines<'_> {
    /// The next line without its end.
    fn next(&mut self) -> Option<Bytes> {
        let rest = &self.body[self.start..];
        let length = rest.iter().position(|byte| *byte == b'\n')?;
        let text = rest[..length].strip_suffix(b"\r").unwrap_or(&rest[..length]);
        let line = self.body.slice(self.start..self.start + text.len());
        self.start += length + 1;
        self.number += 1;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use quidditch_indexing::{Condition, WriteAction};

    use super::*;

    fn read(lines: &[&str]) -> Result<Vec<Item>, String> {
        let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
        items(&Bytes::from(body), Some("a"), Flag::Off).map_err(|error| error.to_string())
    }

    fn error(lines: &[&str]) -> String {
        read(lines).expect_err("refused")
    }

    #[test]
    fn operations_are_read() {
        let lines = [
            r#"{"index":{"_id":1}}"#,
            r#"{"n":1}"#,
            "",
            r#"{"delete":{"_index":"b","_id":"2","if_seq_no":"3","if_primary_term":1}}"#,
            r#"{"create":{}}"#,
            "{}\r",
            r#"{"index":{"_id":null,"op_type":"create","routing":"x"}}"#,
            "",
            r#"{"update":{"_id":"u","retry_on_conflict":3,"_source":true}}"#,
            r#"{"doc":{"n":2}}"#,
        ];
        let items = read(&lines).expect("valid");
        let shown: Vec<_> = items
            .iter()
            .map(|item| (item.action.name(), item.index.as_str(), item.id.as_deref(), item.operation.condition))
            .collect();
        let written = Condition::Written { seq_no: 3, primary_term: 1 };
        assert_eq!(
            shown,
            [
                ("index", "a", Some("1"), Condition::None),
                ("delete", "b", Some("2"), written),
                ("create", "a", None, Condition::Absent),
                ("create", "a", None, Condition::Absent),
                ("update", "a", Some("u"), Condition::None),
            ]
        );
        let WriteAction::Index(document) = &items[2].operation.action else { panic!("{:?}", items[2]) };
        assert_eq!(document, "{}");
        assert!(items[4].source.is_some());
    }

    #[test]
    fn malformed_lines_are_errors() {
        insta::assert_snapshot!(error(&[r#"{"index":{}}"#]), @"Validation Failed: 1: no requests added;");
        insta::assert_snapshot!(error(&[""]), @"Validation Failed: 1: no requests added;");
        insta::assert_snapshot!(error(&[r#"{"foo":{}}"#, "{}"]), @"Malformed action/metadata line [1], expected one of [create, delete, index, update] but found [foo]");
        insta::assert_snapshot!(error(&[r#"{"index":{}}"#, "{}", "[]"]), @"Malformed action/metadata line [3], expected START_OBJECT but found [START_ARRAY]");
        insta::assert_snapshot!(error(&["{}", "{}"]), @"Malformed action/metadata line [1], expected FIELD_NAME but found [END_OBJECT]");
        insta::assert_snapshot!(error(&[r#"{"index":"x"}"#, "{}"]), @"Malformed action/metadata line [1], expected START_OBJECT or END_OBJECT but found [VALUE_STRING]");
        insta::assert_snapshot!(error(&[r#"{"index":{"_id":[1]}}"#, "{}"]), @"Malformed action/metadata line [1], expected a simple value for field [_id] but found [START_ARRAY]");
        insta::assert_snapshot!(error(&[r#"{"index":{"_type":"_doc"}}"#, "{}"]), @"Action/metadata line [1] contains an unknown parameter [_type]");
        insta::assert_snapshot!(error(&[r#"{"index":{"_id":1}}"#, "{}", r#"{"index":{"_id":2}}"#]), @"Malformed action/metadata line [3], its document is missing");
        insta::assert_snapshot!(error(&[r#"{"delete":{}}"#]), @"Validation Failed: 1: id is missing;");
        insta::assert_snapshot!(error(&[r#"{"update":{"_id":1}}"#, r#"{"n":1}"#]), @"[UpdateRequest] unknown field [n]");
        insta::assert_snapshot!(error(&[r#"{"update":{"_id":1}}"#, "{}"]), @"Validation Failed: 1: script or doc is missing;");
        let cut_off = items(&Bytes::from_static(b"{\"delete\":{\"_id\":1}}"), Some("a"), Flag::Off);
        insta::assert_snapshot!(cut_off.expect_err("refused"), @r"The bulk request must be terminated by a newline [\n]");
        let no_index = items(&Bytes::from_static(b"{\"delete\":{\"_id\":1}}\n"), None, Flag::Off);
        insta::assert_snapshot!(no_index.expect_err("refused"), @"Validation Failed: 1: index is missing;");
    }
}
