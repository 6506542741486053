//! Passing a request on.
//!
//! Purpose: the one mechanism behind leader and region forwarding and requests to clients behind NAT.
//! Limits: copies bodies and upgraded streams as they come, 8 KiB at a time; adds nothing, so the caller sets
//! forwarding headers first.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

use super::headers::strip_hop;
use super::{CarriesHttp, ExchangeError, request};
use crate::Connection;

/// Sends the request to the peer and returns its response, streaming in both directions.
pub async fn proxy<P: CarriesHttp>(
    connection: &Connection<P>,
    mut incoming: Request,
) -> Result<Response, ExchangeError> {
    let upgrade = incoming.headers().contains_key(header::UPGRADE).then(|| hyper::upgrade::on(&mut incoming));
    if upgrade.is_none() {
        strip_hop(incoming.headers_mut());
    }
    let mut response = request(connection, incoming).await?;
    match upgrade {
        Some(near) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
            let far = hyper::upgrade::on(&mut response);
            // Ends when either side closes its stream, at the latest with the connection.
            tokio::spawn(async move {
                if let (Ok(near), Ok(far)) = tokio::join!(near, far) {
                    let copied = copy_bidirectional(&mut TokioIo::new(near), &mut TokioIo::new(far)).await;
                    tracing::debug!(?copied, "a passed-on stream has ended");
                }
            });
        }
        _ => strip_hop(response.headers_mut()),
    }
    Ok(response.map(Body::new))
}
