//! Requests that servers pass on.
//!
//! Purpose: the envelope around a forwarded request, and the rule who may send one. The caller's token travels
//! in its own header; the envelope adds how often the request was passed on and where it came from.
//! Limits: at most [`MAX_HOPS`] hops. The envelope's headers are removed from every request that does not come
//! from a server over QUIC, so that nobody can pretend.

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use wire::http::{CarriesHttp, Door};
use wire::{Connection, Role};

use crate::ApiError;

/// Start of the names of headers that agents use among themselves.
const INTERNAL: &str = "x-nomadctl-";
const HOPS: HeaderName = HeaderName::from_static("x-nomadctl-hops");
const ORIGIN: HeaderName = HeaderName::from_static("x-nomadctl-origin");
/// How often a request is passed on at most: to its region, to the leader there, to a client, and one for luck.
pub const MAX_HOPS: u8 = 4;

/// What the envelope says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarded {
    /// How often the request was passed on.
    pub hops: u8,
    /// The door by which it entered the cluster, for audit.
    pub origin: String,
}

/// Removes internal headers unless a server sent them, and returns what the envelope says.
pub(crate) fn receive(headers: &mut HeaderMap, door: &Door) -> Option<Forwarded> {
    let trusted = door.quic_peer().is_some_and(|peer| peer.role == Role::Server);
    let envelope = if trusted { read(headers) } else { None };
    let internal: Vec<HeaderName> =
        headers.keys().filter(|name| name.as_str().starts_with(INTERNAL)).cloned().collect();
    for name in internal {
        headers.remove(name);
    }
    envelope
}

/// Passes a request on over a connection. Its [`Door`] and [`Forwarded`] extensions become the envelope.
pub async fn pass_on<P: CarriesHttp>(
    connection: &Connection<P>,
    mut request: Request,
) -> Result<Response, ApiError> {
    seal(&mut request)?;
    wire::http::proxy(connection, request).await.map_err(|error| {
        tracing::debug!(%error, peer = %connection.peer().dns_name(), "a forwarded request failed");
        ApiError::internal(format!("rpc error: {error}"))
    })
}

/// Writes the envelope.
fn seal(request: &mut Request) -> Result<(), ApiError> {
    let before = request.extensions().get::<Forwarded>().cloned();
    let origin = before.as_ref().map(|before| before.origin.clone());
    let origin = origin.unwrap_or_else(|| describe(request.extensions().get::<Door>()));
    let hops = before.map_or(0, |before| before.hops) + 1;
    if hops > MAX_HOPS {
        return Err(ApiError::new(
            StatusCode::LOOP_DETECTED,
            format!("the request was passed on {MAX_HOPS} times without reaching its place"),
        ));
    }
    let headers = request.headers_mut();
    headers.insert(HOPS, HeaderValue::from(u16::from(hops)));
    if let Ok(origin) = HeaderValue::try_from(origin) {
        headers.insert(ORIGIN, origin);
    }
    Ok(())
}

fn read(headers: &HeaderMap) -> Option<Forwarded> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // A hop count that cannot be read counts as the last one.
    let hops = text(HOPS)?.parse().unwrap_or(MAX_HOPS).min(MAX_HOPS);
    Some(Forwarded { hops, origin: text(ORIGIN).unwrap_or_default().to_owned() })
}

fn describe(door: Option<&Door>) -> String {
    match door {
        Some(Door::Tcp { peer, .. }) => format!("tcp {peer}"),
        Some(Door::Unix) => "unix".to_owned(),
        Some(Door::Quic(peer)) => format!("quic {}", peer.dns_name()),
        None => "agent".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use wire::{PeerIdentity, Region};

    use super::*;

    fn quic(role: Role) -> Door {
        Door::Quic(Arc::new(PeerIdentity {
            role,
            region: Region::new("eu").unwrap(),
            key_fingerprint: [0; 32],
        }))
    }

    fn tcp() -> Door {
        Door::Tcp { peer: "10.0.0.1:999".parse().unwrap(), loopback: false }
    }

    fn sealed(door: Door) -> Request {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(door);
        seal(&mut request).unwrap();
        request
    }

    #[test]
    fn a_server_passes_on_where_a_request_came_from() {
        let mut request = sealed(tcp());
        let forwarded = receive(request.headers_mut(), &quic(Role::Server)).unwrap();
        assert_eq!(forwarded, Forwarded { hops: 1, origin: "tcp 10.0.0.1:999".to_owned() });
        assert!(request.headers().is_empty(), "the envelope ends here");

        // The next server adds a hop and keeps the origin.
        request.extensions_mut().insert(quic(Role::Server));
        request.extensions_mut().insert(forwarded);
        seal(&mut request).unwrap();
        let forwarded = receive(request.headers_mut(), &quic(Role::Server)).unwrap();
        assert_eq!(forwarded, Forwarded { hops: 2, origin: "tcp 10.0.0.1:999".to_owned() });
    }

    #[test]
    fn nobody_else_can_write_an_envelope() {
        for door in [tcp(), Door::Unix, quic(Role::Client), quic(Role::Cli)] {
            let mut request = sealed(tcp());
            request.headers_mut().insert("x-nomadctl-anything", HeaderValue::from_static("1"));
            assert_eq!(receive(request.headers_mut(), &door), None);
            assert!(request.headers().is_empty(), "{door:?}");
        }
    }

    #[test]
    fn a_request_that_goes_in_circles_is_stopped() {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(Forwarded { hops: MAX_HOPS, origin: "unix".to_owned() });
        assert_eq!(seal(&mut request).unwrap_err().status(), 508);
    }
}
