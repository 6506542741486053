//! An agent that is killed and started again at the same address.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use wire::{Connection, Credentials, Endpoint, EndpointConfig, Expect, Peer, Role};

use crate::cluster::{Cluster, region};

/// A server on a runtime of its own, which ends without a word when the runtime does.
fn server(credentials: Credentials, addr: SocketAddr) -> (Runtime, oneshot::Receiver<SocketAddr>) {
    let runtime = Runtime::new().unwrap();
    let (tell, told) = oneshot::channel();
    runtime.spawn(async move {
        let (endpoint, mut listener) = Endpoint::bind(EndpointConfig::new(addr), &credentials).unwrap();
        tell.send(endpoint.local_addr().unwrap()).unwrap();
        let mut kept = Vec::new();
        while let Some(accepted) = listener.next().await {
            kept.push(accepted);
        }
    });
    (runtime, told)
}

#[tokio::test]
async fn a_peer_notices_a_restart_with_its_next_packet() {
    let cluster = Cluster::new();
    let key = cluster.pair(Role::Server);
    let (first, addr) = server(cluster.with_pair(&key), "127.0.0.1:0".parse().unwrap());
    let addr = addr.await.unwrap();
    let dialler = cluster.agent(Role::Server, "global");
    let expect = Expect::server(region("global"));
    let connection: Connection<Peer> = dialler.endpoint.dial(addr, &expect).await.unwrap();

    first.shutdown_background();
    let second = loop {
        // The port is free as soon as the first one's tasks are gone.
        let (second, bound) = server(cluster.with_pair(&key), addr);
        if bound.await.is_ok() {
            break second;
        }
        second.shutdown_background();
    };
    let reason = tokio::time::timeout(Duration::from_secs(10), connection.closed()).await.unwrap();
    assert_eq!(reason, "reset by peer");
    second.shutdown_background();
}
