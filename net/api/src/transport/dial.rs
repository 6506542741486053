//! Opening byte streams.
//!
//! Purpose: TCP, TLS over TCP, and unix sockets as one type.
//! Limits: 5 s to connect and 5 s for TLS; every address of a name is tried once, in the order of the resolver.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;

use super::Address;
use crate::ConnectFailure;

/// How long connecting and the TLS handshake may take, each.
pub(super) const LIMIT: Duration = Duration::from_secs(5);

/// A stream in both directions.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What `https://` needs besides the address.
pub(super) struct Tls {
    pub(super) config: Arc<ClientConfig>,
    pub(super) server_name: Option<String>,
}

/// Opens a stream to an address that is not QUIC.
pub(super) async fn open(address: &Address, tls: Option<&Tls>) -> Result<Box<dyn Stream>, ConnectFailure> {
    match address {
        Address::Unix { path } => Ok(Box::new(within(UnixStream::connect(path)).await?)),
        Address::Tcp { host, port, .. } | Address::Quic { host, port } => {
            let stream = tcp(host, *port).await?;
            match tls {
                None => Ok(Box::new(stream)),
                Some(tls) => handshake(stream, tls.server_name.as_deref().unwrap_or(host), &tls.config).await,
            }
        }
    }
}

async fn tcp(host: &str, port: u16) -> Result<TcpStream, ConnectFailure> {
    let stream = within(TcpStream::connect((host, port))).await?;
    // Only costs latency when it fails.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

async fn handshake(
    stream: TcpStream,
    name: &str,
    config: &Arc<ClientConfig>,
) -> Result<Box<dyn Stream>, ConnectFailure> {
    let name = ServerName::try_from(name.to_owned())
        .map_err(|_| ConnectFailure::Tls(format!("{name:?} is no server name")))?;
    let connecting = TlsConnector::from(config.clone()).connect(name, stream);
    match tokio::time::timeout(LIMIT, connecting).await {
        Err(_) => Err(ConnectFailure::Timeout),
        Ok(Err(error)) => Err(ConnectFailure::Tls(explain(&error))),
        Ok(Ok(stream)) => Ok(Box::new(stream)),
    }
}

/// Words a failed handshake; a plain HTTP answer is the most common reason.
fn explain(error: &std::io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidMessage(_)) => {
            "the agent does not speak TLS here (try http:// instead of https://)".to_owned()
        }
        Some(rustls::Error::InvalidCertificate(reason)) => {
            format!("failed to verify the agent's certificate: {reason}")
        }
        Some(other) => other.to_string(),
        None => error.to_string(),
    }
}

async fn within<T>(connecting: impl Future<Output = std::io::Result<T>>) -> Result<T, ConnectFailure> {
    match tokio::time::timeout(LIMIT, connecting).await {
        Err(_) => Err(ConnectFailure::Timeout),
        Ok(Err(error)) if error.to_string().contains("lookup") => {
            Err(ConnectFailure::Lookup(error.to_string()))
        }
        Ok(result) => result.map_err(ConnectFailure::from),
    }
}
