//! Who asks S3, and what to tell whoever set that up.

use std::fmt;

/// What whoever sets a store up calls things, for advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingLabels {
    /// The setting of the region.
    pub region: &'static str,
    /// The settings of the credentials.
    pub credentials: &'static str,
    /// What the credentials must be allowed to do with objects.
    pub permissions: &'static str,
}

/// A key that signs requests, as long-lived or temporary credentials.
#[derive(Clone)]
pub struct S3Credentials {
    /// Which key it is.
    pub access_key: String,
    /// Its secret half.
    pub secret_key: String,
    /// What temporary credentials have besides.
    pub session_token: Option<String>,
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("S3Credentials").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}
