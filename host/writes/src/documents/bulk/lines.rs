//! Reads the lines of a bulk request.

use bytes::Bytes;
use quidditch_service::writing::{ApiError, BodyPart, Flag};

use super::action::{Action, ActionLine, Item};
use crate::documents::scripts::Scripts;

/// Reads operations from the parts of a body, one after another.
pub(super) struct BulkReader {
    pub(super) default_index: Option<String>,
    pub(super) require_alias: Flag,
    pub(super) scripts: Scripts,
    /// Lines that were read.
    lines: usize,
    /// Operations that were read.
    operations: usize,
}

/// What a part of a body has.
pub(super) struct BulkPart {
    pub(super) items: Vec<Item>,
    /// Where the first incomplete operation begins; the end of the part if there is none.
    pub(super) end: usize,
}

impl BulkReader {
    pub(super) fn new(default_index: Option<String>, require_alias: Flag, scripts: Scripts) -> Self {
        BulkReader { default_index, require_alias, scripts, lines: 0, operations: 0 }
    }

    /// Operations of earlier parts.
    pub(super) fn operations(&self) -> usize {
        self.operations
    }

    /// The operations of a part. Their documents are parts of it, which are not copied.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub(super) fn read(&mut self, part: &BodyPart) -> Result<BulkPart, ApiError> {
        let BodyPart { bytes, is_last } = part;
        if *is_last && bytes.is_empty() && self.lines == 0 {
            return Err(ApiError::body("request body is required"));
        }
        if *is_last && !bytes.is_empty() && !bytes.ends_with(b"\n") {
            return Err(ApiError::Argument(r"The bulk request must be terminated by a newline [\n]".to_owned()));
        }
        let mut lines = Lines { body: bytes, start: 0, number: self.lines };
        let mut items = Vec::new();
        // The end of the last operation, in bytes and lines.
        let (mut end, mut read) = (0, self.lines);
        while let Some(line) = lines.next() {
            if !line.is_empty() {
                let text = std::str::from_utf8(&line)
                    .map_err(|_| ApiError::Argument("the request body is not valid UTF-8".to_owned()))?;
                let number = lines.number;
                let action = ActionLine::parse(text, number, self.require_alias)?;
                let document = match action.action {
                    Action::Delete => Bytes::new(),
                    _ => match lines.next() {
                        Some(document) => document,
                        None if !is_last || (items.is_empty() && self.operations == 0) => break,
                        None => {
                            let reason = format!("Malformed action/metadata line [{number}], its document is missing");
                            return Err(ApiError::Argument(reason));
                        }
                    },
                };
                items.push(action.into_item(self.default_index.as_deref(), document, &mut self.scripts)?);
            }
            (end, read) = (lines.start, lines.number);
        }
        if *is_last && items.is_empty() && self.operations == 0 {
            return Err(ApiError::validation("no requests added"));
        }
        self.lines = read;
        self.operations += items.len();
        Ok(BulkPart { items, end })
    }
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
    use std::sync::Arc;
    use std::time::Duration;

    use quidditch_clock::{Clock, ManualClock};
    use quidditch_indexing::{Condition, WriteAction};

    use super::*;

    fn reader(default_index: Option<&str>) -> BulkReader {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let scripts = Scripts::new(&clock, Duration::from_secs(1));
        BulkReader::new(default_index.map(str::to_owned), Flag::Off, scripts)
    }

    fn items(body: impl Into<Bytes>, default_index: Option<&str>) -> Result<Vec<Item>, String> {
        let part = reader(default_index).read(&BodyPart { bytes: body.into(), is_last: true });
        part.map(|part| part.items).map_err(|error| error.to_string())
    }

    fn read(lines: &[&str]) -> Result<Vec<Item>, String> {
        items(lines.iter().map(|line| format!("{line}\n")).collect::<String>(), Some("a"))
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
        let cut_off = items(&b"{\"delete\":{\"_id\":1}}"[..], Some("a"));
        insta::assert_snapshot!(cut_off.expect_err("refused"), @r"The bulk request must be terminated by a newline [\n]");
        let no_index = items(&b"{\"delete\":{\"_id\":1}}\n"[..], None);
        insta::assert_snapshot!(no_index.expect_err("refused"), @"Validation Failed: 1: index is missing;");
    }

    #[test]
    fn operations_may_be_spread_over_parts() {
        let body =
            "{\"index\":{\"_id\":1}}\n{\"n\":1}\n\n{\"delete\":{\"_id\":2}}\n{\"create\":{\"_id\":3}}\n{\"n\":3}\n";
        for size in 1..=body.len() {
            let (mut reader, mut rest, mut ids) = (reader(Some("a")), String::new(), Vec::new());
            let mut pieces = body.as_bytes().chunks(size).peekable();
            while let Some(piece) = pieces.next() {
                rest.push_str(std::str::from_utf8(piece).expect("ASCII"));
                let part = BodyPart { bytes: rest.clone().into(), is_last: pieces.peek().is_none() };
                let BulkPart { items, end } = reader.read(&part).expect("valid");
                ids.extend(items.into_iter().filter_map(|item| item.id));
                rest.drain(..end);
            }
            assert_eq!(
                (ids, reader.operations(), rest.as_str()),
                (vec!["1".to_owned(), "2".to_owned(), "3".to_owned()], 3, "")
            );
        }
    }

    #[test]
    fn lines_are_counted_over_all_parts() {
        let mut reader = reader(Some("a"));
        let part = |text: &'static str, is_last| BodyPart { bytes: Bytes::from_static(text.as_bytes()), is_last };
        assert_eq!(reader.read(&part("{\"index\":{}}\n{}\n{\"index\":{}}\n", false)).expect("valid").end, 16);
        let Err(error) = reader.read(&part("{\"index\":{}}\n{}\n[]\n", true)) else { panic!("it was read") };
        insta::assert_snapshot!(error, @"Malformed action/metadata line [5], expected START_OBJECT but found [START_ARRAY]");
    }
}
