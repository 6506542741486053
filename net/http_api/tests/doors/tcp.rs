//! The TCP door.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use http_api::listen::{Limits, TcpConfig, TlsFiles, serve_tcp, tls_config};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wire::ca::{CaRequest, ClusterCa, LeafRequest};
use wire::{Region, Role};

use crate::agent::api;

async fn listen(config: TcpConfig) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(serve_tcp(listener, config, api(None)));
    addr
}

/// Sends a request on an open connection and returns status line and body.
pub(crate) async fn ask(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    head: &str,
    body: &str,
) -> String {
    let request = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&answer);
        if let Some((head, rest)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if rest.len() >= length.parse().unwrap() {
                return format!("{} {rest}", head.lines().next().unwrap());
            }
        }
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.unwrap();
        assert_ne!(count, 0, "closed after {:?}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&chunk[..count]);
    }
}

#[tokio::test]
async fn one_connection_serves_many_requests_and_strips_internal_headers() {
    let addr = listen(TcpConfig::default()).await;
    let mut stream = TcpStream::connect(addr).await.unwrap();
    for body in ["one", "two"] {
        let head =
            "PUT /v1/who HTTP/1.1\r\nhost: localhost\r\nx-nomadctl-hops: 1\r\nx-nomadctl-origin: quic x";
        let answer = ask(&mut stream, head, body).await;
        assert_eq!(answer, format!("HTTP/1.1 200 OK \"tcp loopback=true internal=0 body={body}\""));
    }
}

#[tokio::test]
async fn a_rebound_name_is_refused() {
    let addr = listen(TcpConfig::default()).await;
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let answer = ask(&mut stream, "GET /v1/who HTTP/1.1\r\nhost: evil.example:4646", "").await;
    assert!(answer.starts_with("HTTP/1.1 403 Forbidden host \"evil.example:4646\" refused"), "{answer}");
}

#[tokio::test]
async fn a_client_above_its_cap_is_told_so() {
    let limits = Limits { per_address: 1, total: 10 };
    let addr = listen(TcpConfig { limits, tls: None }).await;
    let mut first = TcpStream::connect(addr).await.unwrap();
    ask(&mut first, "GET /v1/who HTTP/1.1\r\nhost: localhost", "").await;
    let mut second = TcpStream::connect(addr).await.unwrap();
    let mut answer = String::new();
    second.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 429 Too Many Requests\r\n"), "{answer}");
    // The first one goes on.
    ask(&mut first, "GET /v1/who HTTP/1.1\r\nhost: localhost", "").await;
}

#[tokio::test]
async fn https_is_served_with_the_clusters_own_certificates() {
    let ca = ClusterCa::create(&CaRequest::default(), SystemTime::now()).unwrap();
    let request = LeafRequest::new(Role::Server, Region::new("global").unwrap());
    let pair = ca.issue(&request, SystemTime::now()).unwrap();
    let files = TlsFiles { cert_pem: pair.cert_pem, key_pem: pair.key_pem, client_ca_pem: None };
    let addr = listen(TcpConfig { limits: Limits::default(), tls: Some(tls_config(&files).unwrap()) }).await;

    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca.cert_pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
    let stream = TcpStream::connect(addr).await.unwrap();
    let mut stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
    let answer = ask(&mut stream, "GET /v1/who HTTP/1.1\r\nhost: localhost", "").await;
    assert_eq!(answer, "HTTP/1.1 200 OK \"tcp loopback=true internal=0 body=\"");
}
