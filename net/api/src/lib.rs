//! The typed HTTP client over TCP, unix socket and QUIC.
