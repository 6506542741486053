//! QUIC transport settings.
//!
//! Purpose: windows and timers of a connection. Windows are caps, not allocations: an idle connection costs its
//! TLS and QUIC state only (about 35 KB on each side).
//! Limits: memory that one peer can make this side hold is `RECEIVE_WINDOW` + `DATAGRAM_BUFFER` bytes, and
//! `SEND_WINDOW` bytes of answers that it does not acknowledge.

use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn::{IdleTimeout, TransportConfig, VarInt};

use super::EndpointConfig;
use crate::{Alpn, streams};

/// Unread bytes that a peer may send on one stream.
const STREAM_WINDOW: u32 = 1 << 20;
/// Unread bytes that a peer may send on one connection.
const RECEIVE_WINDOW: u32 = 8 << 20;
/// Unacknowledged bytes that this side keeps for one connection.
const SEND_WINDOW: u64 = 8 << 20;
/// Bytes of received datagrams kept for one connection; gossip messages have 1,100 bytes at most.
const DATAGRAM_BUFFER: usize = 256 << 10;
/// Unidirectional streams that a peer may hold open: one carries the hello.
const UNI_STREAMS: u32 = 4;
/// Buffers of handshake bytes; certificate chains are far smaller.
const CRYPTO_BUFFER: usize = 16 << 10;

/// Returns the settings of the accepting side.
pub(super) fn server_config(config: &EndpointConfig, crypto: Arc<QuicServerConfig>) -> quinn::ServerConfig {
    let mut server = quinn::ServerConfig::with_crypto(crypto);
    server.transport_config(Arc::new(transport(config, config.idle_timeout)));
    // Those above the cap are refused by the listener; QUIC itself would leave them without an answer.
    server.max_incoming(config.max_half_open.max(1));
    server
}

/// Returns the settings of the dialling side, which is the one that keeps the connection alive. QUIC takes the
/// shorter idle timeout of both sides, so the dialling side decides by protocol.
pub(super) fn client_config(
    config: &EndpointConfig,
    alpn: Alpn,
    crypto: Arc<QuicClientConfig>,
) -> quinn::ClientConfig {
    let (keep_alive, idle) = timers(alpn);
    let mut transport = transport(config, idle.min(config.idle_timeout));
    transport.keep_alive_interval(Some(keep_alive.min(config.keep_alive)));
    let mut client = quinn::ClientConfig::new(crypto);
    client.transport_config(Arc::new(transport));
    client
}

/// Interval of keep-alive packets, and silence after which the other side counts as dead. A killed agent says
/// nothing: requests to it fail after the silence, so what waits for a leader gets the shortest.
fn timers(alpn: Alpn) -> (Duration, Duration) {
    match alpn {
        Alpn::Raft | Alpn::Peer | Alpn::Http => (Duration::from_millis(500), Duration::from_secs(2)),
        // Servers count a client's pings to know that it is alive.
        Alpn::Client => (Duration::from_secs(1), Duration::from_secs(5)),
        Alpn::Gossip => (Duration::from_secs(10), Duration::from_secs(30)),
    }
}

fn transport(config: &EndpointConfig, idle: Duration) -> TransportConfig {
    let idle = IdleTimeout::try_from(idle).expect("an idle timeout below 2^62 ms");
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(config.max_streams.min(streams::FIRST)))
        .max_concurrent_uni_streams(VarInt::from_u32(UNI_STREAMS))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(RECEIVE_WINDOW))
        .send_window(SEND_WINDOW)
        .datagram_receive_buffer_size(Some(DATAGRAM_BUFFER))
        .datagram_send_buffer_size(DATAGRAM_BUFFER)
        .crypto_buffer_size(CRYPTO_BUFFER)
        .max_idle_timeout(Some(idle));
    transport
}
