//! Credentials, and how advice names the settings.

use std::fmt;

/// What the settings are called where they are made, for advice in error messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingLabels {
    /// The setting of the region.
    pub region: &'static str,
    /// The settings of the credentials.
    pub credentials: &'static str,
    /// What the credentials must be allowed to do with objects.
    pub permissions: &'static str,
}

/// Long-lived or temporary credentials, which sign requests.
#[derive(Clone)]
pub struct S3Credentials {
    /// The id of the key.
    pub access_key: String,
    /// The secret part of the key.
    pub secret_key: String,
    /// Only for temporary credentials.
    pub session_token: Option<String>,
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("S3Credentials").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}
