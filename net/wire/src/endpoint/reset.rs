//! Telling the peers of an earlier run of this agent that their connections are gone.
//!
//! Purpose: an agent that was killed and started again at the same address answers packets of connections that it does
//! not know by a *stateless reset* (RFC 9000, section 10.3), which a peer believes only when it carries the token that
//! the earlier run announced. The tokens therefore follow from the private key and the address, not from chance: a
//! peer notices the restart with its next packet instead of after the idle timeout.
//! Limits: at most one reset in [`INTERVAL`]; an agent with a new key or address is noticed by silence.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::{hmac, rand};
use quinn::{ConnectionId, ConnectionIdGenerator, EndpointConfig};

use crate::Credentials;

/// Shortest time between two resets: thousands of peers are told within a second, and a flood of forged packets costs
/// little.
const INTERVAL: Duration = Duration::from_micros(200);
/// Length of a connection id.
const ID_BYTES: usize = 8;

/// Returns the settings of an endpoint whose peers recognise it after a restart.
pub(super) fn endpoint_config(credentials: &Credentials, addr: SocketAddr) -> EndpointConfig {
    let secret = credentials.derive(&format!("stateless resets of {addr}"));
    let mut config = EndpointConfig::new(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &secret)));
    config.min_reset_interval(INTERVAL);
    config.cid_generator(|| Box::new(RandomIds));
    config
}

/// Connection ids without a mark of this run: those of an earlier run must not be told apart, or their packets would
/// be dropped without an answer.
struct RandomIds;

impl ConnectionIdGenerator for RandomIds {
    fn generate_cid(&mut self) -> ConnectionId {
        let mut bytes = [0; ID_BYTES];
        rand::fill(&mut bytes).expect("the system has random numbers");
        ConnectionId::new(&bytes)
    }

    fn cid_len(&self) -> usize {
        ID_BYTES
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}
