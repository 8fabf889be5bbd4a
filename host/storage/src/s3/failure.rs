//! What failures of the SDK's client mean to the caller.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ConnectorError, ProvideErrorMetadata, SdkError};

use super::bucket_url::BucketUrl;
use super::credentials::SettingLabels;
use super::refusal::{ErrorResponse, Source, TransportFault, refused};
use crate::StorageError;

/// What AWS's own tools take the settings from.
const NAMES: SettingLabels = SettingLabels {
    region: "AWS_REGION",
    credentials: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile",
    permissions: "s3:GetObject, s3:PutObject and s3:DeleteObject",
};

/// What a failed call means. Preconditions and ranges are for the caller to tell, by [`code_and_status`].
pub(super) fn failure<E>(url: &BucketUrl, key: &str, error: SdkError<E, HttpResponse>) -> StorageError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(context) => {
            let (meta, raw) = (context.err().meta(), context.raw());
            let header = |name| raw.headers().get(name);
            let answered = ErrorResponse {
                status: raw.status().as_u16(),
                code: meta.code(),
                message: meta.message(),
                request_id: header("x-amz-request-id"),
                bucket_region: header("x-amz-bucket-region"),
                retry_after: header("retry-after"),
            };
            refused(url, key, &NAMES, answered)
        }
        SdkError::TimeoutError(_) => TransportFault::Connection(Box::new(error)).into_error(key),
        SdkError::ResponseError(_) => TransportFault::Garbled(source_of(error)).into_error(key),
        SdkError::DispatchFailure(failed) if failed.is_io() || failed.is_timeout() => {
            TransportFault::Connection(source_of(SdkError::<E, HttpResponse>::DispatchFailure(failed))).into_error(key)
        }
        _ => match credentials_failure(&error) {
            // Whoever gives them did not answer, or not well.
            Some(CredentialsError::ProviderTimedOut(_) | CredentialsError::ProviderError(_)) => {
                TransportFault::Credentials(source_of(error)).into_error(key)
            }
            Some(_) => StorageError::Misconfigured {
                store: url.to_string(),
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
