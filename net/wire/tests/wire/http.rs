//! HTTP over streams, in both directions.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::extract::{Extension, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, put};
use http_body_util::BodyExt;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_stream::StreamExt;
use wire::http::{Door, accept_loop, proxy, request};
use wire::{Accepted, Client, Connection, Http, Role};

use crate::cluster::{Agent, Cluster, connect};

const DEADLINE: Duration = Duration::from_secs(20);

/// The far end of a test: lines to stream, and word of a hanging handler.
struct Far {
    lines: Mutex<Option<mpsc::Receiver<&'static str>>>,
    hanging: Mutex<Option<(oneshot::Sender<()>, oneshot::Sender<()>)>>,
}

fn router(far: Arc<Far>) -> Router {
    let hang = far.clone();
    Router::new()
        .route(
            "/who",
            get(|Extension(door): Extension<Door>| async move { door.quic_peer().unwrap().dns_name() }),
        )
        .route("/echo", put(|body: Bytes| async move { body }))
        .route(
            "/lines",
            get(|| async move {
                let lines = far.lines.lock().await.take().unwrap();
                let lines = tokio_stream::wrappers::ReceiverStream::new(lines);
                Body::from_stream(lines.map(|line| Ok::<_, Infallible>(format!("{line}\n"))))
            }),
        )
        .route(
            "/hang",
            get(|| async move {
                let (started, _dropped_with_the_handler) = hang.hanging.lock().await.take().unwrap();
                started.send(()).unwrap();
                std::future::pending::<&str>().await
            }),
        )
        .route("/ws", any(web_socket))
}

async fn web_socket(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|mut socket| async move {
        while let Some(Ok(Message::Text(text))) = socket.recv().await {
            let shout = text.as_str().to_uppercase();
            if socket.send(Message::Text(shout.into())).await.is_err() {
                return;
            }
        }
    })
}

struct World {
    line: mpsc::Sender<&'static str>,
    started: oneshot::Receiver<()>,
    dropped: oneshot::Receiver<()>,
    router: Router,
    server: Agent,
    other: Agent,
}

fn world(other: Role) -> World {
    let cluster = Cluster::new();
    let (line, lines) = mpsc::channel(1);
    let (start, started) = oneshot::channel();
    let (drop, dropped) = oneshot::channel();
    let far = Arc::new(Far { lines: Mutex::new(Some(lines)), hanging: Mutex::new(Some((start, drop))) });
    World {
        line,
        started,
        dropped,
        router: router(far),
        server: cluster.agent(Role::Server, "global"),
        other: cluster.agent(other, "global"),
    }
}

/// The other agent dials, the server serves.
async fn served(world: &mut World) -> Connection<Http> {
    let (dialled, accepted) = connect::<Http>(&world.other.endpoint, &mut world.server).await;
    let Accepted::Http(accepted) = accepted else { panic!("{accepted:?}") };
    tokio::spawn(accept_loop(accepted, world.router.clone()));
    dialled
}

fn ask(method: &str, path: &str, body: impl Into<Body>) -> Request {
    Request::builder().method(method).uri(path).body(body.into()).unwrap()
}

async fn text(
    response: http::Response<impl http_body_util::BodyExt<Data = Bytes, Error: std::fmt::Debug>>,
) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn a_get_is_answered_and_the_handler_knows_the_peer() {
    let mut world = world(Role::Cli);
    let connection = served(&mut world).await;
    let response = request(&connection, ask("GET", "/who", Body::empty())).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(text(response).await, "cli.global.nomad");
}

#[tokio::test]
async fn a_streamed_body_arrives_whole() {
    let mut world = world(Role::Cli);
    let connection = served(&mut world).await;
    let chunks = tokio_stream::iter((0..64).map(|n| Ok::<_, Infallible>(vec![n; 1024])));
    let response = request(&connection, ask("PUT", "/echo", Body::from_stream(chunks))).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body.len(), 64 << 10);
    assert_eq!(body[63 << 10], 63);
}

#[tokio::test]
async fn lines_arrive_one_by_one_without_buffering() {
    let mut world = world(Role::Cli);
    let connection = served(&mut world).await;
    let mut body = request(&connection, ask("GET", "/lines", Body::empty())).await.unwrap().into_body();
    for line in ["one", "two", "three"] {
        // The next line is sent only after the one before it was received.
        world.line.send(line).await.unwrap();
        let frame = tokio::time::timeout(DEADLINE, body.frame()).await.unwrap().unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), format!("{line}\n"));
    }
}

