//! The QUIC way to an agent.
//!
//! Purpose: one endpoint and one connection that all requests share, each on its own stream.
//! Limits: needs a CA, a certificate and its key; a broken connection is made anew once, by the next request.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::sync::Mutex;
use wire::{Connection, Endpoint, EndpointConfig, Expect, Http, Role};

use super::TlsFiles;
use crate::ConnectFailure;
use crate::transport::TlsSetupError;

/// The shared connection.
pub(super) struct Quic {
    credentials: wire::Credentials,
    server_name: Option<String>,
    open: Mutex<Option<(Endpoint, Connection<Http>)>>,
}

impl Quic {
    pub(super) fn new(files: &TlsFiles) -> Result<Quic, TlsSetupError> {
        Ok(Quic {
            credentials: files.quic()?,
            server_name: files.server_name.clone(),
            open: Mutex::new(None),
        })
    }

    /// Returns the connection, dialling when there is none that lives.
    pub(super) async fn connection(&self, host: &str, port: u16) -> Result<Connection<Http>, ConnectFailure> {
        let mut open = self.open.lock().await;
        if let Some((_, connection)) = open.as_ref()
            && !connection.is_closed()
        {
            return Ok(connection.clone());
        }
        let addr = resolve(host, port).await?;
        let other = |error: &dyn std::fmt::Display| ConnectFailure::Other(error.to_string());
        let endpoint = Endpoint::dial_only(EndpointConfig::new(any_port(addr)), &self.credentials)
            .map_err(|error| other(&error))?;
        let connection = endpoint.dial::<Http>(addr, &self.expect()).await.map_err(|error| other(&error))?;
        *open = Some((endpoint, connection.clone()));
        Ok(connection)
    }

    /// Expects a server of the region that `-tls-server-name` names, or of the region of our own certificate.
    fn expect(&self) -> Expect {
        let named = self.server_name.as_deref().and_then(Role::from_dns_name);
        let region = named.map_or_else(|| self.credentials.identity().region.clone(), |(_, region)| region);
        Expect::server(region)
    }
}

async fn resolve(host: &str, port: u16) -> Result<SocketAddr, ConnectFailure> {
    let mut found = tokio::net::lookup_host((host, port))
        .await
        .map_err(|error| ConnectFailure::Lookup(error.to_string()))?;
    found.next().ok_or_else(|| ConnectFailure::Lookup(format!("{host} has no address")))
}

fn any_port(peer: SocketAddr) -> SocketAddr {
    let ip: IpAddr = match peer {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    SocketAddr::new(ip, 0)
}
