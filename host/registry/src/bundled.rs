//! Functions that are part of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use quidditch_function::{
    CatalogError, Cause, FailurePhase, Function, FunctionCatalog, FunctionError, FunctionId, FunctionResolver,
    PublishedFunction,
};
use semver::Version;

use crate::Record;
use crate::name;
use crate::versions::{Candidate, Wanted, choose};

/// Functions that are part of the program, by name and version. They are resolved as by a [`Registry`](crate::Registry).
#[derive(Default)]
pub struct BundledFunctions {
    by_name: BTreeMap<String, BTreeMap<Version, Bundled>>,
}

/// One version of a function.
struct Bundled {
    record: Record,
    function: Arc<dyn Function>,
}

impl BundledFunctions {
    /// These functions, each with its record from when it was published.
    pub fn new(functions: impl IntoIterator<Item = (Record, Arc<dyn Function>)>) -> Self {
        let mut bundled = BundledFunctions::default();
        for (record, function) in functions {
            let versions = bundled.by_name.entry(record.name.clone()).or_default();
            versions.insert(record.version.clone(), Bundled { record, function });
        }
        bundled
    }

    fn choose(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, Cause> {
        let Some(versions) = self.by_name.get(name) else {
            let names: BTreeSet<String> = self.by_name.keys().cloned().collect();
            return Err(Cause::NotFound(name::unknown(name, &names)));
        };
        // Whoever bundles a version wants it to be called.
        let candidates: Vec<_> = versions.keys().map(|version| Candidate { version, is_yanked: false }).collect();
        let chosen = choose(&candidates, &Wanted::parse(version)?)?;
        Ok(Arc::clone(&versions[chosen].function))
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl FunctionResolver for BundledFunctions {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        self.choose(name, version).map_err(|cause| FunctionError {
            function: FunctionId::new(name, version.unwrap_or_default()),
            phase: FailurePhase::Load,
            cause,
        })
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl FunctionCatalog for BundledFunctions {
    async fn list(&self) -> Result<Vec<PublishedFunction>, CatalogError> {
        let versions = self.by_name.values().flat_map(BTreeMap::values);
        Ok(versions.map(|bundled| bundled.record.clone().into()).collect())
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use quidditch_function::{About, Batch, CONTRACT_VERSION, Provenance, Role, native_filter};

    use super::*;

    fn bundled(ids: &[(&str, &str)]) -> BundledFunctions {
        BundledFunctions::new(ids.iter().map(|(name, version)| {
            let function = native_filter(name, Vec::new(), |_| Ok((Vec::new(), |_: &Batch, _: &mut Vec<u8>| Ok(()))));
            let record = Record {
                name: (*name).to_owned(),
                version: Version::parse(version).expect("a version"),
                sha256: String::new(),
                size: 0,
                summary: format!("{name} {version}"),
                parameters: Vec::new(),
                roles: Role::Filter.into(),
                contract: CONTRACT_VERSION.to_owned(),
                memory_mib: 0,
                about: About::default(),
                provenance: Provenance::default(),
                script: None,
            };
            (record, function)
        }))
    }

    fn missing(functions: &BundledFunctions, name: &str, version: Option<&str>) -> String {
        let Err(error) = block_on(functions.find(name, version)) else { panic!("{name} exists") };
        format!("{error}: {}", error.cause)
    }

    #[test]
    fn functions_are_listed_by_name_and_version() {
        let functions = bundled(&[("b", "1.10.0"), ("a", "2.0.0"), ("b", "1.9.0")]);
        let listed = block_on(functions.list()).expect("a list");
        assert_eq!(
            listed.iter().map(|function| &*function.summary).collect::<Vec<_>>(),
            ["a 2.0.0", "b 1.9.0", "b 1.10.0"]
        );
        assert!(block_on(functions.find("b", None)).is_ok());
        assert!(block_on(functions.find("b", Some("1.9.0"))).is_ok());
        assert!(block_on(functions.find("b", Some("^1.9"))).is_ok());
    }

    #[test]
    fn unknown_function_lists_known_ones() {
        let functions = bundled(&[("number_range", "1.0.0"), ("other", "1.0.0-a")]);
        insta::assert_snapshot!(missing(&functions, "number_rnage", None), @"function number_rnage failed to load: unknown function [number_rnage], did you mean [number_range]?");
        insta::assert_snapshot!(missing(&functions, "number_range", Some("2.0.0")), @"function number_range@2.0.0 failed to load: unknown version [2.0.0], published: [1.0.0]");
        insta::assert_snapshot!(missing(&functions, "other", None), @"function other failed to load: only pre-releases are published ([1.0.0-a]), name one explicitly");
        insta::assert_snapshot!(missing(&bundled(&[]), "f", None), @"function f failed to load: unknown function [f], no functions are published");
    }
}
