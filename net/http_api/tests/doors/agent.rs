//! An agent whose only endpoint says who asked.

use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::response::Response;
use futures::future::BoxFuture;
use http_api::authorize::Scope;
use http_api::query::Consistency;
use http_api::route::{Filter, Method, Reach, handler};
use http_api::{
    Api, ApiConfig, ApiError, Backend, Call, Contact, Destination, Position, Reply, Route, RouteTable, Watch,
    forward,
};
use wire::http::Door;
use wire::{Connection, Http};

pub(crate) struct Agent {
    position: Position,
    leader: Mutex<Option<Connection<Http>>>,
}

impl Watch for Agent {
    type Snapshot = ();
    type Topic = ();

    fn snapshot(&self) {}

    fn changed<'a>(&'a self, (): &'a (), _: &'a [()]) -> BoxFuture<'a, ()> {
        Box::pin(std::future::pending())
    }
}

impl Backend for Agent {
    fn region(&self) -> &str {
        "global"
    }

    fn position(&self) -> Position {
        self.position
    }

    fn contact(&self) -> Contact {
        Contact { known_leader: true, last_contact_ms: 0 }
    }

    fn prepare_read(&self, _: Consistency) -> BoxFuture<'_, Result<(), ApiError>> {
        Box::pin(async { Ok(()) })
    }

    fn forward(&self, to: Destination, request: Request) -> BoxFuture<'_, Result<Response, ApiError>> {
        let leader = self.leader.lock().unwrap().clone();
        Box::pin(async move {
            assert_eq!(to, Destination::Leader);
            forward::pass_on(&leader.ok_or_else(ApiError::no_leader)?, request).await
        })
    }
}

/// Says through which door the request came, from where, and with which body.
async fn who(mut call: Call<Agent>) -> Result<Reply, ApiError> {
    let caller = call.authorized.caller();
    let door = match &caller.door {
        Door::Tcp { loopback, .. } => format!("tcp loopback={loopback}"),
        Door::Unix => "unix".to_owned(),
        Door::Quic(peer) => format!("quic {}", peer.dns_name()),
    };
    let forwarded = caller.forwarded.as_ref().map(|forwarded| {
        let kind = forwarded.origin.split(' ').next().unwrap_or_default();
        format!(" after {} from {kind}", forwarded.hops)
    });
    let internal = call.parts.headers.keys().filter(|name| name.as_str().starts_with("x-nomadctl")).count();
    let body = String::from_utf8(call.take_body().await?.to_vec()).unwrap();
    Reply::json(&format!("{door}{} internal={internal} body={body}", forwarded.unwrap_or_default()))
}

/// Makes the API of an agent that leads, or that passes everything on to a leader.
pub(crate) fn api(leader: Option<Connection<Http>>) -> Api<Agent> {
    let route = Route {
        method: Method::GetOrWrite,
        path: "/v1/who",
        capability: &[],
        scope: Scope::Open,
        filter: Filter::None,
        reach: Reach::Leader,
        handler: handler(who),
    };
    let position = if leader.is_some() { Position::Follower } else { Position::Leader };
    let agent = Agent { position, leader: Mutex::new(leader) };
    Api::new(ApiConfig::default(), RouteTable::new([route]), Arc::new(agent))
}
