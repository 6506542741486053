//! Opening an endpoint.
//!
//! Purpose: socket, TLS and transport settings put together; credentials can be replaced while it runs.
//! Limits: no retry when the port is taken: the caller names the owner.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use quinn::crypto::rustls::QuicServerConfig;

use super::accept::Listener;
use super::{reset, socket, transport};
use crate::{Alpn, Credentials, CredentialsError, PeerIdentity};

/// Settings of an endpoint.
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// Address to bind; port 0 takes a free one.
    pub addr: SocketAddr,
    /// Half-open handshakes above which a stranger must first prove its address (QUIC Retry).
    pub retry_above: usize,
    /// Half-open handshakes above which connections are refused.
    pub max_half_open: usize,
    /// Streams that one peer may hold open at a time; every long poll, log follow and exec holds one.
    pub max_streams: u32,
    /// Longest interval of keep-alive packets, sent by the dialling side; most protocols have a shorter one.
    pub keep_alive: Duration,
    /// Silence after which a connection is given up at the latest.
    pub idle_timeout: Duration,
}

impl EndpointConfig {
    /// Default settings for an address.
    #[must_use]
    pub fn new(addr: SocketAddr) -> EndpointConfig {
        EndpointConfig {
            addr,
            retry_above: 256,
            max_half_open: 4096,
            max_streams: 1024,
            keep_alive: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
        }
    }
}

/// Why an endpoint could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The UDP port cannot be bound.
    #[error("cannot bind UDP address {addr}")]
    Socket {
        /// The address that was asked for.
        addr: SocketAddr,
        /// The system's complaint.
        source: std::io::Error,
    },
    /// The credentials cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
}

/// What changes when credentials are replaced.
pub(super) struct Secrets {
    pub(super) identity: PeerIdentity,
    pub(super) client: [quinn::ClientConfig; Alpn::ALL.len()],
}

/// An agent's UDP port. Clones share it.
#[derive(Clone)]
pub struct Endpoint {
    pub(super) quic: quinn::Endpoint,
    pub(super) config: Arc<EndpointConfig>,
    pub(super) secrets: Arc<RwLock<Arc<Secrets>>>,
    accepts: bool,
}

impl Endpoint {
    /// Opens an endpoint that accepts and dials. Needs a tokio runtime.
    pub fn bind(
        config: EndpointConfig,
        credentials: &Credentials,
    ) -> Result<(Endpoint, Listener), BindError> {
        let server = transport::server_config(&config, credentials.server_crypto()?);
        let endpoint = Endpoint::open(config, credentials, Some(server))?;
        let listener = Listener::new(endpoint.clone());
        Ok((endpoint, listener))
    }

    /// Opens an endpoint that only dials, as the command line does.
    pub fn dial_only(config: EndpointConfig, credentials: &Credentials) -> Result<Endpoint, BindError> {
        Endpoint::open(config, credentials, None)
    }

    fn open(
        config: EndpointConfig,
        credentials: &Credentials,
        server: Option<quinn::ServerConfig>,
    ) -> Result<Endpoint, BindError> {
        let addr = config.addr;
        let failed = |source| BindError::Socket { addr, source };
        let accepts = server.is_some();
        let socket = socket::bind(addr).map_err(failed)?;
        let bound = socket.local_addr().map_err(failed)?;
        let secrets = Secrets::new(&config, credentials)?;
        let quic = quinn::Endpoint::new(
            reset::endpoint_config(credentials, bound),
            server,
            socket,
            Arc::new(quinn::TokioRuntime),
        )
        .map_err(failed)?;
        Ok(Endpoint {
            quic,
            config: Arc::new(config),
            secrets: Arc::new(RwLock::new(Arc::new(secrets))),
            accepts,
        })
    }

    /// Replaces certificate, key and trusted CAs for connections made from now on; existing ones keep theirs.
    pub fn replace_credentials(&self, credentials: &Credentials) -> Result<(), CredentialsError> {
        let secrets = Arc::new(Secrets::new(&self.config, credentials)?);
        if self.accepts {
            let crypto: Arc<QuicServerConfig> = credentials.server_crypto()?;
            self.quic.set_server_config(Some(transport::server_config(&self.config, crypto)));
        }
        *self.secrets.write().unwrap_or_else(PoisonError::into_inner) = secrets;
        Ok(())
    }

    /// Returns the bound address.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.quic.local_addr()
    }

    /// Returns the identity that peers see.
    #[must_use]
    pub fn identity(&self) -> PeerIdentity {
        self.secrets().identity.clone()
    }

    /// Closes all connections with a reason, and accepts no more.
    pub fn close(&self, reason: &str) {
        self.quic.close(crate::connection::CLOSE_DONE.into(), reason.as_bytes());
    }

    /// Waits until the peers have heard of closed connections, or `limit` has passed.
    pub async fn wait_idle(&self, limit: Duration) {
        // The only loss at the limit is that a peer learns of the close by its idle timeout.
        let _ = tokio::time::timeout(limit, self.quic.wait_idle()).await;
    }

    pub(super) fn secrets(&self) -> Arc<Secrets> {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").field("addr", &self.quic.local_addr().ok()).finish_non_exhaustive()
    }
}

impl Secrets {
    fn new(config: &EndpointConfig, credentials: &Credentials) -> Result<Secrets, CredentialsError> {
        let client = |alpn| -> Result<quinn::ClientConfig, CredentialsError> {
            Ok(transport::client_config(config, alpn, credentials.client_crypto(alpn)?))
        };
        let [raft, peer, agent, gossip, http] = Alpn::ALL;
        Ok(Secrets {
            identity: credentials.identity().clone(),
            client: [client(raft)?, client(peer)?, client(agent)?, client(gossip)?, client(http)?],
        })
    }

    pub(super) fn client_config(&self, alpn: Alpn) -> quinn::ClientConfig {
        self.client[alpn as usize].clone()
    }
}
