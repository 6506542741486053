//! Roles, regions and protocols at the door.

use wire::{Accepted, Client, DialError, Expect, Gossip, Http, Peer, Protocol, Raft, Role};

use crate::cluster::{Agent, Cluster, connect, region};

/// Dials while the server accepts, and returns the dialler's error.
async fn refused<P: Protocol>(from: &Agent, server: &mut Agent, expect: &Expect) -> DialError {
    tokio::select! {
        dialled = from.endpoint.dial::<P>(server.addr, expect) => dialled.unwrap_err(),
        accepted = server.listener.next() => panic!("let in: {accepted:?}"),
    }
}

#[tokio::test]
async fn both_sides_read_the_other_ones_role_and_region() {
    let cluster = Cluster::new();
    let mut server = cluster.agent(Role::Server, "global");
    let client = cluster.agent(Role::Client, "global");
    let (dialled, accepted) = connect::<Client>(&client.endpoint, &mut server).await;
    assert_eq!((dialled.peer().role, dialled.peer().region.as_str()), (Role::Server, "global"));
    let Accepted::Client(accepted) = accepted else { panic!("{accepted:?}") };
    assert_eq!((accepted.peer().role, accepted.peer().region.as_str()), (Role::Client, "global"));
    assert_ne!(dialled.peer().key_fingerprint, accepted.peer().key_fingerprint);
}

#[tokio::test]
async fn every_protocol_arrives_as_its_own_type() {
    let cluster = Cluster::new();
    let mut server = cluster.agent(Role::Server, "global");
    let other = cluster.agent(Role::Server, "global");
    assert!(matches!(connect::<Raft>(&other.endpoint, &mut server).await.1, Accepted::Raft(_)));
    assert!(matches!(connect::<Peer>(&other.endpoint, &mut server).await.1, Accepted::Peer(_)));
    assert!(matches!(connect::<Client>(&other.endpoint, &mut server).await.1, Accepted::Client(_)));
    assert!(matches!(connect::<Gossip>(&other.endpoint, &mut server).await.1, Accepted::Gossip(_)));
    assert!(matches!(connect::<Http>(&other.endpoint, &mut server).await.1, Accepted::Http(_)));
}

#[tokio::test]
async fn a_client_and_a_command_line_cannot_speak_raft() {
    let cluster = Cluster::new();
    let mut server = cluster.agent(Role::Server, "global");
    let addr = server.addr;
    for (role, word) in [(Role::Client, "client"), (Role::Cli, "cli")] {
        let from = cluster.agent(role, "global");
        let error = refused::<Raft>(&from, &mut server, &Expect::server(region("global"))).await;
        let expected = format!("{addr} refused the connection: a {word} may not speak nomad/raft");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn a_server_of_another_region_is_refused_for_raft_peer_and_client_by_both_sides() {
    let cluster = Cluster::new();
    let mut server = cluster.agent(Role::Server, "global");
    let foreign = cluster.agent(Role::Server, "eu");
    let expect = Expect::server(region("global"));
    let text = "is spoken inside one region only: the peer is of region global, this agent of region eu";
    for (error, alpn) in [
        (refused::<Raft>(&foreign, &mut server, &expect).await, "nomad/raft"),
        (refused::<Peer>(&foreign, &mut server, &expect).await, "nomad/peer"),
        (refused::<Client>(&foreign, &mut server, &expect).await, "nomad/client"),
    ] {
        assert_eq!(error.to_string(), format!("{alpn} {text}"));
    }
    assert!(matches!(connect::<Gossip>(&foreign.endpoint, &mut server).await.1, Accepted::Gossip(_)));
    assert!(matches!(connect::<Http>(&foreign.endpoint, &mut server).await.1, Accepted::Http(_)));
}

#[tokio::test]
async fn a_peer_that_is_not_whom_we_expect_is_refused() {
    let cluster = Cluster::new();
    let mut client = cluster.agent(Role::Client, "global");
    let server = cluster.agent(Role::Server, "global");
    let error = refused::<Http>(&server, &mut client, &Expect::server(region("global"))).await;
    assert!(
        matches!(&error, DialError::WrongPeer { expected, .. } if expected == "server.global.nomad"),
        "{error}"
    );
}

#[tokio::test]
async fn a_stranger_with_another_ca_is_refused_on_both_sides() {
    let mut server = Cluster::new().agent(Role::Server, "global");
    let stranger = Cluster::new().agent(Role::Server, "global");
    let error = refused::<Http>(&stranger, &mut server, &Expect::server(region("global"))).await;
    assert!(matches!(error, DialError::WrongPeer { .. }), "{error}");
}

#[tokio::test]
async fn a_protocol_that_the_port_does_not_speak_fails_in_the_handshake() {
    // A plain QUIC server of the same CA that offers another protocol only.
    let cluster = Cluster::new();
    let dialler = cluster.agent(Role::Cli, "global");
    let pair = cluster
        .ca
        .issue(&wire::ca::LeafRequest::new(Role::Server, region("global")), std::time::SystemTime::now())
        .unwrap();
    let plain = plain_server(&pair, b"h3");
    let addr = plain.local_addr().unwrap();
    let accepting = tokio::spawn(async move {
        let incoming = plain.accept().await.unwrap();
        assert!(incoming.await.is_err());
    });
    let error = dialler.endpoint.dial::<Http>(addr, &Expect::server(region("global"))).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{addr} does not speak nomad/http"));
    accepting.await.unwrap();
}

#[tokio::test]
async fn replaced_credentials_count_for_the_next_connection() {
    let old = Cluster::new();
    let new = Cluster::new();
    let mut server = old.agent(Role::Server, "global");
    let mover = new.agent(Role::Client, "global");
    refused::<Http>(&mover, &mut server, &Expect::server(region("global"))).await;
    server.endpoint.replace_credentials(&new.credentials(Role::Server, "global")).unwrap();
    assert!(matches!(connect::<Http>(&mover.endpoint, &mut server).await.1, Accepted::Http(_)));
}

#[tokio::test]
async fn above_a_number_of_handshakes_strangers_prove_their_address_and_above_another_they_wait_outside() {
    let cluster = Cluster::new();
    let client = cluster.agent(Role::Client, "global");
    let mut careful = cluster.agent_with(Role::Server, "global", |config| config.retry_above = 0);
    assert!(matches!(connect::<Http>(&client.endpoint, &mut careful).await.1, Accepted::Http(_)));
    let mut full = cluster.agent_with(Role::Server, "global", |config| config.max_half_open = 0);
    let error = refused::<Http>(&client, &mut full, &Expect::server(region("global"))).await;
    assert!(matches!(error, DialError::Broken { .. }), "{error:?}");
}

fn plain_server(pair: &wire::ca::PemPair, alpn: &[u8]) -> quinn::Endpoint {
    use rustls_pki_types::pem::PemObject;
    use rustls_pki_types::{CertificateDer, PrivateKeyDer};
    let chain = vec![CertificateDer::from_pem_slice(pair.cert_pem.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(pair.key_pem.as_bytes()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    tls.alpn_protocols = vec![alpn.to_vec()];
    let crypto = quinn::crypto::rustls::QuicServerConfig::try_from(tls).unwrap();
    let config = quinn::ServerConfig::with_crypto(std::sync::Arc::new(crypto));
    quinn::Endpoint::server(config, "127.0.0.1:0".parse().unwrap()).unwrap()
}
