//! Signs of life of a connection on which nobody says anything.

use std::time::{Duration, Instant};

use wire::{Accepted, Client, Role};

use crate::cluster::{Cluster, connect};

/// Until then frames of the handshake may come.
const HANDSHAKE: Duration = Duration::from_millis(300);

#[tokio::test]
async fn a_client_at_rest_is_seen_to_be_alive_within_two_seconds() {
    let cluster = Cluster::new();
    let mut server = cluster.agent(Role::Server, "global");
    let client = cluster.agent(Role::Client, "global");
    let (_dialled, accepted) = connect::<Client>(&client.endpoint, &mut server).await;
    let Accepted::Client(seen) = accepted else { panic!("another protocol arrived") };
    let started = Instant::now();
    let mut last = seen.signs_of_life();
    let mut looks = tokio::time::interval(Duration::from_millis(10));
    loop {
        looks.tick().await;
        let now = seen.signs_of_life();
        if started.elapsed() > HANDSHAKE && now > last {
            return;
        }
        last = now;
        assert!(started.elapsed() < HANDSHAKE + Duration::from_secs(2), "nothing was heard of the client");
    }
}
