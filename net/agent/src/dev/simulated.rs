//! Simulated nodes: the real client and protocol with the mock driver, over a few shared endpoints.
//!
//! Limits: nodes start [`AT_ONCE`] at a time, each on a connection of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use client::{Client, Config, SimNode};
use tokio::task::JoinSet;
use wire::ca::ClusterCa;
use wire::{Endpoint, EndpointConfig, Region, Role};

use crate::certificates;
use crate::error::AgentError;
use crate::server_link::{Link, QuicLink};

/// Nodes that start at a time.
const AT_ONCE: usize = 64;
/// Nodes that share an endpoint.
const PER_ENDPOINT: usize = 1_000;

/// Starts `count` nodes and returns when all are registered.
pub(crate) async fn start(
    count: usize,
    ca: &ClusterCa,
    region: &Region,
    servers: &[String],
) -> Result<Vec<Client>, AgentError> {
    let mut endpoints = Vec::new();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    for _ in 0..count.div_ceil(PER_ENDPOINT) {
        let credentials = certificates::issue(ca, Role::Client, region)?;
        let endpoint = Endpoint::dial_only(EndpointConfig::new(any), &credentials)
            .map_err(|source| AgentError::Endpoint { address: any, source: Box::new(source) })?;
        endpoints.push(endpoint);
    }
    let mut starting = JoinSet::new();
    let mut clients = Vec::with_capacity(count);
    for index in 0..count {
        if starting.len() >= AT_ONCE
            && let Some(started) = starting.join_next().await
        {
            clients.push(finish(started)?);
        }
        let endpoint = endpoints[index / PER_ENDPOINT].clone();
        let link = QuicLink::new(endpoint, region.clone(), servers.to_vec());
        let config = Config::simulated(SimNode { index: u32::try_from(index).unwrap_or(u32::MAX) });
        starting.spawn(Client::start(config, Arc::new(Link(Arc::new(link)))));
    }
    while let Some(started) = starting.join_next().await {
        clients.push(finish(started)?);
    }
    Ok(clients)
}

fn finish(
    started: Result<Result<Client, client::StartError>, tokio::task::JoinError>,
) -> Result<Client, AgentError> {
    let started = started.map_err(|error| AgentError::NotReady(0, error.to_string()))?;
    started.map_err(AgentError::Client)
}
