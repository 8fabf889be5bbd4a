//! What S3's refusals, and its silence, mean to the caller.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::bucket_url::BucketUrl;
use super::credentials::SettingLabels;
use crate::{SlowDown, StorageError};

pub(super) type Source = Box<dyn Error + Send + Sync>;

/// What is known of an answer that is no success.
#[derive(Debug, Clone, Copy)]
pub(super) struct ErrorResponse<'a> {
    pub(super) status: u16,
    /// Answers to HEAD have no document, so neither a code nor a message.
    pub(super) code: Option<&'a str>,
    pub(super) message: Option<&'a str>,
    /// What AWS's support asks for.
    pub(super) request_id: Option<&'a str>,
    pub(super) bucket_region: Option<&'a str>,
    pub(super) retry_after: Option<&'a str>,
}

/// The same, as the source of an error.
#[derive(Debug)]
struct Refusal {
    status: u16,
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
}

/// S3 did not answer, or not to the end.
#[derive(Debug, thiserror::Error)]
pub(super) enum TransportFault {
    #[error("there was no whole answer within {0:?}")]
    TimedOut(Duration),
    #[error("the connection failed")]
    Connection(#[source] Source),
    #[cfg(not(target_family = "wasm"))]
    #[error("the credentials could not be fetched")]
    Credentials(#[source] Source),
    #[cfg(not(target_family = "wasm"))]
    #[error("the answer did not arrive whole")]
    Body(#[source] Source),
    #[error("the answer cannot be understood")]
    Garbled(#[source] Source),
    #[error("asked for {asked}, S3 sent {sent}")]
    OtherBytes { asked: String, sent: String },
}

impl TransportFault {
    pub(super) fn into_error(self, key: &str) -> StorageError {
        StorageError::Unavailable { key: key.to_owned(), source: Box::new(self) }
    }
}

/// What a refusal means. Preconditions and ranges are for the caller to tell.
pub(super) fn refused(url: &BucketUrl, key: &str, names: &SettingLabels, answered: ErrorResponse<'_>) -> StorageError {
    let ErrorResponse { status, code, message, request_id, bucket_region, retry_after } = answered;
    let key = key.to_owned();
    let refusal = Box::new(Refusal {
        status,
        code: code.map(str::to_owned),
        message: message.map(str::to_owned),
        request_id: request_id.map(str::to_owned),
    });
    let code = code.unwrap_or_default();
    if let Some(advice) = advice(status, code, bucket_region, names) {
        return StorageError::Misconfigured { store: url.to_string(), advice, source: refusal };
    }
    match (status, code) {
        (404, _) => StorageError::NotFound { key },
        // The status alone would mislead: of these, some blame the client, and some come after a success was announced.
        (429 | 500.., _)
        | (_, "InternalError" | "SlowDown" | "ServiceUnavailable" | "RequestTimeout" | "OperationAborted")
        | (_, "IncompleteBody" | "BadDigest") => {
            let after = retry_after.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
            match after {
                Some(after) => StorageError::Unavailable { key, source: Box::new(SlowDown { after, source: refusal }) },
                None => StorageError::Unavailable { key, source: refusal },
            }
        }
        _ => StorageError::Failed { key, source: refusal },
    }
}

/// What somebody has to do before S3 will answer otherwise, if that is so.
fn advice(status: u16, code: &str, bucket_region: Option<&str>, names: &SettingLabels) -> Option<String> {
    let SettingLabels { region, credentials, permissions } = names;
    Some(match (status, code) {
        (_, "NoSuchBucket") => "there is no such bucket; create it, or correct the URL".to_owned(),
        (_, "RequestTimeTooSkewed") => "the clock of this machine is wrong; set it".to_owned(),
        (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "NotSignedUp") => {
            format!("S3 does not accept the credentials; check {credentials}")
        }
        (_, "ExpiredToken" | "TokenRefreshRequired") => "the credentials have expired; get new ones".to_owned(),
        (301 | 307, _) | (_, "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException") => {
            match bucket_region {
                Some(is) => format!("the bucket is in the region {is}; set {region}={is}"),
                None => format!("the bucket is in another region; set {region} to it"),
            }
        }
        (401 | 403, _) => format!(
            "access was denied; the credentials need s3:ListBucket on the bucket, and {permissions} on its objects"
        ),
        _ => return None,
    })
}

impl Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "S3 answered {}", self.status)?;
        if let Some(code) = &self.code {
            write!(formatter, " {code}")?;
        }
        if let Some(message) = &self.message {
            write!(formatter, ": {message}")?;
        }
        match &self.request_id {
            Some(id) => write!(formatter, " (request {id})"),
            None => Ok(()),
        }
    }
}
