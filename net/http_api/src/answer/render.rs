//! Replies as HTTP responses.
//!
//! Purpose: put content type, index headers, indentation and compression on in one place.
//! Limits: a response that a handler finished itself (a WebSocket, a passed-on answer) is left alone.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, VARY};

use super::reply::{Meta, Reply, ReplyBody};
use super::{compress, pretty};
use crate::ApiError;

const INDEX: HeaderName = HeaderName::from_static("x-nomad-index");
const KNOWN_LEADER: HeaderName = HeaderName::from_static("x-nomad-knownleader");
const LAST_CONTACT: HeaderName = HeaderName::from_static("x-nomad-lastcontact");
const NEXT_TOKEN: HeaderName = HeaderName::from_static("x-nomad-nexttoken");
const JSON: &str = "application/json";
/// When to come back after a refusal for overload.
const OVERLOAD_SECONDS: &str = "1";
const TEXT: &str = "text/plain; charset=utf-8";

/// What the client wants of the form of an answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wishes {
    /// Indented JSON.
    pub(crate) pretty: bool,
    /// Compressed bodies.
    pub(crate) gzip: bool,
}

impl Wishes {
    /// Reads the wishes of a request, except `pretty`, which the query tells.
    pub(crate) fn of(headers: &HeaderMap) -> Wishes {
        Wishes { pretty: false, gzip: compress::accepted(headers) }
    }
}

/// Makes the response of a reply.
pub(crate) async fn render(reply: Reply, wishes: Wishes) -> Response {
    let (content_type, body) = match reply.body {
        ReplyBody::Response(response) => return *response,
        ReplyBody::Empty => (None, Bytes::new()),
        ReplyBody::Json(json) if wishes.pretty => (Some(JSON), Bytes::from(pretty::indent(&json))),
        ReplyBody::Json(json) => (Some(JSON), Bytes::from(json)),
        ReplyBody::Bytes(content_type, bytes) => (Some(content_type), bytes),
        ReplyBody::Stream(content_type, body) => {
            let mut response = Response::new(body);
            *response.status_mut() = reply.status;
            put_headers(response.headers_mut(), Some(content_type), reply.meta.as_ref(), reply.headers);
            return response;
        }
    };
    let mut response = whole(body, wishes).await;
    *response.status_mut() = reply.status;
    put_headers(response.headers_mut(), content_type, reply.meta.as_ref(), reply.headers);
    response
}

/// Makes the response of an error: plain text, or nothing at all for an unknown path.
pub(crate) async fn render_error(error: &ApiError, wishes: Wishes) -> Response {
    let content_type = Some(TEXT).filter(|_| !error.text().is_empty());
    let mut response = whole(Bytes::from(error.text().to_owned()), wishes).await;
    *response.status_mut() = error.status();
    let mut further = Vec::new();
    if error.status() == StatusCode::TOO_MANY_REQUESTS {
        further.push((RETRY_AFTER, HeaderValue::from_static(OVERLOAD_SECONDS)));
    }
    put_headers(response.headers_mut(), content_type, error.meta(), further);
    response
}

async fn whole(body: Bytes, wishes: Wishes) -> Response {
    let packed = if wishes.gzip { compress::gzip(&body).await } else { None };
    let Some(packed) = packed else { return Response::new(Body::from(body)) };
    let mut response = Response::new(Body::from(packed));
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response
}

fn put_headers(
    headers: &mut HeaderMap,
    content_type: Option<&'static str>,
    meta: Option<&Meta>,
    further: Vec<(HeaderName, HeaderValue)>,
) {
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if let Some(meta) = meta {
        headers.insert(INDEX, HeaderValue::from(meta.index));
        if let Some(contact) = meta.contact {
            let known = if contact.known_leader { "true" } else { "false" };
            headers.insert(KNOWN_LEADER, HeaderValue::from_static(known));
            headers.insert(LAST_CONTACT, HeaderValue::from(contact.last_contact_ms));
        }
        if !meta.next_token.is_empty()
            && let Ok(token) = HeaderValue::try_from(&meta.next_token)
        {
            headers.insert(NEXT_TOKEN, token);
        }
    }
    for (name, value) in further {
        headers.append(name, value);
    }
}
