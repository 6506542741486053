//! Dialling connections.
//!
//! Purpose: connect to an address as a given role of a given region, and know that the peer has admitted us.
//! Limits: 5 s for the handshake and 5 s for the hello; no retries (see `Pool`).

use std::net::SocketAddr;

use quinn::ConnectionError;

use super::Endpoint;
use super::hello::{self, HelloError};
use crate::connection::CLOSE_REFUSED;
use crate::{AdmissionError, Connection, IdentityError, PeerIdentity, Protocol, Region, Role, admit};

/// TLS alert codes (RFC 8446, section 6), as QUIC carries them: 0x100 + alert.
const NO_PROTOCOL: u64 = 0x178;
const CERTIFICATE_REQUIRED: u64 = 0x174;
const CERTIFICATE_ALERTS: std::ops::RangeInclusive<u64> = 0x12a..=0x130;

/// Whom a dialler expects to meet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expect {
    /// The peer's role.
    pub role: Role,
    /// The peer's region.
    pub region: Region,
}

impl Expect {
    /// Expects a server of a region.
    #[must_use]
    pub fn server(region: Region) -> Expect {
        Expect { role: Role::Server, region }
    }

    /// Returns the certificate name that TLS checks.
    #[must_use]
    pub fn dns_name(&self) -> String {
        self.role.dns_name(&self.region)
    }
}

/// Why a connection could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The address cannot be dialled at all.
    #[error("cannot dial {addr}: {reason}")]
    Address {
        /// Where to.
        addr: SocketAddr,
        /// The endpoint's complaint.
        reason: String,
    },
    /// Nobody answered in time.
    #[error("no answer from {addr} within 5 s")]
    NoAnswer {
        /// Where to.
        addr: SocketAddr,
    },
    /// The peer requires a certificate and got none.
    #[error("{addr} requires a client certificate, and none was presented")]
    CertificateRequired {
        /// Where to.
        addr: SocketAddr,
    },
    /// The peer does not trust our certificate.
    #[error("{addr} does not trust our certificate: {reason}")]
    NotTrusted {
        /// Where to.
        addr: SocketAddr,
        /// The alert it sent.
        reason: String,
    },
    /// The peer's certificate is not that of `expected`, or is not signed by a trusted CA.
    #[error("{addr} could not prove to be {expected}: {reason}")]
    WrongPeer {
        /// Where to.
        addr: SocketAddr,
        /// The certificate name that was expected.
        expected: String,
        /// What is wrong with its certificate.
        reason: String,
    },
    /// The peer does not speak the protocol.
    #[error("{addr} does not speak {alpn}")]
    WrongProtocol {
        /// Where to.
        addr: SocketAddr,
        /// The protocol that was asked for.
        alpn: &'static str,
    },
    /// The peer knows who we are and refused us, in its own words.
    #[error("{addr} refused the connection: {reason}")]
    Refused {
        /// Where to.
        addr: SocketAddr,
        /// What the peer said.
        reason: String,
    },
    /// The peer speaks another version of the exchange.
    #[error("{addr} speaks version {theirs} of the connection, this program speaks {ours}", ours = hello::VERSION)]
    Version {
        /// Where to.
        addr: SocketAddr,
        /// The peer's version.
        theirs: u8,
    },
    /// Our own table forbids to speak this protocol with that peer.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The connection broke for another reason.
    #[error("the connection to {addr} failed")]
    Broken {
        /// Where to.
        addr: SocketAddr,
        /// What happened.
        source: ConnectionError,
    },
}

impl Endpoint {
    /// Dials a peer and returns once it has admitted us.
    pub async fn dial<P: Protocol>(
        &self,
        addr: SocketAddr,
        expect: &Expect,
    ) -> Result<Connection<P>, DialError> {
        let secrets = self.secrets();
        let connecting = self
            .quic
            .connect_with(secrets.client_config(P::ALPN), addr, &expect.dns_name())
            .map_err(|error| DialError::Address { addr, reason: error.to_string() })?;
        let connection = tokio::time::timeout(hello::LIMIT, connecting)
            .await
            .map_err(|_| DialError::NoAnswer { addr })?
            .map_err(|error| explain(addr, P::ALPN.name(), expect, error))?;
        let peer = check_peer(&connection, &secrets.identity.region, addr, expect, P::ALPN)
            .inspect_err(|error| connection.close(CLOSE_REFUSED.into(), error.to_string().as_bytes()))?;
        match hello::receive(&connection).await {
            Ok(()) => Ok(Connection::new(connection, peer, self.config.max_streams)),
            Err(HelloError::Closed(error)) => Err(explain(addr, P::ALPN.name(), expect, error)),
            Err(HelloError::Version(theirs)) => Err(DialError::Version { addr, theirs }),
            Err(HelloError::Silent) => Err(DialError::NoAnswer { addr }),
        }
    }
}

