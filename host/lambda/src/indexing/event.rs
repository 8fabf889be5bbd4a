//! Parses events about uploaded files: of S3, as it sends them or in an event of EventBridge, SNS or SQS.

mod envelope;
mod record;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use self::envelope::{Item, unwrap};
use super::file_version::FileVersion;

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
    pub(super) sequencer: Option<String>,
    pub(super) version_id: Option<String>,
}

/// An uploaded file with a certain content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UploadedFile {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) index: String,
    pub(super) version: FileVersion,
}

impl Upload {
    /// The uploaded file with the content that has this entity tag.
    pub(super) fn with_etag(self, etag: String) -> UploadedFile {
        let Upload { bucket, key, index, sequencer, version_id, .. } = self;
        UploadedFile { bucket, key, index, version: FileVersion { etag, sequencer, version_id } }
    }
}

impl UploadedFile {
    /// Identifies the file and its content: the SHA-256 of both in hexadecimal.
    pub(super) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for part in [&self.bucket, &self.key, &self.version.etag] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The uploads in an event that should be added. An invalid record does not affect the others.
///
/// # Errors
/// If the whole event is not about files in S3.
pub(super) fn uploads(event: &str) -> Result<Vec<Result<Upload>>> {
    let items = unwrap(event)?;
    let uploads = items.into_iter().filter_map(|Item { position, object }| {
        let upload = object.map(|object| object.and_then(matching));
        upload.with_context(|| format!("invalid {position}")).transpose()
    });
    Ok(uploads.collect())
}

/// `None` if files with this key are not indexed.
fn matching(object: record::CreatedObject) -> Option<Upload> {
    let record::CreatedObject { bucket, key, etag, sequencer, version_id } = object;
    let index = key.strip_prefix(FOLDER).and_then(|rest| rest.split_once('/')).map(|(index, _)| index.to_owned());
    let Some(index) = index.filter(|_| ENDINGS.iter().any(|ending| key.ends_with(ending))) else {
        tracing::warn!(key, "ignored: key does not match incoming/<index>/*.ndjson[.gz]");
        return None;
    };
    let etag = etag.map(|etag| etag.trim_matches('"').to_owned()).filter(|etag| !etag.is_empty());
    Some(Upload { bucket, key, index, etag, sequencer, version_id })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn record(name: &str, key: &str) -> Json {
        json!({ "eventName": name, "s3": {
            "bucket": { "name": "b", "arn": "arn:aws:s3:::b" },
            "object": { "key": key, "size": 3, "eTag": "0a", "versionId": "v1", "sequencer": "1" },
        } })
    }

    fn upload(key: &str, index: &str) -> Upload {
        let some = |text: &str| Some(text.to_owned());
        Upload {
            bucket: "b".to_owned(),
            key: key.to_owned(),
            index: index.to_owned(),
            etag: some("0a"),
            sequencer: some("1"),
            version_id: some("v1"),
        }
    }

    fn uploaded(event: &Json) -> Vec<Upload> {
        let uploads = uploads(&event.to_string()).expect("an event about files in S3");
        uploads.into_iter().collect::<Result<_>>().expect("valid records")
    }

    fn shown(event: &Json) -> String {
        let results = uploads(&event.to_string()).expect("an event about files in S3");
        let shown = results.iter().map(|result| match result {
            Ok(upload) => upload.key.clone(),
            Err(error) => format!("{error:#}"),
        });
        shown.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn keys_are_decoded_and_name_the_index() {
        let records = [
            record("ObjectCreated:Put", "incoming/cities/a+b%2B%C3%A4.ndjson"),
            record("ObjectCreated:CompleteMultipartUpload", "incoming/books/2024/05/x.ndjson.gz"),
        ];
        let expected =
            [upload("incoming/cities/a b+ä.ndjson", "cities"), upload("incoming/books/2024/05/x.ndjson.gz", "books")];
        assert_eq!(uploaded(&json!({ "Records": records })), expected);
    }

    #[test]
    fn other_files_are_ignored() {
        let records = [
            record("ObjectRemoved:Delete", "incoming/cities/a.ndjson"),
            record("ObjectCreated:Put", "incoming/a.ndjson"),
            record("ObjectCreated:Put", "incoming/cities/a.csv"),
            record("ObjectCreated:Put", "store/cities/a.ndjson"),
        ];
        assert_eq!(uploaded(&json!({ "Records": records })), []);
        assert_eq!(uploaded(&json!({ "Service": "Amazon S3", "Event": "s3:TestEvent" })), []);
    }

    #[test]
    fn only_the_key_is_required() {
        let mut record = record("ObjectCreated:Put", "incoming/cities/a.ndjson");
        for key in ["eTag", "sequencer", "versionId"] {
            record["s3"]["object"].as_object_mut().expect("an object").remove(key);
        }
        let upload = uploaded(&json!({ "Records": [record] })).remove(0);
        assert_eq!((upload.etag, upload.sequencer, upload.version_id), (None, None, None));
    }

    /// The same upload as EventBridge reports it. Its keys are not encoded.
    fn of_event_bridge() -> Json {
        json!({
            "version": "0", "source": "aws.s3", "detail-type": "Object Created", "resources": ["arn:aws:s3:::b"],
            "detail": {
                "version": "0", "bucket": { "name": "b" }, "reason": "PutObject",
                "object": {
                    "key": "incoming/cities/a+b%.ndjson", "size": 3, "etag": "0a", "version-id": "v1", "sequencer": "1",
                },
            },
        })
    }

    #[test]
    fn events_of_event_bridge() {
        assert_eq!(uploaded(&of_event_bridge()), [upload("incoming/cities/a+b%.ndjson", "cities")]);
        let mut other = of_event_bridge();
        other["detail-type"] = json!("Object Deleted");
        assert_eq!(uploaded(&other), []);
    }

    #[test]
    fn events_in_messages_of_sqs_and_sns() {
        let s3 = json!({ "Records": [record("ObjectCreated:Put", "incoming/cities/a.ndjson")] });
        let sqs = |body: &Json| json!({ "messageId": "1", "body": body.to_string(), "eventSource": "aws:sqs" });
        let sns = |message: &Json| json!({ "EventSource": "aws:sns", "Sns": { "Message": message.to_string() } });
        let notification = |message: &Json| json!({ "Type": "Notification", "Message": message.to_string() });
        let test_event = json!({ "Service": "Amazon S3", "Event": "s3:TestEvent" });
        let plain = upload("incoming/cities/a.ndjson", "cities");
        let event = json!({ "Records": [
            sqs(&s3), sqs(&notification(&s3)), sqs(&of_event_bridge()), sqs(&test_event), sns(&s3), sns(&of_event_bridge()),
        ] });
        let bridged = upload("incoming/cities/a+b%.ndjson", "cities");
        assert_eq!(uploaded(&event), [plain.clone(), plain.clone(), bridged.clone(), plain, bridged]);

        let event =
            json!({ "Records": [{ "body": "hello", "eventSource": "aws:sqs" }, sqs(&json!({ "a": 1 })), sqs(&s3)] });
        insta::assert_snapshot!(shown(&event), @r"
        invalid record 0: the message is not an event of S3: expected value at line 1 column 1
        invalid record 1: the message is not an event of S3: it has neither Records nor detail
        incoming/cities/a.ndjson
        ");
        let mut nested = s3;
        for _ in 0..5 {
            nested = json!({ "Records": [sqs(&nested)] });
        }
        insta::assert_snapshot!(shown(&nested), @"invalid record 0, record 0, record 0, record 0: the message is not an event of S3: messages in messages are supported up to 3 levels");
    }

    #[test]
    fn other_events_are_errors() {
        let error = |event: &str| format!("{:#}", uploads(event).expect_err("not an S3 event"));
        insta::assert_snapshot!(error("{}"), @"not an event of S3: it has neither Records nor detail");
        insta::assert_snapshot!(error(r#"{"Records": []}"#), @"not an event of S3: it has neither Records nor detail");
        insta::assert_snapshot!(error(r#"{"Records": {}}"#), @"not an event of S3: invalid type: map, expected a sequence at line 1 column 12");
        insta::assert_snapshot!(error(r#"{"source": "aws.ec2", "detail": {}}"#), @"not an event of S3: its source is [aws.ec2]");
    }

    #[test]
    fn an_invalid_record_does_not_affect_the_others() {
        let records = [
            json!({}),
            json!({ "eventName": "ObjectCreated:Put" }),
            record("ObjectCreated:Put", "incoming/cities/%ff.ndjson"),
            record("ObjectCreated:Put", "incoming/cities/a.ndjson"),
        ];
        insta::assert_snapshot!(shown(&json!({ "Records": records })), @r"
        invalid record 0: it has none of eventName, body and Sns
        invalid record 1: missing field `s3` at line 1 column 33
        invalid record 2: its key is not UTF-8: invalid utf-8 sequence of 1 bytes from index 16
        incoming/cities/a.ndjson
        ");
    }
}
