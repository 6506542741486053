//! The first bytes after a handshake.
//!
//! Purpose: the accepting side says "admitted" on a unidirectional stream. With TLS 1.3 a dialler finishes its
//! handshake before the other side has seen its certificate; without the hello it would learn on its first
//! request, as a broken stream, that it was refused.
//! Limits: one byte, the version of this exchange; 5 s.

use std::time::Duration;

use quinn::{Connection, ConnectionError};

/// Version of everything that this crate puts on a connection.
pub(crate) const VERSION: u8 = 1;
/// How long handshake and hello may take, each.
pub(super) const LIMIT: Duration = Duration::from_secs(5);

/// What a hello can fail with.
pub(super) enum HelloError {
    /// The connection ended first.
    Closed(ConnectionError),
    /// The peer speaks another version.
    Version(u8),
    /// Nothing came in time.
    Silent,
}

/// Tells the dialler that it was admitted.
pub(super) async fn send(connection: &Connection) -> Result<(), ConnectionError> {
    let mut stream = connection.open_uni().await?;
    if stream.write_all(&[VERSION]).await.is_err() || stream.finish().is_err() {
        return Err(connection.close_reason().unwrap_or(ConnectionError::Reset));
    }
    Ok(())
}

/// Waits to be admitted.
pub(super) async fn receive(connection: &Connection) -> Result<(), HelloError> {
    let hello = async {
        let mut stream = connection.accept_uni().await.map_err(HelloError::Closed)?;
        let mut version = [0];
        if stream.read_exact(&mut version).await.is_err() {
            return Err(HelloError::Closed(connection.close_reason().unwrap_or(ConnectionError::Reset)));
        }
        if version != [VERSION] { Err(HelloError::Version(version[0])) } else { Ok(()) }
    };
    tokio::time::timeout(LIMIT, hello).await.unwrap_or(Err(HelloError::Silent))
}
