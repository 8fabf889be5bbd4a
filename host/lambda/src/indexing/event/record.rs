//! Objects that were created, as S3 and EventBridge report them.

use anyhow::{Context, Result};
use percent_encoding::percent_decode_str;
use serde::Deserialize;

/// An object that was created.
pub(super) struct CreatedObject {
    pub(super) bucket: String,
    /// Decoded.
    pub(super) key: String,
    pub(super) etag: Option<String>,
    pub(super) sequencer: Option<String>,
    pub(super) version_id: Option<String>,
}

#[derive(Deserialize)]
struct S3Record {
    s3: Detail,
}

/// The same keys in both kinds of events, except in objects.
#[derive(Deserialize)]
struct Detail {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Object {
    key: String,
    #[serde(rename = "eTag", alias = "etag")]
    etag: Option<String>,
    sequencer: Option<String>,
    #[serde(rename = "versionId", alias = "version-id")]
    version_id: Option<String>,
}

/// The object of a record of S3; `None` if it was not created.
pub(super) fn of_s3(event_name: &str, record: &str) -> Result<Option<CreatedObject>> {
    // Some servers with the API of S3 write `s3:ObjectCreated:`.
    if !event_name.trim_start_matches("s3:").starts_with("ObjectCreated:") {
        return Ok(None);
    }
    let S3Record { s3 } = serde_json::from_str(record)?;
    let mut object = created(s3);
    // Encoded as in an HTML form.
    let spaced = object.key.replace('+', " ");
    object.key = percent_decode_str(&spaced).decode_utf8().context("its key is not UTF-8")?.into_owned();
    Ok(Some(object))
}

/// The object of an event of EventBridge, in which keys are not encoded; `None` if it was not created.
pub(super) fn of_event_bridge(detail_type: &str, detail: &str) -> Result<Option<CreatedObject>> {
    if detail_type != "Object Created" {
        return Ok(None);
    }
    Ok(Some(created(serde_json::from_str(detail)?)))
}

fn created(Detail { bucket, object }: Detail) -> CreatedObject {
    let Object { key, etag, sequencer, version_id } = object;
    CreatedObject { bucket: bucket.name, key, etag, sequencer, version_id }
}
