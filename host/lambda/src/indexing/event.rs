//! Parses S3 events into uploaded files.

use anyhow::{Context, Result, ensure};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

const FOLDER: &str = "incoming/";
const ENDINGS: [&str; 2] = [".ndjson", ".ndjson.gz"];

/// An upload that an event reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Upload {
    pub(super) bucket: String,
    pub(super) key: String,
    /// The index named by its folder.
    pub(super) index: String,
    /// The entity tag of its content, without quotes, if the event has it.
    pub(super) etag: Option<String>,
}

/// An uploaded file with a certain content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UploadedFile {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) index: String,
    /// The entity tag of the content, without quotes.
    pub(super) etag: String,
}

impl Upload {
    /// The uploaded file with the content that has this entity tag.
    pub(super) fn with_etag(self, etag: String) -> UploadedFile {
        let Upload { bucket, key, index, .. } = self;
        UploadedFile { bucket, key, index, etag }
    }
}

impl UploadedFile {
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
    records: Vec<Box<RawValue>>,
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
    e_tag: Option<String>,
}

/// The uploads in an event that should be added. An invalid record does not affect the others.
pub(super) fn uploads(event: &str) -> Result<Vec<Result<Upload>>> {
    let event: Event = serde_json::from_str(event).context("not an S3 event")?;
    ensure!(!event.records.is_empty() || event.test.is_some(), "not an S3 event: it has no Records");
    let uploads = event.records.iter().enumerate().filter_map(|(index, record)| {
        let upload = upload(record.get()).with_context(|| format!("invalid record {index} of the S3 event"));
        upload.transpose()
    });
    Ok(uploads.collect())
}

/// `None` if the record should be ignored.
fn upload(record: &str) -> Result<Option<Upload>> {
    let Record { event_name, s3: S3 { bucket, object } } = serde_json::from_str(record)?;
    if !event_name.starts_with("ObjectCreated:") {
        return Ok(None);
    }
    let spaced = object.key.replace('+', " ");
    let key = percent_decode_str(&spaced).decode_utf8().context("its key is not UTF-8")?.into_owned();
    let index = key.strip_prefix(FOLDER).and_then(|rest| rest.split_once('/')).map(|(index, _)| index.to_owned());
    let Some(index) = index.filter(|_| ENDINGS.iter().any(|ending| key.ends_with(ending))) else {
        tracing::warn!(key, "ignored: key does not match incoming/<index>/*.ndjson[.gz]");
        return Ok(None);
    };
    let etag = object.e_tag.map(|etag| etag.trim_matches('"').to_owned()).filter(|etag| !etag.is_empty());
    Ok(Some(Upload { bucket: bucket.name, key, index, etag }))
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
        let uploads = uploads(&json!({ "Records": records }).to_string()).expect("an S3 event");
        uploads.into_iter().collect::<Result<_>>().expect("valid records")
    }

    #[test]
    fn keys_are_decoded_and_name_the_index() {
        let upload = |key: &str, index: &str| Upload {
            bucket: "b".to_owned(),
            key: key.to_owned(),
            index: index.to_owned(),
            etag: Some("0a".to_owned()),
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
        assert!(uploads(r#"{"Service": "Amazon S3", "Event": "s3:TestEvent"}"#).expect("valid").is_empty());
    }

    #[test]
    fn entity_tags_are_optional() {
        let mut record = record("ObjectCreated:Put", "incoming/cities/a.ndjson");
        record["s3"]["object"].as_object_mut().expect("an object").remove("eTag");
        assert_eq!(uploaded(&[record])[0].etag, None);
    }

    #[test]
    fn other_events_are_errors() {
        let error = |event: &str| format!("{:#}", uploads(event).expect_err("not an S3 event"));
        insta::assert_snapshot!(error("{}"), @"not an S3 event: it has no Records");
        insta::assert_snapshot!(error(r#"{"Records": {}}"#), @"not an S3 event: invalid type: map, expected a sequence at line 1 column 12");
    }

    #[test]
    fn an_invalid_record_does_not_affect_the_others() {
        let records = [
            json!({}),
            record("ObjectCreated:Put", "incoming/cities/%ff.ndjson"),
            record("ObjectCreated:Put", "incoming/cities/a.ndjson"),
        ];
        let results = uploads(&json!({ "Records": records }).to_string()).expect("an S3 event");
        let shown = results.iter().map(|result| match result {
            Ok(upload) => upload.key.clone(),
            Err(error) => format!("{error:#}"),
        });
        insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"), @r"
        invalid record 0 of the S3 event: missing field `eventName` at line 1 column 2
        invalid record 1 of the S3 event: its key is not UTF-8: invalid utf-8 sequence of 1 bytes from index 16
        incoming/cities/a.ndjson
        ");
    }
}