#[tokio::test]
async fn the_server_asks_on_the_connection_that_the_client_opened() {
    let mut world = world(Role::Client);
    let (dialled, accepted) = connect::<Client>(&world.other.endpoint, &mut world.server).await;
    let Accepted::Client(accepted) = accepted else { panic!("{accepted:?}") };
    tokio::spawn(accept_loop(dialled, world.router.clone()));
    let response = request(&accepted, ask("GET", "/who", Body::empty())).await.unwrap();
    assert_eq!(text(response).await, "server.global.nomad");
}

#[tokio::test]
async fn a_dropped_request_cancels_its_handler() {
    let mut world = world(Role::Cli);
    let connection = served(&mut world).await;
    tokio::select! {
        response = request(&connection, ask("GET", "/hang", Body::empty())) => panic!("{response:?}"),
        started = world.started => started.unwrap(),
    }
    let dropped = tokio::time::timeout(DEADLINE, world.dropped).await.expect("the handler still runs");
    assert!(dropped.is_err(), "the sender goes with the handler");
}

/// A router that passes everything on over `connection`, served on TCP.
async fn tcp_front(connection: Connection<Http>) -> std::net::SocketAddr {
    let pass_on = move |incoming: Request| {
        let connection = connection.clone();
        async move {
            proxy(&connection, incoming)
                .await
                .unwrap_or_else(|error| (http::StatusCode::BAD_GATEWAY, error.to_string()).into_response())
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(pass_on)).await });
    addr
}

#[tokio::test]
async fn a_passed_on_web_socket_echoes_through_tcp_and_quic() {
    let mut world = world(Role::Server);
    let connection = served(&mut world).await;
    let addr = tcp_front(connection).await;
    let (mut socket, response) = tokio_tungstenite::client_async(
        format!("ws://{addr}/ws"),
        tokio::net::TcpStream::connect(addr).await.unwrap(),
    )
    .await
    .unwrap();
    assert_eq!(response.status(), 101);
    for word in ["quic", "loud"] {
        futures::SinkExt::send(&mut socket, tokio_tungstenite::tungstenite::Message::text(word))
            .await
            .unwrap();
        let reply = futures::StreamExt::next(&mut socket).await.unwrap().unwrap();
        assert_eq!(reply.into_text().unwrap().as_str(), word.to_uppercase());
    }
}

#[tokio::test]
async fn a_passed_on_stream_keeps_its_pace_and_its_tcp_connection() {
    let mut world = world(Role::Server);
    let connection = served(&mut world).await;
    let addr = tcp_front(connection).await;
    let tcp = tokio::net::TcpStream::connect(addr).await.unwrap();
    let io = hyper_util::rt::TokioIo::new(tcp);
    let (mut sender, driver) = hyper::client::conn::http1::handshake::<_, Body>(io).await.unwrap();
    tokio::spawn(driver);
    let with_host = |path: &str| {
        let mut asked = ask("GET", path, Body::empty());
        asked.headers_mut().insert("host", "agent".parse().unwrap());
        asked
    };

    let mut body = sender.send_request(with_host("/lines")).await.unwrap().into_body();
    for line in ["one", "two"] {
        world.line.send(line).await.unwrap();
        let frame = tokio::time::timeout(DEADLINE, body.frame()).await.unwrap().unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), format!("{line}\n"));
    }
    drop(world.line);
    assert!(body.frame().await.is_none());

    // Keep-alive survives: the `connection: close` of the QUIC hop was not passed on.
    sender.ready().await.unwrap();
    let response = sender.send_request(with_host("/who")).await.unwrap();
    assert!(response.headers().get("connection").is_none());
    assert_eq!(text(response).await, "server.global.nomad");
}

#[tokio::test]
async fn a_peer_may_hold_far_more_exchanges_open_than_it_starts_with() {
    let mut world = world(Role::Server);
    let (started, mut starts) = mpsc::channel(200);
    let hold = move || {
        let started = started.clone();
        async move {
            started.send(()).await.unwrap();
            std::future::pending::<&str>().await
        }
    };
    world.router = Router::new().route("/hold", get(hold));
    let connection = served(&mut world).await;
    let held: Vec<_> = (0..200)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(
                async move { request(&connection, ask("GET", "/hold", Body::empty())).await.map(drop) },
            )
        })
        .collect();
    for count in 1..=200 {
        let started = tokio::time::timeout(DEADLINE, starts.recv()).await;
        assert!(started.is_ok(), "only {} of 200 exchanges run", count - 1);
    }
    for task in held {
        task.abort();
    }
}