/// Checks the server's identity. The handshake has already compared the name; role and region are read once
/// more, since they become part of the connection, and the protocol table holds in this direction too.
fn check_peer(
    connection: &quinn::Connection,
    own: &Region,
    addr: SocketAddr,
    expect: &Expect,
    alpn: crate::Alpn,
) -> Result<PeerIdentity, DialError> {
    let wrong = |reason: String| DialError::WrongPeer { addr, expected: expect.dns_name(), reason };
    let peer =
        PeerIdentity::of_connection(connection).map_err(|error: IdentityError| wrong(error.to_string()))?;
    if (peer.role, &peer.region) != (expect.role, &expect.region) {
        return Err(wrong(format!("it is {}", peer.dns_name())));
    }
    admit(own, alpn, &peer)?;
    Ok(peer)
}

/// Says what a failed handshake or hello means.
fn explain(addr: SocketAddr, alpn: &'static str, expect: &Expect, error: ConnectionError) -> DialError {
    match &error {
        ConnectionError::ConnectionClosed(close) => match u64::from(close.error_code) {
            NO_PROTOCOL => DialError::WrongProtocol { addr, alpn },
            CERTIFICATE_REQUIRED => DialError::CertificateRequired { addr },
            code if CERTIFICATE_ALERTS.contains(&code) => {
                DialError::NotTrusted { addr, reason: close.to_string() }
            }
            _ => DialError::Broken { addr, source: error },
        },
        ConnectionError::TransportError(own) => match u64::from(own.code) {
            NO_PROTOCOL => DialError::WrongProtocol { addr, alpn },
            code if CERTIFICATE_ALERTS.contains(&code) => {
                DialError::WrongPeer { addr, expected: expect.dns_name(), reason: own.reason.clone() }
            }
            _ => DialError::Broken { addr, source: error },
        },
        ConnectionError::ApplicationClosed(close) => {
            DialError::Refused { addr, reason: String::from_utf8_lossy(&close.reason).into_owned() }
        }
        ConnectionError::TimedOut => DialError::NoAnswer { addr },
        _ => DialError::Broken { addr, source: error },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::SystemTime;

    use quinn::crypto::rustls::QuicClientConfig;
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject;

    use super::*;
    use crate::ca::{CaRequest, ClusterCa, LeafRequest};
    use crate::endpoint::EndpointConfig;
    use crate::endpoint::bind::Secrets;
    use crate::{Credentials, Http};

    fn any_port() -> EndpointConfig {
        EndpointConfig::new("127.0.0.1:0".parse().unwrap())
    }

    /// Gives an endpoint client settings that present no certificate.
    fn disarm(endpoint: &Endpoint, ca_pem: &str) {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"nomad/http".to_vec()];
        let config = quinn::ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()));
        let identity = endpoint.identity();
        *endpoint.secrets.write().unwrap() =
            Arc::new(Secrets { identity, client: std::array::from_fn(|_| config.clone()) });
    }

    #[tokio::test]
    async fn a_dialler_without_a_certificate_is_told_that_it_needs_one() {
        let ca = ClusterCa::create(&CaRequest::default(), SystemTime::now()).unwrap();
        let region = Region::new("global").unwrap();
        let credentials = |role| {
            Credentials::issue(&ca, &LeafRequest::new(role, region.clone()), SystemTime::now()).unwrap()
        };
        let (server, mut listener) = Endpoint::bind(any_port(), &credentials(Role::Server)).unwrap();
        let accepting = tokio::spawn(async move { listener.next().await.is_none() });
        let addr = server.local_addr().unwrap();

        let client = Endpoint::dial_only(any_port(), &credentials(Role::Cli)).unwrap();
        disarm(&client, ca.cert_pem());
        let error = client.dial::<Http>(addr, &Expect::server(region)).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{addr} requires a client certificate, and none was presented")
        );

        server.close("test over");
        assert!(accepting.await.unwrap(), "nobody may have been let in");
    }
}
