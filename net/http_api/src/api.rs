//! From a request to its answer.
//!
//! Purpose: the one service behind all doors: guard, path, route, query, forwarding, check, handler, answer.
//! Limits: keeps nothing between requests. Requests that a handler cannot answer here are passed on as they are,
//! before their body is read.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use futures::future::BoxFuture;
use http::{HeaderName, HeaderValue, StatusCode, header};
use tower::Service;
use wire::http::Door;

use crate::answer::{Wishes, render, render_error};
use crate::authorize::{Caller, Token, authorize};
use crate::query::Consistency;
use crate::route::{Cleaned, Filter, Found, Reach, Route, clean};
use crate::{
    ApiError, Backend, Call, Destination, Guard, Position, Query, Reply, RouteTable, answer::ReplyBody, cors,
    forward,
};

/// Settings of the API.
#[derive(Clone, Debug, Default)]
pub struct ApiConfig {
    /// What the TCP door refuses.
    pub guard: Guard,
    /// Headers put on every answer below `/v1` (`http_api_response_headers`).
    pub response_headers: Vec<(HeaderName, HeaderValue)>,
}

/// The API as a service. Clones share everything.
pub struct Api<B: ?Sized>(Arc<Shared<B>>);

struct Shared<B: ?Sized> {
    config: ApiConfig,
    routes: RouteTable<B>,
    backend: Arc<B>,
}

impl<B: ?Sized> Clone for Api<B> {
    fn clone(&self) -> Api<B> {
        Api(self.0.clone())
    }
}

impl<B: ?Sized> std::fmt::Debug for Api<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl<B: Backend + ?Sized> Service<Request> for Api<B> {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let api = self.clone();
        Box::pin(async move { Ok(api.answer(request).await) })
    }
}

impl<B: Backend + ?Sized> Api<B> {
    /// Makes the API of a backend.
    #[must_use]
    pub fn new(config: ApiConfig, routes: RouteTable<B>, backend: Arc<B>) -> Api<B> {
        Api(Arc::new(Shared { config, routes, backend }))
    }

    /// Returns the route table.
    #[must_use]
    pub fn routes(&self) -> &RouteTable<B> {
        &self.0.routes
    }

    async fn answer(&self, request: Request) -> Response {
        let mut wishes = Wishes::of(request.headers());
        let below_v1 = request.uri().path().starts_with("/v1/");
        let sharing = cors::Sharing::of(&request);
        let mut response = match self.reply(request, &mut wishes).await {
            Ok(reply) => render(reply, wishes).await,
            Err(error) => render_error(&error, wishes).await,
        };
        if let Some(sharing) = sharing {
            sharing.put(&mut response);
        }
        if below_v1 {
            for (name, value) in &self.0.config.response_headers {
                response.headers_mut().insert(name, value.clone());
            }
        }
        response
    }

    async fn reply(&self, mut request: Request, wishes: &mut Wishes) -> Result<Reply, ApiError> {
        let door = request.extensions().get::<Door>().cloned();
        let door = door.ok_or_else(|| ApiError::internal("the request came through no known door"))?;
        self.0
            .config
            .guard
            .check(&door, request.method(), request.uri(), request.headers())
            .map_err(|error| ApiError::new(StatusCode::FORBIDDEN, error.to_string()))?;
        let forwarded = forward::receive(request.headers_mut(), &door);

        let path = match clean(request.uri().path()) {
            Cleaned::Path(path) => path,
            Cleaned::Redirect(path) => return redirect(StatusCode::MOVED_PERMANENTLY, &path, &request),
            Cleaned::Broken => return Err(ApiError::bad_request("invalid URL escape")),
        };
        if path == "/" {
            return redirect(StatusCode::TEMPORARY_REDIRECT, "/ui/", &request);
        }
        let Found { route, params } = self.0.routes.find(request.method(), &path)?;
        let query = Query::parse(request.uri().query().unwrap_or_default())?;
        wishes.pretty = query.pretty;

        let backend = &self.0.backend;
        if let Some(destination) = self.elsewhere(route, &query) {
            if let Some(forwarded) = forwarded {
                request.extensions_mut().insert(forwarded);
            }
            let response = backend.forward(destination, request).await?;
            return Ok(Reply::new(ReplyBody::Response(Box::new(response))));
        }
        if route.reach == Reach::Region {
            backend.prepare_read(query.consistency).await?;
        }
        let caller = Caller { token: Token::from_headers(request.headers()), door, forwarded };
        let permit = backend.authenticate(&caller).await?;
        let authorized = authorize(caller, permit, route.capability, route.scope, &query)?;
        let (parts, body) = request.into_parts();
        let call = Call { backend: backend.clone(), params, query, authorized, parts, body: body.into() };
        let reply = (route.handler)(call).await?;
        debug_assert!(
            route.filter == Filter::None || reply.filtered || !matches!(reply.body, ReplyBody::Json(_)),
            "{} is a list, but its answer was not made from filtered entries",
            route.path
        );
        Ok(reply)
    }

    /// Decides whether a request has to be answered elsewhere.
    fn elsewhere(&self, route: &Route<B>, query: &Query) -> Option<Destination> {
        if route.reach == Reach::Agent {
            return None;
        }
        let backend = &self.0.backend;
        if let Some(region) = query.region.as_deref().filter(|region| *region != backend.region()) {
            return Some(Destination::Region(region.to_owned()));
        }
        let needs_leader = route.reach == Reach::Leader || query.consistency != Consistency::Stale;
        match backend.position() {
            Position::Leader => None,
            Position::Follower => needs_leader.then_some(Destination::Leader),
            Position::Client => Some(Destination::Server),
        }
    }
}

/// Sends the client to another path of this agent; the query is kept.
fn redirect(status: StatusCode, path: &str, request: &Request) -> Result<Reply, ApiError> {
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let target = format!("{path}{query}");
    let location = HeaderValue::try_from(&target).map_err(|_| ApiError::bad_request("invalid URL"))?;
    let words = status.canonical_reason().unwrap_or_default();
    let escaped =
        target.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&#34;");
    let page = format!("<a href=\"{escaped}\">{words}</a>.\n\n");
    let reply = Reply::new(ReplyBody::Bytes("text/html; charset=utf-8", page.into()));
    Ok(reply.with_status(status).with_header(header::LOCATION, location))
}

#[cfg(test)]
mod tests;
