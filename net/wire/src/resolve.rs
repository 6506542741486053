//! From a name to an address.
//!
//! Limits: the first address of a name; [`LIMIT`] for the lookup, which runs beside the runtime's threads.

use std::net::SocketAddr;
use std::time::Duration;

/// The port that servers listen on (UDP) unless told otherwise.
const DEFAULT_PORT: u16 = 4647;
/// How long a lookup may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Why a name stands for no address.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The system does not know it.
    #[error("cannot resolve {name}")]
    Lookup {
        /// The name.
        name: String,
        /// The system's complaint.
        source: std::io::Error,
    },
    /// The lookup took too long.
    #[error("cannot resolve {name} within {} s", LIMIT.as_secs())]
    Slow {
        /// The name.
        name: String,
    },
    /// It is known and has no address.
    #[error("{name} has no address")]
    NoAddress {
        /// The name.
        name: String,
    },
}

/// Returns the first address of `host:port`; without a port, the one that servers listen on.
pub async fn resolve(name: &str) -> Result<SocketAddr, ResolveError> {
    let has_port = name.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let full = if has_port { name.to_owned() } else { format!("{name}:{DEFAULT_PORT}") };
    let named = || name.to_owned();
    match tokio::time::timeout(LIMIT, tokio::net::lookup_host(full)).await {
        Ok(Ok(mut addresses)) => addresses.next().ok_or_else(|| ResolveError::NoAddress { name: named() }),
        Ok(Err(source)) => Err(ResolveError::Lookup { name: named(), source }),
        Err(_) => Err(ResolveError::Slow { name: named() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_without_a_port_is_that_of_a_server() {
        assert_eq!(resolve("127.0.0.1").await.unwrap().to_string(), "127.0.0.1:4647");
        assert_eq!(resolve("127.0.0.1:99").await.unwrap().to_string(), "127.0.0.1:99");
        assert_eq!(resolve("[::1]:99").await.unwrap().to_string(), "[::1]:99");
    }

    #[tokio::test]
    async fn a_name_that_cannot_be_one_is_named_in_the_error() {
        let error = resolve("no such host:1").await.unwrap_err();
        assert_eq!(error.to_string(), "cannot resolve no such host:1");
    }
}
