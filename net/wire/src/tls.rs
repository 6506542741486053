//! TLS settings of the endpoint.
//!
//! Purpose: a certificate chain, its key and the trusted CAs as one value, and the rustls configurations made
//! from it: mutual TLS 1.3 with aws-lc-rs, no early data, no session resumption (a resumed session would outlive
//! a certificate).
//! Limits: chain and names are verified by webpki; what a verified role may do is decided in `admission`.

use std::sync::Arc;
use std::time::SystemTime;

use aws_lc_rs::hmac;
use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, version::TLS13};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::ca::{CaError, ClusterCa, LeafRequest};
use crate::{Alpn, IdentityError, PeerIdentity};

/// Who this agent is, how it proves it and whom it trusts.
pub struct Credentials {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    roots: Arc<RootCertStore>,
    identity: PeerIdentity,
}

/// Why credentials cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// A PEM text holds nothing usable.
    #[error("cannot read {what}: {reason}")]
    Pem {
        /// Which of the three texts.
        what: &'static str,
        /// The parser's complaint.
        reason: String,
    },
    /// The own certificate names no role.
    #[error("the agent's own certificate is not usable")]
    Identity(#[from] IdentityError),
    /// Certificate, key and CA do not fit together.
    #[error("certificate, key and CA do not fit together")]
    Tls(#[from] rustls::Error),
    /// The trusted CAs cannot verify clients.
    #[error("the trusted CA cannot be used to verify peers: {reason}")]
    Verifier {
        /// The library's complaint.
        reason: String,
    },
    /// A certificate could not be made.
    #[error("cannot make a certificate")]
    Ca(#[from] CaError),
}

impl Credentials {
    /// Reads credentials from PEM texts: trusted CAs, own chain (own certificate first) and key.
    pub fn from_pem(ca_pem: &str, cert_pem: &str, key_pem: &str) -> Result<Credentials, CredentialsError> {
        let mut roots = RootCertStore::empty();
        for ca in certificates("the CA certificate", ca_pem)? {
            roots.add(ca)?;
        }
        let chain = certificates("the certificate", cert_pem)?;
        let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes())
            .map_err(|error| CredentialsError::Pem { what: "the private key", reason: error.to_string() })?;
        let identity = PeerIdentity::from_chain(&chain)?;
        Ok(Credentials { chain, key, roots: Arc::new(roots), identity })
    }

    /// Signs new credentials with an in-memory CA: how a development cluster equips its agents.
    pub fn issue(
        ca: &ClusterCa,
        request: &LeafRequest,
        now: SystemTime,
    ) -> Result<Credentials, CredentialsError> {
        let pair = ca.issue(request, now)?;
        Credentials::from_pem(ca.cert_pem(), &pair.cert_pem, &pair.key_pem)
    }

    /// Returns the identity that peers will see.
    #[must_use]
    pub fn identity(&self) -> &PeerIdentity {
        &self.identity
    }

    /// Returns a secret that follows from the private key, a different one for every `label`.
    pub(crate) fn derive(&self, label: &str) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.key.secret_der());
        let tag = hmac::sign(&key, label.as_bytes());
        tag.as_ref().try_into().expect("HMAC-SHA256 has 32 bytes")
    }

    /// Returns the accepting side's configuration, for all protocols.
    pub(crate) fn server_crypto(&self) -> Result<Arc<QuicServerConfig>, CredentialsError> {
        let verifier = WebPkiClientVerifier::builder_with_provider(self.roots.clone(), provider())
            .build()
            .map_err(|error| CredentialsError::Verifier { reason: error.to_string() })?;
        let mut config = rustls::ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13])?
            .with_client_cert_verifier(verifier)
            .with_single_cert(self.chain.clone(), self.key.clone_key())?;
        config.alpn_protocols = Alpn::ALL.iter().map(|alpn| alpn.name().as_bytes().to_vec()).collect();
        config.max_early_data_size = 0;
        config.send_tls13_tickets = 0;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(Arc::new(
            QuicServerConfig::try_from(config).expect("TLS 1.3 has the suite of QUIC's first packets"),
        ))
    }

    /// Returns the dialling side's configuration for one protocol.
    pub(crate) fn client_crypto(&self, alpn: Alpn) -> Result<Arc<QuicClientConfig>, CredentialsError> {
        let mut config = rustls::ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13])?
            .with_root_certificates(self.roots.clone())
            .with_client_auth_cert(self.chain.clone(), self.key.clone_key())?;
        config.alpn_protocols = vec![alpn.name().as_bytes().to_vec()];
        config.enable_early_data = false;
        config.resumption = Resumption::disabled();
        Ok(Arc::new(
            QuicClientConfig::try_from(config).expect("TLS 1.3 has the suite of QUIC's first packets"),
        ))
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("identity", &self.identity).finish_non_exhaustive()
    }
}

/// Returns the one crypto provider; passed explicitly, so that nothing depends on a process-wide default.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

fn certificates(what: &'static str, pem: &str) -> Result<Vec<CertificateDer<'static>>, CredentialsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let found = found.map_err(|error| CredentialsError::Pem { what, reason: error.to_string() })?;
    if found.is_empty() {
        return Err(CredentialsError::Pem { what, reason: "no certificate in it".to_owned() });
    }
    Ok(found)
}
