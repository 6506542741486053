//! Requests against a small table, without a socket.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use expect_test::{Expect, expect};
use futures::future::BoxFuture;
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;
use wire::http::Door;

use super::*;
use crate::authorize::{Capability, On, Permit, Scope};
use crate::query::Consistency;
use crate::route::{Method, handler};
use crate::{Contact, Watch};

/// An agent without a state: it says where it would forward to.
struct Agent {
    position: Position,
}

impl Watch for Agent {
    type Snapshot = ();
    type Topic = ();

    fn snapshot(&self) {}

    fn changed<'a>(&'a self, (): &'a (), _: &'a [()]) -> BoxFuture<'a, ()> {
        Box::pin(std::future::pending())
    }
}

/// The token "reader" may read jobs in the namespace "web".
struct Reader;

impl Permit for Reader {
    fn allows(&self, capability: Capability, on: On<'_>) -> bool {
        capability == Capability::Namespace("read-job")
            && matches!(on, On::Namespace("web") | On::AnyNamespace)
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

    fn forward(&self, to: Destination, _: Request) -> BoxFuture<'_, Result<Response, ApiError>> {
        Box::pin(async move {
            if to == Destination::Region("atlantis".to_owned()) {
                return Err(ApiError::no_region());
            }
            Ok(Response::new(Body::from(format!("forwarded to {to:?}"))))
        })
    }

    fn authenticate<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<Arc<dyn Permit>, ApiError>> {
        Box::pin(async move {
            Ok(match caller.token.as_ref().map(Token::secret) {
                Some("reader") => Arc::new(Reader) as Arc<dyn Permit>,
                _ => Arc::new(crate::authorize::Management),
            })
        })
    }
}

fn routes() -> RouteTable<Agent> {
    let route = |method, path, reach, handler| Route {
        method,
        path,
        capability: &[Capability::Namespace("read-job")],
        scope: Scope::Namespace,
        filter: Filter::None,
        reach,
        handler,
    };
    RouteTable::new([
        Route {
            filter: Filter::Entries,
            ..route(
                Method::Get,
                "/v1/jobs",
                Reach::Region,
                handler(|call: Call<Agent>| async move {
                    let jobs = [("default", "a"), ("web", "b")];
                    let seen = call.authorized.filter(jobs, |(namespace, _)| On::Namespace(namespace));
                    let seen = seen.map(|(_, id)| json!({ "ID": id, "Html": "<&>" }));
                    Ok(Reply::list(&seen)?.with_meta(call.read_meta(7).with_next_token("default.c")))
                }),
            )
        },
        route(
            Method::Write,
            "/v1/jobs",
            Reach::Leader,
            handler(|mut call: Call<Agent>| async move {
                let job = call.take_json().await?;
                Ok(Reply::json(&job["Job"])?.with_meta(crate::Meta::write(8)))
            }),
        ),
        route(
            Method::Get,
            "/v1/job/*id",
            Reach::Region,
            handler(|call: Call<Agent>| async move {
                Err(ApiError::not_found("job not found").with_meta(call.read_meta(7)))
            }),
        ),
        route(
            Method::Get,
            "/v1/large",
            Reach::Agent,
            handler(|_: Call<Agent>| async move { Reply::json(&"x".repeat(5000)) }),
        ),
    ])
}

/// Sends `METHOD PATH | header: value | … | > body` and returns the answer as text.
async fn ask(position: Position, request: &str) -> String {
    let api = Api::new(ApiConfig::default(), routes(), Arc::new(Agent { position }));
    let mut parts = request.split(" | ");
    let (method, path) = parts.next().unwrap().split_once(' ').unwrap();
    let mut builder = Request::builder().method(method).uri(path);
    let mut body = Body::empty();
    for part in parts {
        match part.strip_prefix("> ") {
            Some(text) => body = Body::from(text.to_owned()),
            None => {
                let (name, value) = part.split_once(": ").unwrap();
                builder = builder.header(name, value);
            }
        }
    }
    let mut request = builder.body(body).unwrap();
    request.extensions_mut().insert(Door::Tcp { peer: "10.0.0.1:1".parse().unwrap(), loopback: false });
    let response = api.oneshot(request).await.unwrap();
    let mut text = response.status().as_u16().to_string();
    for (name, value) in response.headers() {
        text += &format!(" {name}={}", value.to_str().unwrap());
    }
    let body = response.into_body().collect().await.unwrap().to_bytes();
    format!("{text}\n    {}", String::from_utf8_lossy(&body[..body.len().min(200)]))
}

async fn check(position: Position, requests: &[&str], expected: Expect) {
    let mut seen = String::new();
    for request in requests {
        seen += &format!("{request}\n    {}\n", ask(position, request).await);
    }
    expected.assert_eq(&seen);
}

