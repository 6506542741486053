//! A CA and endpoints for the tests.

use std::net::SocketAddr;
use std::time::SystemTime;

use wire::ca::{CaRequest, ClusterCa, LeafRequest, PemPair};
use wire::endpoint::Listener;
use wire::{Accepted, Connection, Credentials, Endpoint, EndpointConfig, Expect, Protocol, Region, Role};

pub(crate) struct Cluster {
    pub(crate) ca: ClusterCa,
}

/// An endpoint with its accepting half and address.
pub(crate) struct Agent {
    pub(crate) endpoint: Endpoint,
    pub(crate) listener: Listener,
    pub(crate) addr: SocketAddr,
}

pub(crate) fn region(name: &str) -> Region {
    Region::new(name).unwrap()
}

impl Cluster {
    pub(crate) fn new() -> Cluster {
        Cluster { ca: ClusterCa::create(&CaRequest::default(), SystemTime::now()).unwrap() }
    }

    pub(crate) fn credentials(&self, role: Role, region_name: &str) -> Credentials {
        Credentials::issue(&self.ca, &LeafRequest::new(role, region(region_name)), SystemTime::now()).unwrap()
    }

    /// Makes a certificate of region `global` that can be used again.
    pub(crate) fn pair(&self, role: Role) -> PemPair {
        self.ca.issue(&LeafRequest::new(role, region("global")), SystemTime::now()).unwrap()
    }

    pub(crate) fn with_pair(&self, pair: &PemPair) -> Credentials {
        Credentials::from_pem(self.ca.cert_pem(), &pair.cert_pem, &pair.key_pem).unwrap()
    }

    pub(crate) fn agent(&self, role: Role, region_name: &str) -> Agent {
        self.agent_with(role, region_name, |_| ())
    }

    pub(crate) fn agent_with(
        &self,
        role: Role,
        region_name: &str,
        change: impl Fn(&mut EndpointConfig),
    ) -> Agent {
        let mut config = EndpointConfig::new("127.0.0.1:0".parse().unwrap());
        change(&mut config);
        let (endpoint, listener) = Endpoint::bind(config, &self.credentials(role, region_name)).unwrap();
        let addr = endpoint.local_addr().unwrap();
        Agent { endpoint, listener, addr }
    }
}

/// Connects `from` to a server of region `global` and returns both ends.
pub(crate) async fn connect<P: Protocol>(from: &Endpoint, server: &mut Agent) -> (Connection<P>, Accepted) {
    let expect = Expect::server(region("global"));
    let (dialled, accepted) = tokio::join!(from.dial::<P>(server.addr, &expect), server.listener.next());
    (dialled.unwrap(), accepted.unwrap())
}
