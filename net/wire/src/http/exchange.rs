//! Sending a request.
//!
//! Purpose: one request on a fresh stream of an existing connection.
//! Limits: the head is made fit for HTTP/1.1 (origin form, `host`); the body goes as it is. Dropping the future
//! or the response's body cancels the exchange.

use axum::body::HttpBody;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, StatusCode, Uri, Version, header};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::CarriesHttp;
use super::headers::MAX_HEAD;
use crate::Connection;

/// Why an exchange failed.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The connection has ended.
    #[error("the connection has ended")]
    Closed(#[from] quinn::ConnectionError),
    /// The exchange broke, or the answer is no HTTP.
    #[error("the exchange failed")]
    Http(#[from] hyper::Error),
}

/// Sends a request and returns the response's head with its body still streaming.
pub async fn request<P, B>(
    connection: &Connection<P>,
    mut request: Request<B>,
) -> Result<Response<Incoming>, ExchangeError>
where
    P: CarriesHttp,
    B: HttpBody + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    prepare(&mut request, connection);
    let (send, recv) = connection.quic().open_bi().await?;
    let io = TokioIo::new(tokio::io::join(recv, send));
    let (mut sender, driver) = http1::Builder::new().max_buf_size(MAX_HEAD).handshake(io).await?;
    // The driver owns the stream. It ends with the exchange: when the body was read or dropped, or, after an
    // upgrade, by handing the stream over.
    tokio::spawn(driver.with_upgrades());
    let mut response = sender.send_request(request).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        // The serving side keeps no stream alive, so hyper adds `close`, which a strict WebSocket client refuses.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    }
    Ok(response)
}

fn prepare<P: CarriesHttp, B>(request: &mut Request<B>, connection: &Connection<P>) {
    let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    *request.version_mut() = Version::HTTP_11;
    if !request.headers().contains_key(header::HOST) {
        let host = HeaderValue::try_from(connection.peer().dns_name()).expect("a DNS name is a header value");
        request.headers_mut().insert(header::HOST, host);
    }
}
