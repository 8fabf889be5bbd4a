//! What S3's refusals mean to the caller.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ConnectorError, ProvideErrorMetadata, SdkError};

use super::location::Location;
use crate::{SlowDown, StorageError};

type Source = Box<dyn Error + Send + Sync>;

/// An answer of S3 that is no success.
#[derive(Debug)]
struct Refusal {
    status: u16,
    /// Answers to HEAD have no document, so neither a code nor a message.
    code: Option<String>,
    message: Option<String>,
    /// What AWS's support asks for.
    request_id: Option<String>,
}

/// S3 did not answer, or not to the end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Silence {
    #[error("there was no whole answer within {0:?}")]
    TimedOut(Duration),
    #[error("the connection failed")]
    Connection(#[source] Source),
    #[error("the credentials could not be fetched")]
    Credentials(#[source] Source),
    #[error("the answer did not arrive whole")]
    Body(#[source] Source),
    #[error("the answer cannot be understood")]
    Garbled(#[source] Source),
    #[error("asked for {asked}, S3 sent {sent}")]
    OtherBytes { asked: String, sent: String },
}

impl Silence {
    pub(super) fn into_error(self, key: &str) -> StorageError {
        StorageError::Unavailable { key: key.to_owned(), source: Box::new(self) }
    }
}

/// What a failed call means. Preconditions and ranges are for the caller to tell, by [`code_and_status`].
pub(super) fn failure<E>(location: &Location, key: &str, error: SdkError<E, HttpResponse>) -> StorageError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(context) => {
            let meta = context.err().meta();
            refused(location, key, context.raw(), meta.code(), meta.message())
        }
        SdkError::TimeoutError(_) => Silence::Connection(Box::new(error)).into_error(key),
        SdkError::ResponseError(_) => Silence::Garbled(source_of(error)).into_error(key),
        SdkError::DispatchFailure(failed) if failed.is_io() || failed.is_timeout() => {
            Silence::Connection(source_of(SdkError::<E, HttpResponse>::DispatchFailure(failed))).into_error(key)
        }
        _ => match credentials_failure(&error) {
            // Whoever gives them did not answer, or not well.
            Some(CredentialsError::ProviderTimedOut(_) | CredentialsError::ProviderError(_)) => {
                Silence::Credentials(source_of(error)).into_error(key)
            }
            Some(_) => StorageError::Misconfigured {
                store: location.to_string(),
                advice: "there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in \
                         AWS_PROFILE, or run with a role"
                    .to_owned(),
                source: source_of(error),
            },
            None => StorageError::Failed { key: key.to_owned(), source: source_of(error) },
        },
    }
}

/// Why there are no credentials, if that is why a call failed.
fn credentials_failure<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CredentialsError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(failure) = error.downcast_ref() {
            return Some(failure);
        }
        next = error.source();
    }
    None
}

/// The code of an error document, if there is one, and the HTTP status.
pub(super) fn code_and_status<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> (Option<&str>, u16) {
    match error {
        SdkError::ServiceError(context) => (context.err().meta().code(), context.raw().status().as_u16()),
        _ => (None, 0),
    }
}

fn refused(
    location: &Location,
    key: &str,
    response: &HttpResponse,
    code: Option<&str>,
    message: Option<&str>,
) -> StorageError {
    let key = key.to_owned();
    let status = response.status().as_u16();
    let header = |name| response.headers().get(name);
    let refusal = Box::new(Refusal {
        status,
        code: code.map(str::to_owned),
        message: message.map(str::to_owned),
        request_id: header("x-amz-request-id").map(str::to_owned),
    });
    let code = code.unwrap_or_default();
    if let Some(advice) = advice(status, code, header("x-amz-bucket-region")) {
        return StorageError::Misconfigured { store: location.to_string(), advice, source: refusal };
    }
    match (status, code) {
        (404, _) => StorageError::NotFound { key },
        // The status alone would mislead: of these, some blame the client, and some come after a success was announced.
        (429 | 500.., _)
        | (_, "InternalError" | "SlowDown" | "ServiceUnavailable" | "RequestTimeout" | "OperationAborted")
        | (_, "IncompleteBody" | "BadDigest") => {
            let after = header("retry-after").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
            match after {
                Some(after) => StorageError::Unavailable { key, source: Box::new(SlowDown { after, source: refusal }) },
                None => StorageError::Unavailable { key, source: refusal },
            }
        }
        _ => StorageError::Failed { key, source: refusal },
    }
}

/// What somebody has to do before S3 will answer otherwise, if that is so.
fn advice(status: u16, code: &str, region: Option<&str>) -> Option<String> {
    let advice = match (status, code) {
        (_, "NoSuchBucket") => "there is no such bucket; create it, or correct the URL",
        (_, "RequestTimeTooSkewed") => "the clock of this machine is wrong; set it",
        (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "NotSignedUp") => {
            "S3 does not accept the credentials; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile"
        }
        (_, "ExpiredToken" | "TokenRefreshRequired") => "the credentials have expired; get new ones",
        (301 | 307, _) | (_, "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException") => {
            let Some(region) = region else {
                return Some("the bucket is in another region; set AWS_REGION to it".to_owned());
            };
            return Some(format!("the bucket is in the region {region}; set AWS_REGION={region}"));
        }
        (401 | 403, _) => {
            "access was denied; the credentials need s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and \
             s3:DeleteObject on its objects"
        }
        _ => return None,
    };
    Some(advice.to_owned())
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

/// What an error of the client wraps: the wrappers say only that something failed.
fn source_of<E>(error: SdkError<E, HttpResponse>) -> Source
where
    E: Error + Send + Sync + 'static,
{
    let source = error.into_source().unwrap_or_else(|error| Box::new(error));
    match source.downcast::<ConnectorError>() {
        Ok(wrapper) => wrapper.into_source(),
        Err(source) => source,
    }
}
