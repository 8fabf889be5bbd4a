//! Settings for the S3 server of the tests.

use quidditch_storage::{S3Credentials, S3Settings};
use quidditch_test_s3::S3Server;

/// The settings for accessing the server.
pub fn s3_settings(server: &S3Server) -> S3Settings {
    S3Settings {
        endpoint: Some(server.endpoint()),
        region: Some(server.region().to_owned()),
        credentials: Some(S3Credentials {
            access_key: server.access_key().to_owned(),
            secret_key: server.secret_key().to_owned(),
            session_token: None,
        }),
        ..S3Settings::default()
    }
}
