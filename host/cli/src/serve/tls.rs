//! TLS: the certificate and the key of the server.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

#[derive(clap::Args)]
pub(super) struct TlsArguments {
    /// File with the certificate chain of the server, in PEM: it then answers HTTPS only
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// File with the private key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
}

impl TlsArguments {
    /// What answers handshakes; `None` without a certificate.
    pub(super) fn acceptor(&self) -> Result<Option<TlsAcceptor>> {
        let (Some(certificate), Some(key)) = (&self.tls_certificate, &self.tls_key) else { return Ok(None) };
        let chain = read_chain(certificate)?;
        let private_key = PrivateKeyDer::from_pem_file(key)
            .with_context(|| format!("cannot read a key in PEM from {}", key.display()))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .context("cannot set up TLS")?
            .with_no_client_auth()
            .with_single_cert(chain, private_key)
            .with_context(|| format!("cannot use {} with {}", certificate.display(), key.display()))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Some(TlsAcceptor::from(Arc::new(config))))
    }
}

fn read_chain(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let read = || format!("cannot read certificates in PEM from {}", file.display());
    let chain = CertificateDer::pem_file_iter(file).with_context(read)?.collect::<Result<Vec<_>, _>>();
    let chain = chain.with_context(read)?;
    anyhow::ensure!(!chain.is_empty(), "{} has no certificate", file.display());
    Ok(chain)
}
