//! Serving what others open: connections over QUIC, and HTTP over TCP and a unix socket.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use http_api::Api;
use http_api::listen::{self, TcpConfig};
use server::Server;
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinSet;
use wire::Accepted;
use wire::endpoint::Listener;

use crate::backend::AgentBackend;

/// Connections for HTTP over QUIC at a time; a further one is closed.
const MAX_HTTP: usize = 4_096;

/// Takes connections until the endpoint is closed.
pub(crate) async fn accept(mut listener: Listener, server: Option<Server>, api: Api<AgentBackend>) {
    let mut http = JoinSet::new();
    while let Some(accepted) = listener.next().await {
        while http.try_join_next().is_some() {}
        let rest = match &server {
            Some(server) => server.accept(accepted).await,
            None => Some(accepted),
        };
        match rest {
            Some(Accepted::Http(_)) if http.len() >= MAX_HTTP => {
                tracing::warn!("too many HTTP connections over QUIC: this one is closed");
            }
            Some(Accepted::Http(connection)) => {
                http.spawn(listen::serve_quic(connection, api.clone()));
            }
            Some(other) => tracing::debug!(?other, "nobody here speaks this protocol"),
            None => {}
        }
    }
}

/// Serves the API over TCP for ever.
pub(crate) async fn tcp(listener: TcpListener, config: TcpConfig, api: Api<AgentBackend>) {
    listen::serve_tcp(listener, config, api).await;
}

/// Serves the API over a unix socket that only the agent's user can open. A path that cannot be used is logged: the
/// other doors are enough to work with.
pub(crate) async fn unix(path: PathBuf, api: Api<AgentBackend>) {
    // A socket of an agent that was killed; the lock on the data directory says that none lives.
    let _ = std::fs::remove_file(&path);
    let opened = UnixListener::bind(&path).and_then(|listener| {
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).map(|()| listener)
    });
    match opened {
        Ok(listener) => listen::serve_unix(listener, api).await,
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "the unix socket of the API cannot be opened")
        }
    }
}
