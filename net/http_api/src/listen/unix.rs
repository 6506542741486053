//! The unix socket door.
//!
//! Purpose: serve the API to processes of the same user.
//! Limits: the socket has mode 0600 before anybody can find it; at most [`MAX_CONNECTIONS`] connections.

use std::convert::Infallible;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::Request;
use tokio::net::UnixListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::Service;
use wire::http::Door;

use super::connection;

/// Connections served at a time; further ones wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 1024;

/// Why a socket cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum UnixError {
    /// Another process answers on it.
    #[error("{0} is in use by another process")]
    InUse(PathBuf),
    /// The system refuses.
    #[error("cannot listen on {path}")]
    Bind {
        /// The socket's path.
        path: PathBuf,
        /// The system's complaint.
        source: std::io::Error,
    },
}

/// Makes a socket of mode 0600, in the place of one that a dead process left.
pub fn bind_unix(path: &Path) -> Result<UnixListener, UnixError> {
    let failed = |source| UnixError::Bind { path: path.to_owned(), source };
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(UnixError::InUse(path.to_owned()));
    }
    // Made under another name first: a socket is open to others between `bind` and `chmod`.
    let mut hidden = path.as_os_str().to_owned();
    hidden.push(format!(".{}", std::process::id()));
    let hidden = PathBuf::from(hidden);
    let listener = UnixListener::bind(&hidden).map_err(failed)?;
    let placed = std::fs::set_permissions(&hidden, Permissions::from_mode(0o600))
        .and_then(|()| std::fs::rename(&hidden, path));
    if let Err(error) = placed {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(&hidden);
        return Err(failed(error));
    }
    Ok(listener)
}

/// Serves a unix socket for ever.
pub async fn serve_unix<S>(listener: UnixListener, service: S)
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let slot = slots.clone().acquire_owned().await.expect("the semaphore is never closed");
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                let service = service.clone();
                connections.spawn(async move {
                    connection::serve(stream, service, Door::Unix).await;
                    drop(slot);
                });
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
