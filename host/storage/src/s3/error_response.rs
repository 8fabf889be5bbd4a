//! What S3's error responses mean to the caller.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::bucket_url::BucketUrl;
use super::credentials::SettingLabels;
use crate::{SlowDown, StorageError};

/// The relevant parts of an error response.
#[derive(Debug, Clone, Copy)]
pub(super) struct ErrorResponse<'a> {
    pub(super) status: u16,
    /// `None` in responses to HEAD, which have no document.
    pub(super) code: Option<&'a str>,
    pub(super) message: Option<&'a str>,
    /// What AWS's support asks for.
    pub(super) request_id: Option<&'a str>,
    pub(super) bucket_region: Option<&'a str>,
    pub(super) retry_after: Option<&'a str>,
}

/// The same, as the source of an error.
#[derive(Debug)]
pub(super) struct RejectedRequest {
    status: u16,
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
}

impl ErrorResponse<'_> {
    pub(super) fn to_source(self) -> Box<RejectedRequest> {
        Box::new(RejectedRequest {
            status: self.status,
            code: self.code.map(str::to_owned),
            message: self.message.map(str::to_owned),
            request_id: self.request_id.map(str::to_owned),
        })
    }

    /// The error for the caller. Failed preconditions and ranges are detected by the methods that use them.
    pub(super) fn into_error(self, url: &BucketUrl, key: &str, labels: &SettingLabels) -> StorageError {
        let (key, source) = (key.to_owned(), self.to_source());
        if let Some(advice) = self.advice(labels) {
            return StorageError::Misconfigured { store: url.to_string(), advice, source };
        }
        match (self.status, self.code.unwrap_or_default()) {
            (404, _) => StorageError::NotFound { key },
            (501, _) => StorageError::Failed { key, source },
            // Of these codes, some come with a status that blames the client, and some after a success was announced.
            (429 | 500.., _)
            | (_, "InternalError" | "SlowDown" | "ServiceUnavailable" | "RequestTimeout" | "OperationAborted")
            | (_, "IncompleteBody" | "BadDigest") => {
                let after = self.retry_after.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
                match after {
                    Some(after) => StorageError::Unavailable { key, source: Box::new(SlowDown { after, source }) },
                    None => StorageError::Unavailable { key, source },
                }
            }
            _ => StorageError::Failed { key, source },
        }
    }

    /// What the operator must do before the request can succeed, if that is known.
    fn advice(&self, labels: &SettingLabels) -> Option<String> {
        let SettingLabels { region, credentials, permissions } = labels;
        Some(match (self.status, self.code.unwrap_or_default()) {
            (_, "NoSuchBucket") => "the bucket does not exist; create it, or correct the URL".to_owned(),
            (_, "RequestTimeTooSkewed") => "the clock of this machine is wrong; set it".to_owned(),
            (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "NotSignedUp") => {
                format!("S3 does not accept the credentials; check {credentials}")
            }
            (_, "ExpiredToken" | "TokenRefreshRequired") => "the credentials have expired; get new ones".to_owned(),
            (301 | 307, _) | (_, "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException") => {
                match self.bucket_region {
                    Some(actual) => format!("the bucket is in the region {actual}; set {region}={actual}"),
                    None => format!("the bucket is in another region; set {region} to it"),
                }
            }
            (401 | 403, _) => format!(
                "access denied; the credentials need s3:ListBucket on the bucket, and {permissions} on its objects"
            ),
            _ => return None,
        })
    }
}

impl Error for RejectedRequest {}

impl fmt::Display for RejectedRequest {
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
