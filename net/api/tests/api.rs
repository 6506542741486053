//! The client against a server in this process.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use api::{Address, ApiError, Body, Client, ClientConfig, FrameText, LogOrigin, LogQuery, Query, Request};
use bytes::Bytes;
use expect_test::expect;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

type Log = Arc<Mutex<Vec<String>>>;

/// Answers every request with the same status and body, and writes down what was asked.
async fn serve(status: u16, body: &'static str) -> (SocketAddr, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let log = Log::default();
    let seen = log.clone();
    tokio::spawn(async move {
        let mut connections = 0;
        while let Ok((stream, _)) = listener.accept().await {
            connections += 1;
            let seen = seen.clone();
            let service = service_fn(move |request: hyper::Request<Incoming>| {
                let token =
                    request.headers().get("x-nomad-token").map_or("-", |value| value.to_str().unwrap());
                seen.lock().unwrap().push(format!(
                    "connection {connections}: {} {} token {token}",
                    request.method(),
                    request.uri()
                ));
                let response = hyper::Response::builder()
                    .status(status)
                    .header("x-nomad-index", "42")
                    .body(Full::new(Bytes::from_static(body.as_bytes())))
                    .unwrap();
                async move { Ok::<_, Infallible>(response) }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    (addr, log)
}

fn client(address: &str) -> Client {
    let mut config = ClientConfig::new(Address::parse(address).unwrap());
    config.region = Some("eu".to_owned());
    config.token = Some("secret".to_owned());
    Client::new(config).unwrap()
}

#[tokio::test]
async fn requests_carry_region_and_token_and_share_a_connection() {
    let (addr, log) = serve(200, r#"[{"ID":"web","Periodic":null}]"#).await;
    let client = client(&format!("http://{addr}"));
    for _ in 0..2 {
        let reply = client.jobs().list(Query::prefix("we")).await.unwrap();
        assert_eq!((reply.value[0].id.as_str(), reply.meta.index), ("web", 42));
    }
    client.scoped(None, Some("team")).jobs().list(Query::default()).await.unwrap();
    expect![[r#"
        connection 1: GET /v1/jobs?region=eu&prefix=we token secret
        connection 1: GET /v1/jobs?region=eu&prefix=we token secret
        connection 1: GET /v1/jobs?region=eu&namespace=team token secret"#]]
    .assert_eq(&log.lock().unwrap().join("\n"));
}

#[tokio::test]
async fn an_error_of_the_agent_keeps_its_status_and_text() {
    let (addr, _) = serve(404, "job not found\n").await;
    let error = client(&format!("http://{addr}")).jobs().info("ghost", Query::default()).await.unwrap_err();
    assert_eq!(error.status(), Some(404));
    assert_eq!(error.to_string(), "Unexpected response code: 404 (job not found)");
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_refused_by_name() {
    let (addr, _) = serve(200, "<html>").await;
    let error = client(&format!("http://{addr}")).jobs().list(Query::default()).await.unwrap_err();
    assert!(matches!(error, ApiError::Decode { .. }), "{error}");
    assert!(error.to_string().contains("/v1/jobs"), "{error}");
}

#[tokio::test]
async fn a_log_is_read_frame_by_frame() {
    let (addr, log) = serve(200, r#"{"Data":"aGk="}{}{"FileEvent":"file truncated"}"#).await;
    let wanted = LogQuery { task: "t".to_owned(), kind: "stdout", origin: LogOrigin::End(10), follow: true };
    let mut stream = client(&format!("http://{addr}")).client().logs("a1", &wanted).await.unwrap();
    let mut said = Vec::new();
    while let Some(frame) = stream.next().await.unwrap() {
        said.push(frame);
    }
    assert_eq!(
        said,
        [FrameText::Data(b"hi".to_vec()), FrameText::Alive, FrameText::Event("file truncated".to_owned())]
    );
    assert!(log.lock().unwrap()[0].contains("type=stdout&origin=end&offset=10&follow=true"));
}

#[tokio::test]
async fn an_unreachable_agent_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let error = client(&format!("http://{addr}")).jobs().list(Query::default()).await.unwrap_err();
    assert!(error.is_refused());
    assert_eq!(
        error.to_string(),
        format!("Get \"http://{addr}/v1/jobs?region=eu\": dial tcp {addr}: connect: connection refused")
    );
    let error = client("unix:///nonexistent/agent.sock").agent().members().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Get \"unix:///nonexistent/agent.sock/v1/agent/members?region=eu\": dial unix \
         /nonexistent/agent.sock: connect: no such file or directory"
    );
}

#[tokio::test]
async fn https_to_a_plain_port_says_that_there_is_no_tls() {
    let (addr, _) = serve(200, "[]").await;
    let error = client(&format!("https://{addr}")).jobs().list(Query::default()).await.unwrap_err();
    assert!(error.to_string().contains("tls: "), "{error}");
}

#[tokio::test]
async fn a_raw_request_sends_its_body_and_gives_any_status() {
    let (addr, log) = serve(418, "teapot").await;
    let request = Request {
        body: Body::Bytes(b"x".to_vec()),
        ..Request::new(api::Method::POST, "/v1/any?pretty", Query::default())
    };
    let response = client(&format!("http://{addr}")).send(request).await.unwrap();
    assert_eq!(response.status, 418);
    assert_eq!(response.collect(100).await.unwrap(), "teapot");
    assert!(log.lock().unwrap()[0].contains("POST /v1/any?pretty&region=eu"));
}

/// The same API behind a QUIC endpoint of `wire`.
#[tokio::test]
async fn quic_needs_certificates_and_then_serves_the_same_api() {
    use std::time::SystemTime;
    use wire::ca::{CaRequest, ClusterCa, LeafRequest};
    use wire::{Credentials, Endpoint, EndpointConfig, Region, Role};

    let now = SystemTime::now();
    let region = Region::new("global").unwrap();
    let ca = ClusterCa::create(&CaRequest::default(), now).unwrap();
    let server = Credentials::issue(&ca, &LeafRequest::new(Role::Server, region.clone()), now).unwrap();
    let config = EndpointConfig::new("127.0.0.1:0".parse().unwrap());
    let (endpoint, mut listener) = Endpoint::bind(config, &server).unwrap();
    let addr = endpoint.local_addr().unwrap();
    tokio::spawn(async move {
        while let Some(wire::Accepted::Http(connection)) = listener.next().await {
            let router = axum::Router::new()
                .route("/v1/status/leader", axum::routing::get(|| async { "\"127.0.0.1:4647\"" }));
            tokio::spawn(wire::http::accept_loop(connection, router));
        }
    });

    let address = Address::parse(&format!("quic://{addr}")).unwrap();
    let error = Client::new(ClientConfig::new(address.clone())).unwrap_err();
    assert!(error.to_string().contains("the CA certificate (-ca-cert)"), "{error}");

    let folder = tempfile::tempdir().unwrap();
    let cli = ca.issue(&LeafRequest::new(Role::Cli, region), now).unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Some(path)
    };
    let mut config = ClientConfig::new(address);
    config.tls.ca_cert = file("ca.pem", ca.cert_pem());
    config.tls.client_cert = file("cli.pem", &cli.cert_pem);
    config.tls.client_key = file("cli-key.pem", &cli.key_pem);
    let client = Client::new(config).unwrap();
    assert_eq!(client.status().leader(None).await.unwrap().value, "127.0.0.1:4647");
}

/// Serves `[]` with TLS, with a certificate for `server.global.nomad` and 127.0.0.1.
async fn serve_tls(ca: &wire::ca::ClusterCa) -> SocketAddr {
    use rustls_pki_types::pem::PemObject;
    use rustls_pki_types::{CertificateDer, PrivateKeyDer};

    let region = wire::Region::new("global").unwrap();
    let request = wire::ca::LeafRequest::new(wire::Role::Server, region);
    let pair = ca.issue(&request, std::time::SystemTime::now()).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(pair.cert_pem.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(pair.key_pem.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust the certificate goes away.
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            let service = service_fn(|_| async {
                Ok::<_, Infallible>(hyper::Response::new(Full::new(Bytes::from_static(b"[]"))))
            });
            let http = hyper::server::conn::http1::Builder::new();
            tokio::spawn(http.serve_connection(TokioIo::new(stream), service));
        }
    });
    addr
}

#[tokio::test]
async fn https_trusts_the_given_ca_only_unless_verification_is_off() {
    use wire::ca::{CaRequest, ClusterCa};

    let now = std::time::SystemTime::now();
    let ca = ClusterCa::create(&CaRequest::default(), now).unwrap();
    let other = ClusterCa::create(&CaRequest::default(), now).unwrap();
    let addr = serve_tls(&ca).await;
    let folder = tempfile::tempdir().unwrap();
    let (right, wrong) = (folder.path().join("right.pem"), folder.path().join("wrong.pem"));
    std::fs::write(&right, ca.cert_pem()).unwrap();
    std::fs::write(&wrong, other.cert_pem()).unwrap();

    let ask = async |change: &dyn Fn(&mut api::TlsFiles)| {
        let mut config = ClientConfig::new(Address::parse(&format!("https://{addr}")).unwrap());
        change(&mut config.tls);
        Client::new(config).unwrap().jobs().list(Query::default()).await.map_err(|error| error.to_string())
    };
    assert!(ask(&|tls| tls.ca_cert = Some(right.clone())).await.is_ok());
    let named = |tls: &mut api::TlsFiles| {
        tls.ca_cert = Some(right.clone());
        tls.server_name = Some("server.global.nomad".to_owned());
    };
    assert!(ask(&named).await.is_ok());
    assert!(ask(&|tls| tls.skip_verify = true).await.is_ok());

    let untrusted = ask(&|tls| tls.ca_cert = Some(wrong.clone())).await.unwrap_err();
    assert!(untrusted.contains("tls: failed to verify the agent's certificate"), "{untrusted}");
    let misnamed = |tls: &mut api::TlsFiles| {
        tls.ca_cert = Some(right.clone());
        tls.server_name = Some("server.eu.nomad".to_owned());
    };
    let misnamed = ask(&misnamed).await.unwrap_err();
    assert!(misnamed.contains("tls: failed to verify the agent's certificate"), "{misnamed}");
}
