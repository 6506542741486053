//! The QUIC door.
//!
//! Purpose: serve the API on the streams of an authenticated connection, in either direction.
//! Limits: as many exchanges at a time as the endpoint allows streams.

use std::convert::Infallible;

use axum::body::Body;
use axum::response::Response;
use http::Request;
use tower::Service;
use wire::Connection;
use wire::http::{CarriesHttp, accept_loop};

/// Serves a connection until it ends.
pub async fn serve_quic<P, S>(connection: Connection<P>, service: S)
where
    P: CarriesHttp,
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    accept_loop(connection, service).await;
}
