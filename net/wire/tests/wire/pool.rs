//! Connections kept for re-use.

use std::time::Duration;

use wire::{Accepted, Expect, Pool, PoolError, Raft, Role, Target};

use crate::cluster::{Cluster, region};

#[tokio::test]
async fn callers_share_a_connection_until_it_breaks() {
    let cluster = Cluster::new();
    let mut server = cluster.agent(Role::Server, "global");
    let other = cluster.agent(Role::Server, "global");
    let pool: Pool<Raft> = Pool::new(other.endpoint.clone(), 8);
    let target = Target { addr: server.addr, expect: Expect::server(region("global")) };

    let (first, second, accepted) =
        tokio::join!(pool.get(&target), pool.get(&target), server.listener.next());
    let (first, second) = (first.unwrap(), second.unwrap());
    let Some(Accepted::Raft(accepted)) = accepted else { panic!("{accepted:?}") };
    accepted.close("restart");
    first.closed().await;
    assert!(second.is_closed(), "both callers had the same connection");

    let (third, accepted) = tokio::join!(pool.get(&target), server.listener.next());
    assert!(accepted.is_some());
    assert!(!third.unwrap().is_closed());
}

#[tokio::test]
async fn a_peer_that_failed_is_left_alone_for_a_while() {
    let cluster = Cluster::new();
    let other = cluster.agent(Role::Client, "global");
    let mut server = cluster.agent(Role::Server, "global");
    let pool: Pool<Raft> = Pool::new(other.endpoint.clone(), 8);
    let target = Target { addr: server.addr, expect: Expect::server(region("global")) };
    let listening = tokio::spawn(async move { server.listener.next().await });
    let first = pool.get(&target).await.unwrap_err();
    assert!(matches!(first, PoolError::Dial { .. }), "{first:?}");
    let second = pool.get(&target).await.unwrap_err();
    let PoolError::BackingOff { wait_ms, .. } = second else { panic!("{second:?}") };
    assert!(Duration::from_millis(u64::try_from(wait_ms).unwrap()) <= Duration::from_millis(50));
    listening.abort();
}
