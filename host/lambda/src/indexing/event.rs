//! Parses S3 events into uploaded files.

use anyhow::{Context, Result, ensure};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use sha2::{Digest, Sha256};

const FOLDER: &str = "incoming/";
const ENDINGS: [&str; 2] = [".ndjson", ".ndjson.gz"];

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Upload {
    pub(super) bucket: String,
    pub(super) key: String,
    /// The index named by its folder.
    pub(super) index: String,
    /// The entity tag of its content, without quotes.
    pub(super) etag: String,
}

impl Upload {
    /// Identifies the file and its content: the SHA-256 of both in hexadecimal.
    pub(super) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for part in [&self.bucket, &self.key, &self.etag] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records", default)]
    records: Vec<Record>,
    /// S3 sends this event once, when notifications are configured.
    #[serde(rename = "Event")]
    test: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    s3: S3,
}

#[derive(Deserialize)]
struct S3 {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    /// Encoded as in an HTML form.
    key: String,
    #[serde(default)]
    e_tag: String,
}

/// The files in an event that should be added.
pub(super) fn uploads(event: &str) -> Result<Vec<Upload>> {
    let event: Event = serde_json::from_str(event).context("not an S3 event")?;
    ensure!(!event.records.is_empty() || event.test.is_some(), "not an S3 event: it has no Records");
    let created = event.records.into_iter().filter(|record| record.event_name.starts_with("ObjectCreated:"));
    created.filter_map(|record| upload(record).transpose()).collect()
}

/// `None` if the object should be ignored.
fn upload(Record { s3: S3 { bucket, object }, .. }: Record) -> Result<Option<Upload>> {
    let spaced = object.key.replace('+', " ");
    let key = percent_decode_str(&spaced).decode_utf8().context("the event has a key that is not UTF-8")?.into_owned();
    let index = key.strip_prefix(FOLDER).and_then(|rest| rest.split_once('/')).map(|(index, _)| index.to_owned());
    let Some(index) = index.filter(|_| ENDINGS.iter().any(|ending| key.ends_with(ending))) else {
        tracing::warn!(key, "ignored: key does not match incoming/<index>/*.ndjson[.gz]");
        return Ok(None);
    };
    Ok(Some(Upload { bucket: bucket.name, key, index, etag: object.e_tag.trim_matches('"').to_owned() }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn record(name: &str, key: &str) -> Json {
        json!({ "eventName": name, "s3": {
            "bucket": { "name": "b", "arn": "arn:aws:s3:::b" },
            "object": { "key": key, "size": 3, "eTag": "0a", "sequencer": "1" },
        } })
    }

    fn uploaded(records: &[Json]) -> Vec<Upload> {
        uploads(&json!({ "Records": records }).to_string()).expect("valid")
    }

    #[test]
    fn keys_are_decoded_and_name_the_index() {
        let upload = |key: &str, index: &str| Upload {
            bucket: "b".to_owned(),
            key: key.to_owned(),
            index: index.to_owned(),
            etag: "0a".to_owned(),
        };
        let records = [
            record("ObjectCreated:Put", "incoming/cities/a+b%2B%C3%A4.ndjson"),
            record("ObjectCreated:CompleteMultipartUpload", "incoming/books/2024/05/x.ndjson.gz"),
        ];
        let expected =
            [upload("incoming/cities/a b+ä.ndjson", "cities"), upload("incoming/books/2024/05/x.ndjson.gz", "books")];
        assert_eq!(uploaded(&records), expected);
    }

    #[test]
    fn other_files_are_ignored() {
        let records = [
            record("ObjectRemoved:Delete", "incoming/cities/a.ndjson"),
            record("ObjectCreated:Put", "incoming/a.ndjson"),
            record("ObjectCreated:Put", "incoming/cities/a.csv"),
            record("ObjectCreated:Put", "store/cities/a.ndjson"),
        ];
        assert_eq!(uploaded(&records), []);
        assert_eq!(uploads(r#"{"Service": "Amazon S3", "Event": "s3:TestEvent"}"#).expect("valid"), []);
    }

    #[test]
    fn other_events_are_errors() {
        let error = |event: &str| format!("{:#}", uploads(event).expect_err("not an S3 event"));
        insta::assert_snapshot!(error("{}"), @"not an S3 event: it has no Records");
        insta::assert_snapshot!(error(r#"{"Records": [{}]}"#), @"not an S3 event: missing field `eventName` at line 1 column 15");
    }
}
