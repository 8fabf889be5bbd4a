//! Credentials from the file in which docker, and the tools that follow it, keep them.

use std::env;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential_from_reader};
use oci_client::secrets::RegistryAuth;

use crate::OciError;

/// The name under which docker keeps the credentials for Docker Hub.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// What a credential helper prints if it has no credentials for a registry.
const NOT_IN_HELPER: &str = "credentials not found";

/// The credentials for a registry; anonymous if there are none.
///
/// # Errors
/// [`OciError::Credentials`] if the file, or a program that it names, cannot be read; [`OciError::IdentityToken`].
pub(crate) fn credentials(registry: &str) -> Result<RegistryAuth, OciError> {
    match file() {
        Some(file) if file.exists() => read(&file, registry),
        _ => Ok(RegistryAuth::Anonymous),
    }
}

/// `$DOCKER_CONFIG/config.json`, or else `~/.docker/config.json`.
fn file() -> Option<PathBuf> {
    let folder = match env::var_os("DOCKER_CONFIG") {
        Some(folder) => PathBuf::from(folder),
        None => env::home_dir()?.join(".docker"),
    };
    Some(folder.join("config.json"))
}

fn read(file: &Path, registry: &str) -> Result<RegistryAuth, OciError> {
    let server = if registry == "docker.io" { DOCKER_HUB } else { registry };
    let found = match File::open(file) {
        Ok(opened) => get_credential_from_reader(BufReader::new(opened), server),
        Err(_) => Err(CredentialRetrievalError::ConfigReadError),
    };
    let (registry, file) = (registry.to_owned(), file.display().to_string());
    match found {
        Ok(DockerCredential::UsernamePassword(name, password)) => Ok(RegistryAuth::Basic(name, password)),
        Ok(DockerCredential::IdentityToken(_)) => Err(OciError::IdentityToken { registry, file }),
        Err(CredentialRetrievalError::NoCredentialConfigured) => Ok(RegistryAuth::Anonymous),
        Err(CredentialRetrievalError::HelperFailure { stdout, .. }) if stdout.contains(NOT_IN_HELPER) => {
            Ok(RegistryAuth::Anonymous)
        }
        Err(source) => Err(OciError::Credentials { registry, file, source }),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What is found for `registry` in a file with this text.
    fn find(text: &str, registry: &str) -> Result<RegistryAuth, OciError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("config.json");
        fs::write(&file, text).expect("it can be written");
        read(&file, registry)
    }

    fn ada() -> RegistryAuth {
        RegistryAuth::Basic("ada".to_owned(), "secret".to_owned())
    }

    #[test]
    fn a_registry_has_its_credentials() {
        // "ada:secret"
        let text = r#"{"auths": {"localhost:5000": {"auth": "YWRhOnNlY3JldA=="}, "https://index.docker.io/v1/": {"auth": "YWRhOnNlY3JldA=="}}}"#;
        assert_eq!(find(text, "localhost:5000").expect("readable"), ada());
        assert_eq!(find(text, "docker.io").expect("readable"), ada());
        assert_eq!(find(text, "localhost:5001").expect("readable"), RegistryAuth::Anonymous);
        assert_eq!(find("{}", "localhost:5000").expect("readable"), RegistryAuth::Anonymous);
    }

    #[test]
    fn unusable_credentials_are_errors() {
        let message = |text: &str| match find(text, "localhost:5000") {
            Err(OciError::Credentials { source, .. }) => source.to_string(),
            other => format!("{other:?}"),
        };
        insta::assert_snapshot!(message("{"), @"Unable to read config");
        insta::assert_snapshot!(message(r#"{"auths": {"localhost:5000": {"auth": "!"}}}"#), @"Unable to decode credential");
        insta::assert_snapshot!(message(r#"{"credHelpers": {"localhost:5000": "does-not-exist"}}"#), @"Unable to communicate with credential helper");
        let token = find(r#"{"auths": {"localhost:5000": {"identitytoken": "t"}}}"#, "localhost:5000");
        assert!(matches!(token, Err(OciError::IdentityToken { .. })));
    }
}
