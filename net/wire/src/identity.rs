//! Who is at the other end of a connection.
//!
//! Purpose: read role and region from a peer's certificate after TLS has verified its chain.
//! Limits: trusts nothing but the certificate; a name in a message never changes an identity.

use rustls_pki_types::CertificateDer;
use sha2::{Digest, Sha256};
use x509_parser::extensions::GeneralName;

use crate::{Region, Role};

/// A peer as its certificate proves it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PeerIdentity {
    /// What kind of process it is.
    pub role: Role,
    /// The region whose name its certificate carries.
    pub region: Region,
    /// SHA-256 of the certificate's public key: stays equal when a certificate is renewed with the same key.
    pub key_fingerprint: [u8; 32],
}

/// Why a certificate names no peer.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The peer sent no certificate at all.
    #[error("the peer presented no certificate")]
    Missing,
    /// The certificate is not X.509.
    #[error("the peer's certificate cannot be read")]
    Unreadable {
        /// The parser's complaint.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No `server.`, `client.` or `cli.` name.
    #[error(
        "the certificate has no role name (server.REGION.nomad, client.REGION.nomad or cli.REGION.nomad); its names are: {names}"
    )]
    NoRole {
        /// The DNS names that it has, joined by commas.
        names: String,
    },
    /// More than one role name: which one was meant cannot be told.
    #[error("the certificate names several roles: {names}")]
    SeveralRoles {
        /// The role names, joined by commas.
        names: String,
    },
}

impl PeerIdentity {
    /// Reads the identity from a verified chain, whose first certificate is the peer's own.
    pub fn from_chain(chain: &[CertificateDer<'_>]) -> Result<PeerIdentity, IdentityError> {
        let leaf = chain.first().ok_or(IdentityError::Missing)?;
        let (_, cert) = x509_parser::parse_x509_certificate(leaf)
            .map_err(|source| IdentityError::Unreadable { source: Box::new(source) })?;
        let san = cert
            .subject_alternative_name()
            .map_err(|source| IdentityError::Unreadable { source: Box::new(source) })?;
        let names: Vec<&str> = san
            .iter()
            .flat_map(|san| &san.value.general_names)
            .filter_map(|name| if let GeneralName::DNSName(name) = name { Some(*name) } else { None })
            .collect();
        let roles: Vec<(Role, Region)> = names.iter().filter_map(|name| Role::from_dns_name(name)).collect();
        let key_fingerprint = Sha256::digest(cert.public_key().raw).into();
        match roles.as_slice() {
            [] => Err(IdentityError::NoRole { names: names.join(", ") }),
            [(role, region)] => Ok(PeerIdentity { role: *role, region: region.clone(), key_fingerprint }),
            several => {
                let names: Vec<String> = several.iter().map(|(role, region)| role.dns_name(region)).collect();
                Err(IdentityError::SeveralRoles { names: names.join(", ") })
            }
        }
    }

    /// Reads the identity of the peer of an established QUIC connection.
    pub fn of_connection(connection: &quinn::Connection) -> Result<PeerIdentity, IdentityError> {
        let identity = connection.peer_identity().ok_or(IdentityError::Missing)?;
        let chain =
            identity.downcast::<Vec<CertificateDer<'static>>>().map_err(|_| IdentityError::Missing)?;
        PeerIdentity::from_chain(&chain)
    }

    /// Returns the certificate name that stands for this identity.
    #[must_use]
    pub fn dns_name(&self) -> String {
        self.role.dns_name(&self.region)
    }
}
