//! TLS settings of the client.
//!
//! Purpose: turn files into a rustls configuration for `https://` and into credentials for `quic://`.
//! Limits: PEM files only. Without a CA of one's own, the system's bundle is trusted for `https://`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::verify::AcceptAny;

/// Where distributions keep the bundle of trusted CAs; the first that exists is read.
const SYSTEM_BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
/// Most files read from a directory of CAs.
const MAX_CA_FILES: usize = 1024;

/// Files and switches for TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// CA certificate that agents are verified with.
    pub ca_cert: Option<PathBuf>,
    /// Directory of CA certificates; used when there is no `ca_cert`.
    pub ca_path: Option<PathBuf>,
    /// Own certificate.
    pub client_cert: Option<PathBuf>,
    /// Key of the own certificate.
    pub client_key: Option<PathBuf>,
    /// Name to expect in the agent's certificate instead of the host's.
    pub server_name: Option<String>,
    /// Accepts any certificate of an agent. Not possible over QUIC.
    pub skip_verify: bool,
}

/// Why TLS settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsSetupError {
    /// A file cannot be read.
    #[error("cannot read {what} {path}: {source}")]
    Read {
        /// Which file.
        what: &'static str,
        /// Its path.
        path: PathBuf,
        /// The system's complaint.
        source: std::io::Error,
    },
    /// A file holds no certificate or key.
    #[error("cannot use {what} {path}: {reason}")]
    Pem {
        /// Which file.
        what: &'static str,
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A certificate without its key, or the other way round.
    #[error("a client certificate needs its key: give both -client-cert and -client-key")]
    HalfPair,
    /// QUIC needs a certificate on both sides.
    #[error("quic:// needs a CA certificate, a client certificate and its key; {missing} is missing")]
    QuicNeeds {
        /// What is missing.
        missing: &'static str,
    },
    /// QUIC cannot skip verification.
    #[error("quic:// always verifies the agent; -tls-skip-verify does not apply to it")]
    QuicVerifies,
    /// Certificate and key do not fit.
    #[error("cannot use the TLS files: {0}")]
    Unusable(String),
}

impl TlsFiles {
    /// Builds the configuration for `https://`.
    pub(super) fn https(&self) -> Result<Arc<ClientConfig>, TlsSetupError> {
        let provider: Arc<CryptoProvider> = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsSetupError::Unusable(error.to_string()))?;
        let builder = if self.skip_verify {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(AcceptAny::new(provider)))
        } else {
            builder.with_root_certificates(self.roots()?)
        };
        let mut config = match (&self.client_cert, &self.client_key) {
            (None, None) => builder.with_no_client_auth(),
            (Some(cert), Some(key)) => {
                let chain = certificates("client certificate", cert)?;
                let key_der = PrivateKeyDer::from_pem_slice(&read("client key", key)?).map_err(|error| {
                    TlsSetupError::Pem { what: "client key", path: key.clone(), reason: error.to_string() }
                })?;
                builder
                    .with_client_auth_cert(chain, key_der)
                    .map_err(|error| TlsSetupError::Unusable(error.to_string()))?
            }
            _ => return Err(TlsSetupError::HalfPair),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// Reads the three PEM texts that QUIC needs.
    pub(super) fn quic(&self) -> Result<wire::Credentials, TlsSetupError> {
        if self.skip_verify {
            return Err(TlsSetupError::QuicVerifies);
        }
        let needed = |file: &Option<PathBuf>, missing: &'static str| {
            file.clone().ok_or(TlsSetupError::QuicNeeds { missing })
        };
        let ca = text("CA certificate", &needed(&self.ca_cert, "the CA certificate (-ca-cert)")?)?;
        let cert = text("client certificate", &needed(&self.client_cert, "the certificate (-client-cert)")?)?;
        let key = text("client key", &needed(&self.client_key, "the key (-client-key)")?)?;
        wire::Credentials::from_pem(&ca, &cert, &key).map_err(|error| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            TlsSetupError::Unusable(format!("{error}{}", cause.unwrap_or_default()))
        })
    }

    fn roots(&self) -> Result<RootCertStore, TlsSetupError> {
        let mut roots = RootCertStore::empty();
        if let Some(path) = &self.ca_cert {
            for der in certificates("CA certificate", path)? {
                roots.add(der).map_err(|error| TlsSetupError::Unusable(error.to_string()))?;
            }
        } else if let Some(directory) = &self.ca_path {
            for file in files_of(directory)? {
                // Other files than certificates may lie there.
                if let Ok(found) = certificates("CA certificate", &file) {
                    roots.add_parsable_certificates(found);
                }
            }
        } else if let Some(bundle) = SYSTEM_BUNDLES.iter().map(Path::new).find(|path| path.exists()) {
            roots.add_parsable_certificates(certificates("CA bundle", bundle)?);
        }
        Ok(roots)
    }
}

fn files_of(directory: &Path) -> Result<Vec<PathBuf>, TlsSetupError> {
    let failed = |source| TlsSetupError::Read { what: "CA directory", path: directory.to_owned(), source };
    let entries = std::fs::read_dir(directory).map_err(failed)?;
    let mut files: Vec<PathBuf> = entries.take(MAX_CA_FILES).flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

fn certificates(what: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsSetupError> {
    let unusable = |reason: String| TlsSetupError::Pem { what, path: path.to_owned(), reason };
    let pem = read(what, path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let found = found.map_err(|error| unusable(error.to_string()))?;
    if found.is_empty() { Err(unusable("no certificate in it".to_owned())) } else { Ok(found) }
}

fn read(what: &'static str, path: &Path) -> Result<Vec<u8>, TlsSetupError> {
    std::fs::read(path).map_err(|source| TlsSetupError::Read { what, path: path.to_owned(), source })
}

fn text(what: &'static str, path: &Path) -> Result<String, TlsSetupError> {
    String::from_utf8(read(what, path)?).map_err(|_| TlsSetupError::Pem {
        what,
        path: path.to_owned(),
        reason: "it is no text".to_owned(),
    })
}
