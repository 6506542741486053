//! The HTTP API: one router behind TCP, unix socket and QUIC.
