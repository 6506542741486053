//! TLS of the TCP door.
//!
//! Purpose: rustls settings from the texts of the configured files.
//! Limits: TLS 1.2 and 1.3, aws-lc-rs; HTTP/1.1 is all that is negotiated.

use std::sync::Arc;

use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// The contents of the configured files, as PEM.
#[derive(Clone, Default)]
pub struct TlsFiles {
    /// Certificate chain (`tls.cert_file`).
    pub cert_pem: String,
    /// Private key (`tls.key_file`).
    pub key_pem: String,
    /// CA that clients' certificates are verified with (`tls.verify_https_client`); `None` asks for none.
    pub client_ca_pem: Option<String>,
}

impl std::fmt::Debug for TlsFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsFiles")
            .field("verifies_clients", &self.client_ca_pem.is_some())
            .finish_non_exhaustive()
    }
}

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file holds nothing usable.
    #[error("cannot read {what}: {reason}")]
    Pem {
        /// Which file.
        what: &'static str,
        /// The parser's complaint.
        reason: String,
    },
    /// The files do not fit together.
    #[error("certificate and key cannot be used for HTTPS")]
    Config(#[from] rustls::Error),
    /// The CA cannot verify clients.
    #[error("the CA cannot be used to verify clients: {0}")]
    Verifier(String),
}

/// Makes the settings of an HTTPS listener.
pub fn tls_config(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let chain = certificates("the certificate", &files.cert_pem)?;
    let key = PrivateKeyDer::from_pem_slice(files.key_pem.as_bytes())
        .map_err(|error| TlsError::Pem { what: "the private key", reason: error.to_string() })?;
    let builder =
        ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    let builder = match &files.client_ca_pem {
        None => builder.with_no_client_auth(),
        Some(pem) => {
            let mut roots = RootCertStore::empty();
            for ca in certificates("the CA certificate", pem)? {
                roots.add(ca)?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| TlsError::Verifier(error.to_string()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder.with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn certificates(what: &'static str, pem: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let found = found.map_err(|error| TlsError::Pem { what, reason: error.to_string() })?;
    if found.is_empty() {
        Err(TlsError::Pem { what, reason: "no certificate in it".to_owned() })
    } else {
        Ok(found)
    }
}
