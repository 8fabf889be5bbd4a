//! Signatures, from AWS's own crate.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode,
    sign,
};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use http::Request;

use super::credentials::S3Credentials;
use crate::BoxError;

/// Signs a request without a body as S3 requires it: the path is not normalized, and a header has the digest of the body.
pub(super) fn signed(
    mut request: Request<Bytes>,
    credentials: &S3Credentials,
    region: &str,
    now: SystemTime,
) -> Result<Request<Bytes>, BoxError> {
    let S3Credentials { access_key, secret_key, session_token } = credentials;
    let identity = Credentials::new(access_key, secret_key, session_token.clone(), None, "settings").into();
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("s3")
        .time(now)
        .settings(settings)
        .build()?
        .into();
    let headers = request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let uri = request.uri().to_string();
    let signable = SignableRequest::new(request.method().as_str(), &uri, headers, SignableBody::empty())?;
    let (instructions, _) = sign(signable, &parameters)?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}
