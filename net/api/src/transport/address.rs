//! Addresses of agents.
//!
//! Purpose: `http://`, `https://`, `unix://` and `quic://`, as `-address` and `NOMAD_ADDR` give them.
//! Limits: no paths, users or queries in an address; a name is resolved when it is dialled.

use std::path::PathBuf;

/// Where an agent listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// TCP, with TLS or without.
    Tcp {
        /// Whether it is `https`.
        tls: bool,
        /// Host name or IP address, without brackets.
        host: String,
        /// Port.
        port: u16,
    },
    /// A unix socket.
    Unix {
        /// Path of the socket.
        path: PathBuf,
    },
    /// The QUIC endpoint of an agent.
    Quic {
        /// Host name or IP address, without brackets.
        host: String,
        /// Port.
        port: u16,
    },
}

/// Why a text is no address.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AddressError {
    /// No scheme that is known.
    #[error("invalid address {text:?}: it must start with http://, https://, unix:// or quic://")]
    Scheme {
        /// The text.
        text: String,
    },
    /// No host, or something behind the port.
    #[error("invalid address {text:?}: expected SCHEME://HOST:PORT")]
    Form {
        /// The text.
        text: String,
    },
    /// The port is no number from 1 to 65535.
    #[error("invalid address {text:?}: bad port {port:?}")]
    Port {
        /// The text.
        text: String,
        /// The part that should be a port.
        port: String,
    },
}

impl Address {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Address, AddressError> {
        let form = || AddressError::Form { text: text.to_owned() };
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(AddressError::Scheme { text: text.to_owned() });
        };
        let scheme = scheme.to_ascii_lowercase();
        if scheme == "unix" {
            return if rest.is_empty() { Err(form()) } else { Ok(Address::Unix { path: rest.into() }) };
        }
        let default_port = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            "quic" => 4647,
            _ => return Err(AddressError::Scheme { text: text.to_owned() }),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.is_empty() || authority.contains(['/', '?', '#', '@', ' ']) {
            return Err(form());
        }
        let (host, port) = split_port(authority).ok_or_else(form)?;
        let port = match port {
            None => default_port,
            Some(port) => match port.parse() {
                Ok(0) | Err(_) => {
                    return Err(AddressError::Port { text: text.to_owned(), port: port.to_owned() });
                }
                Ok(number) => number,
            },
        };
        let host = host.to_owned();
        Ok(match scheme.as_str() {
            "quic" => Address::Quic { host, port },
            other => Address::Tcp { tls: other == "https", host, port },
        })
    }

    /// Returns the kind of network in error texts.
    pub(crate) fn network(&self) -> &'static str {
        match self {
            Address::Tcp { .. } => "tcp",
            Address::Unix { .. } => "unix",
            Address::Quic { .. } => "quic",
        }
    }

    /// Returns the address without its scheme, as error texts show it.
    pub(crate) fn target(&self) -> String {
        match self {
            Address::Unix { path } => path.display().to_string(),
            Address::Tcp { host, port, .. } | Address::Quic { host, port } => host_port(host, *port),
        }
    }

    /// Returns the `Host` header.
    pub(crate) fn host_header(&self) -> String {
        match self {
            Address::Unix { .. } => "127.0.0.1".to_owned(),
            Address::Tcp { host, port, .. } | Address::Quic { host, port } => host_port(host, *port),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = match self {
            Address::Tcp { tls: false, .. } => "http",
            Address::Tcp { tls: true, .. } => "https",
            Address::Unix { .. } => "unix",
            Address::Quic { .. } => "quic",
        };
        write!(f, "{scheme}://{}", self.target())
    }
}

fn host_port(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Splits `host:port`, `[v6]:port`, `host` and `[v6]`.
fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        return match after {
            "" => Some((host, None)),
            _ => Some((host, Some(after.strip_prefix(':')?))),
        };
    }
    match authority.split_once(':') {
        None => Some((authority, None)),
        Some(("", _)) => None,
        Some((_, port)) if port.contains(':') => None,
        Some((host, port)) => Some((host, Some(port))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_is_read_and_written_back() {
        for text in [
            "http://127.0.0.1:4646",
            "https://nomad.example.org:4646",
            "unix:///run/nomadctl.sock",
            "quic://[::1]:4647",
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Address::parse("quic://host").unwrap().to_string(), "quic://host:4647");
        assert_eq!(Address::parse("http://host/").unwrap().to_string(), "http://host:80");
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong() {
        for (text, wanted) in [
            ("127.0.0.1:4646", "must start with http://"),
            ("ftp://host:1", "must start with http://"),
            ("http://", "expected SCHEME://HOST:PORT"),
            ("http://host:99999", "bad port \"99999\""),
            ("http://host:0", "bad port \"0\""),
            ("http://a:b:1", "expected SCHEME://HOST:PORT"),
            ("http://host:1/v1", "expected SCHEME://HOST:PORT"),
            ("unix://", "expected SCHEME://HOST:PORT"),
        ] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }
}
