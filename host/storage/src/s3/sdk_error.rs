//! What failed calls of AWS's client mean to the caller.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ConnectorError, ProvideErrorMetadata, SdkError};

use super::bucket_url::BucketUrl;
use super::credentials::SettingLabels;
use super::error_response::ErrorResponse;
use super::transport_fault::TransportFault;
use crate::{BoxError, StorageError};

/// Where AWS's own tools take the settings from.
const LABELS: SettingLabels = SettingLabels {
    region: "AWS_REGION",
    credentials: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile",
    permissions: "s3:GetObject, s3:PutObject and s3:DeleteObject",
};

/// The error for the caller. Failed preconditions and ranges are detected before, with [`error_response`].
pub(super) fn map_sdk_error<E>(url: &BucketUrl, key: &str, error: SdkError<E, HttpResponse>) -> StorageError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    if let Some(response) = error_response(&error) {
        return response.into_error(url, key, &LABELS);
    }
    match error {
        SdkError::TimeoutError(_) => TransportFault::Connection(Box::new(error)).into_error(key),
        SdkError::ResponseError(_) => TransportFault::Malformed(source_of(error)).into_error(key),
        SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout() => {
            TransportFault::Connection(source_of(SdkError::<E, HttpResponse>::DispatchFailure(failure))).into_error(key)
        }
        _ => match credentials_error(&error) {
            // The service that issues credentials did not respond, or not as expected.
            Some(CredentialsError::ProviderTimedOut(_) | CredentialsError::ProviderError(_)) => {
                TransportFault::Credentials(source_of(error)).into_error(key)
            }
            Some(_) => StorageError::Misconfigured {
                store: url.to_string(),
                advice: "no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in AWS_PROFILE, or \
                         run with a role"
                    .to_owned(),
                source: source_of(error),
            },
            None => StorageError::Failed { key: key.to_owned(), source: source_of(error) },
        },
    }
}

/// The error response of S3, if there is one.
pub(super) fn error_response<E>(error: &SdkError<E, HttpResponse>) -> Option<ErrorResponse<'_>>
where
    E: ProvideErrorMetadata,
{
    let SdkError::ServiceError(context) = error else { return None };
    let (meta, raw) = (context.err().meta(), context.raw());
    let header = |name| raw.headers().get(name);
    Some(ErrorResponse {
        status: raw.status().as_u16(),
        code: meta.code(),
        message: meta.message(),
        request_id: header("x-amz-request-id"),
        bucket_region: header("x-amz-bucket-region"),
        retry_after: header("retry-after"),
    })
}

/// Why there are no credentials, if that is why a call failed.
fn credentials_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CredentialsError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref() {
            return Some(error);
        }
        next = error.source();
    }
    None
}

/// What an error of the client wraps: the wrappers only say that something failed.
fn source_of<E>(error: SdkError<E, HttpResponse>) -> BoxError
where
    E: Error + Send + Sync + 'static,
{
    let source = error.into_source().unwrap_or_else(|error| Box::new(error));
    match source.downcast::<ConnectorError>() {
        Ok(wrapper) => wrapper.into_source(),
        Err(source) => source,
    }
}
