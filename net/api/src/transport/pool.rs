//! Connections that are kept between requests.
//!
//! Purpose: send a request on an idle HTTP/1.1 connection or on a new one.
//! Limits: at most 8 idle connections; one that breaks before it has sent anything is replaced once.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::dial::{self, Tls};
use super::quic::Quic;
use super::{Address, TlsFiles, TlsSetupError};
use crate::ConnectFailure;

/// Idle connections that are kept.
const MAX_IDLE: usize = 8;

type Sender = http1::SendRequest<Full<Bytes>>;

/// Why a request did not reach its answer.
pub(crate) enum SendError {
    Connect(ConnectFailure),
    Broken(String),
}

/// The way to one address.
pub(crate) struct Transport {
    address: Address,
    tls: Option<Tls>,
    quic: Option<Quic>,
    idle: Mutex<Vec<Sender>>,
}

impl Transport {
    pub(crate) fn new(address: Address, files: &TlsFiles) -> Result<Transport, TlsSetupError> {
        let tls = match &address {
            Address::Tcp { tls: true, .. } => {
                Some(Tls { config: files.https()?, server_name: files.server_name.clone() })
            }
            _ => None,
        };
        let quic = match &address {
            Address::Quic { .. } => Some(Quic::new(files)?),
            _ => None,
        };
        Ok(Transport { address, tls, quic, idle: Mutex::new(Vec::new()) })
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Sends a request and returns the head of the answer.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, SendError> {
        if let (Some(quic), Address::Quic { host, port }) = (&self.quic, &self.address) {
            let connection = quic.connection(host, *port).await.map_err(SendError::Connect)?;
            return wire::http::request(&connection, request).await.map_err(|error| broken(&error));
        }
        let mut sender = match self.idle_sender() {
            Some(sender) => sender,
            None => self.connect().await?,
        };
        if sender.ready().await.is_err() {
            sender = self.connect().await?;
        }
        let response = sender.send_request(request).await.map_err(|error| broken(&error))?;
        self.keep(sender);
        Ok(response)
    }

    async fn connect(&self) -> Result<Sender, SendError> {
        let stream = dial::open(&self.address, self.tls.as_ref()).await.map_err(SendError::Connect)?;
        let (sender, driver) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
        // The driver ends when the connection is closed or its sender dropped.
        tokio::spawn(driver);
        Ok(sender)
    }

    fn idle_sender(&self) -> Option<Sender> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|sender| !sender.is_closed());
        let ready = idle.iter().position(Sender::is_ready)?;
        Some(idle.swap_remove(ready))
    }

    /// Keeps a sender; it becomes ready once the answer's body was read.
    fn keep(&self, sender: Sender) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|sender| !sender.is_closed());
        if idle.len() < MAX_IDLE {
            idle.push(sender);
        }
    }
}

fn broken(error: &(dyn std::error::Error + 'static)) -> SendError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    SendError::Broken(text)
}
