//! Keeps what is known of all functions that were called.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use quidditch_clock::Clock;
use quidditch_function::FunctionId;

use crate::settings::SupervisionSettings;
use crate::statistics::VersionStatistics;
use crate::version::Version;

/// Keeps what is known of all functions that were called since the start of the process.
pub struct Supervisor {
    settings: SupervisionSettings,
    clock: Arc<dyn Clock>,
    /// As many as published versions that were called.
    versions: RwLock<BTreeMap<FunctionId, Arc<Version>>>,
}

impl Supervisor {
    /// A supervisor that has seen no call. It measures times by `clock`.
    pub fn new(settings: SupervisionSettings, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Supervisor { settings, clock, versions: RwLock::default() })
    }

    /// Its settings.
    pub fn settings(&self) -> &SupervisionSettings {
        &self.settings
    }

    /// The statistics of all versions that were called, by name and version.
    pub fn statistics(&self) -> Vec<VersionStatistics> {
        let versions = self.versions.read().unwrap_or_else(PoisonError::into_inner);
        versions.values().map(|version| version.statistics()).collect()
    }

    pub(crate) fn version(&self, id: &FunctionId) -> Arc<Version> {
        if let Some(version) = self.versions.read().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Arc::clone(version);
        }
        let mut versions = self.versions.write().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Version::new(id.clone(), &self.settings, &self.clock));
        Arc::clone(versions.entry(id.clone()).or_insert_with(new))
    }
}