#[tokio::test]
async fn answers_carry_the_headers_that_clients_read() {
    check(
        Position::Leader,
        &[
            "GET /v1/jobs",
            "GET /v1/job/a%2Fb",
            "PUT /v1/jobs | > {\"Job\": {\"ID\": \"x\"}}",
            "POST /v1/jobs",
            "GET /v1/nothing",
            "DELETE /v1/jobs",
            "GET /",
            "GET //v1/jobs?index=1&wait=2s",
            "GET /v1/jobs?wait=abc",
        ],
        expect![[r#"
            GET /v1/jobs
                200 vary=Accept-Encoding content-type=application/json x-nomad-index=7 x-nomad-knownleader=true x-nomad-lastcontact=0 x-nomad-nexttoken=default.c
                [{"ID":"a","Html":"<&>"},{"ID":"b","Html":"<&>"}]
            GET /v1/job/a%2Fb
                404 vary=Accept-Encoding content-type=text/plain; charset=utf-8 x-nomad-index=7 x-nomad-knownleader=true x-nomad-lastcontact=0
                job not found
            PUT /v1/jobs | > {"Job": {"ID": "x"}}
                200 vary=Accept-Encoding content-type=application/json x-nomad-index=8
                {"ID":"x"}
            POST /v1/jobs
                400 vary=Accept-Encoding content-type=text/plain; charset=utf-8
                Request body is empty
            GET /v1/nothing
                404 vary=Accept-Encoding
                
            DELETE /v1/jobs
                405 vary=Accept-Encoding content-type=text/plain; charset=utf-8
                Invalid method
            GET /
                307 vary=Accept-Encoding content-type=text/html; charset=utf-8 location=/ui/
                <a href="/ui/">Temporary Redirect</a>.


            GET //v1/jobs?index=1&wait=2s
                301 vary=Accept-Encoding content-type=text/html; charset=utf-8 location=/v1/jobs?index=1&wait=2s
                <a href="/v1/jobs?index=1&amp;wait=2s">Moved Permanently</a>.


            GET /v1/jobs?wait=abc
                400 vary=Accept-Encoding content-type=text/plain; charset=utf-8
                Invalid wait time
        "#]],
    )
    .await;
}

#[tokio::test]
async fn requests_go_where_they_can_be_answered() {
    let requests = [
        "GET /v1/jobs",
        "GET /v1/jobs?stale",
        "PUT /v1/jobs",
        "GET /v1/jobs?region=eu",
        "GET /v1/jobs?region=global",
        "GET /v1/jobs?region=atlantis",
        "GET /v1/large?region=eu",
    ];
    let mut seen = String::new();
    for position in [Position::Leader, Position::Follower, Position::Client] {
        for request in requests {
            let answer = ask(position, request).await;
            let body = answer.lines().last().unwrap().trim();
            let place =
                if body.starts_with("forwarded") || body.starts_with("No path") { body } else { "here" };
            seen += &format!("{position:?} {request}: {place}\n");
        }
    }
    expect![[r#"
        Leader GET /v1/jobs: here
        Leader GET /v1/jobs?stale: here
        Leader PUT /v1/jobs: here
        Leader GET /v1/jobs?region=eu: forwarded to Region("eu")
        Leader GET /v1/jobs?region=global: here
        Leader GET /v1/jobs?region=atlantis: No path to region
        Leader GET /v1/large?region=eu: here
        Follower GET /v1/jobs: forwarded to Leader
        Follower GET /v1/jobs?stale: here
        Follower PUT /v1/jobs: forwarded to Leader
        Follower GET /v1/jobs?region=eu: forwarded to Region("eu")
        Follower GET /v1/jobs?region=global: forwarded to Leader
        Follower GET /v1/jobs?region=atlantis: No path to region
        Follower GET /v1/large?region=eu: here
        Client GET /v1/jobs: forwarded to Server
        Client GET /v1/jobs?stale: forwarded to Server
        Client PUT /v1/jobs: forwarded to Server
        Client GET /v1/jobs?region=eu: forwarded to Region("eu")
        Client GET /v1/jobs?region=global: forwarded to Server
        Client GET /v1/jobs?region=atlantis: No path to region
        Client GET /v1/large?region=eu: here
    "#]]
    .assert_eq(&seen);
}

#[tokio::test]
async fn a_token_decides_what_is_seen() {
    check(
        Position::Leader,
        &[
            "GET /v1/jobs?namespace=* | x-nomad-token: reader",
            "GET /v1/jobs | x-nomad-token: reader",
            "PUT /v1/jobs | origin: http://evil.example",
        ],
        expect![[r#"
            GET /v1/jobs?namespace=* | x-nomad-token: reader
                200 vary=Accept-Encoding content-type=application/json x-nomad-index=7 x-nomad-knownleader=true x-nomad-lastcontact=0 x-nomad-nexttoken=default.c
                [{"ID":"b","Html":"<&>"}]
            GET /v1/jobs | x-nomad-token: reader
                403 vary=Accept-Encoding content-type=text/plain; charset=utf-8
                Permission denied
            PUT /v1/jobs | origin: http://evil.example
                403 vary=Accept-Encoding content-type=text/plain; charset=utf-8
                cross-site request from http://evil.example refused: it carries no token
        "#]],
    )
    .await;
}

#[tokio::test]
async fn the_form_of_an_answer_is_the_clients_choice() {
    let pretty = ask(Position::Leader, "GET /v1/jobs?pretty").await;
    assert!(pretty.contains("[\n    {\n        \"ID\": \"a\",\n"), "{pretty}");
    let packed = ask(Position::Leader, "GET /v1/large | accept-encoding: gzip").await;
    assert!(packed.contains("content-encoding=gzip"), "{packed}");
    let small = ask(Position::Leader, "GET /v1/jobs | accept-encoding: gzip").await;
    assert!(!small.contains("content-encoding"), "{small}");
}
