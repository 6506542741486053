//! The QUIC door, and passing requests on through it.

use std::time::SystemTime;

use axum::body::Body;
use axum::extract::Request;
use http_api::listen::{TcpConfig, serve_quic, serve_tcp};
use http_body_util::BodyExt;
use tokio::net::{TcpListener, TcpStream};
use wire::ca::{CaRequest, ClusterCa, LeafRequest};
use wire::{Accepted, Connection, Credentials, Endpoint, EndpointConfig, Expect, Http, Region, Role};

use crate::agent::api;
use crate::tcp::ask;

/// A leader that serves the API over QUIC, and a connection to it from an agent of the given role.
async fn leader(role: Role) -> (Connection<Http>, Vec<Endpoint>) {
    let ca = ClusterCa::create(&CaRequest::default(), SystemTime::now()).unwrap();
    let region = Region::new("global").unwrap();
    let credentials =
        |role| Credentials::issue(&ca, &LeafRequest::new(role, region.clone()), SystemTime::now()).unwrap();
    let any_port = || EndpointConfig::new("127.0.0.1:0".parse().unwrap());
    let (server, mut listener) = Endpoint::bind(any_port(), &credentials(Role::Server)).unwrap();
    let addr = server.local_addr().unwrap();
    tokio::spawn(async move {
        while let Some(accepted) = listener.next().await {
            let Accepted::Http(connection) = accepted else { panic!("{accepted:?}") };
            tokio::spawn(serve_quic(connection, api(None)));
        }
    });
    let dialler = Endpoint::dial_only(any_port(), &credentials(role)).unwrap();
    let connection = dialler.dial::<Http>(addr, &Expect::server(region)).await.unwrap();
    (connection, vec![server, dialler])
}

#[tokio::test]
async fn a_followers_requests_reach_the_leader_with_their_origin() {
    let (connection, _endpoints) = leader(Role::Server).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(serve_tcp(listener, TcpConfig::default(), api(Some(connection))));
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let answer = ask(&mut stream, "PUT /v1/who HTTP/1.1\r\nhost: localhost", "job").await;
    assert_eq!(answer, "HTTP/1.1 200 OK \"quic server.global.nomad after 1 from tcp internal=0 body=job\"");
}

#[tokio::test]
async fn a_command_line_cannot_pretend_to_pass_something_on() {
    let (connection, _endpoints) = leader(Role::Cli).await;
    let request = Request::builder()
        .uri("/v1/who")
        .header("x-nomadctl-hops", "1")
        .header("x-nomadctl-origin", "unix")
        .body(Body::empty())
        .unwrap();
    let response = wire::http::request(&connection, request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "\"quic cli.global.nomad internal=0 body=\"");
}
