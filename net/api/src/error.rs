//! What can go wrong between a question and its answer.
//!
//! Purpose: one error for every request, worded so that a person knows where it failed.
//! Limits: says nothing about what to do; that is the command line's business.

use crate::transport::TlsSetupError;

/// Why a request has no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No connection to the agent.
    #[error("{verb} \"{url}\": dial {network} {address}: {failure}")]
    Connect {
        /// The method with a capital, such as `Get`.
        verb: String,
        /// The whole URL.
        url: String,
        /// `tcp`, `unix` or `quic`.
        network: &'static str,
        /// Where to.
        address: String,
        /// Why not.
        failure: ConnectFailure,
    },
    /// The connection broke while asking or reading the answer.
    #[error("{verb} \"{url}\": {reason}")]
    Broken {
        /// The method with a capital.
        verb: String,
        /// The whole URL.
        url: String,
        /// What happened.
        reason: String,
    },
    /// The agent answered with an error.
    #[error("Unexpected response code: {status} ({text})")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The body, without surrounding white space.
        text: String,
    },
    /// The answer is no JSON, or not of the expected shape.
    #[error("cannot read the answer to \"{url}\": {reason}")]
    Decode {
        /// The whole URL.
        url: String,
        /// The decoder's complaint.
        reason: String,
    },
    /// The answer is larger than any that is collected.
    #[error("the answer to \"{url}\" is larger than {limit} bytes")]
    TooLarge {
        /// The whole URL.
        url: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The TLS settings cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsSetupError),
}

impl ApiError {
    /// Returns the HTTP status of an error that the agent answered with.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            ApiError::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Returns the text of an error that the agent answered with.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        match self {
            ApiError::Status { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Tells whether nobody listens at the address.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self, ApiError::Connect { failure: ConnectFailure::Refused | ConnectFailure::NoSocket, .. })
    }
}

/// Why no connection came about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectFailure {
    /// Nobody listens there.
    #[error("connect: connection refused")]
    Refused,
    /// There is no such unix socket.
    #[error("connect: no such file or directory")]
    NoSocket,
    /// Nobody answered in time.
    #[error("i/o timeout")]
    Timeout,
    /// The name has no address.
    #[error("lookup failed: {0}")]
    Lookup(String),
    /// The TLS handshake failed.
    #[error("tls: {0}")]
    Tls(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl From<std::io::Error> for ConnectFailure {
    fn from(error: std::io::Error) -> ConnectFailure {
        match error.kind() {
            std::io::ErrorKind::ConnectionRefused => ConnectFailure::Refused,
            std::io::ErrorKind::NotFound => ConnectFailure::NoSocket,
            std::io::ErrorKind::TimedOut => ConnectFailure::Timeout,
            _ => ConnectFailure::Other(error.to_string()),
        }
    }
}
