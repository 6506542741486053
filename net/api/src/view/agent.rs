//! Agents and the servers they know.

use std::collections::BTreeMap;

use super::view;

view! {
    /// The servers that an agent knows.
    Members {
        /// Name of the asked agent.
        server_name: String,
        /// Its region.
        server_region: String,
        /// Its datacenter.
        #[serde(rename = "ServerDC")]
        server_dc: String,
        /// The servers.
        members: Vec<Member>,
    }

    /// A server.
    Member {
        /// Name.
        name: String,
        /// Address.
        addr: String,
        /// Port of its gossip.
        port: u16,
        /// `alive`, `failed` or `left`.
        status: String,
        /// Version of its gossip.
        protocol_cur: u64,
        /// What it says about itself.
        tags: BTreeMap<String, String>,
    }

    /// How an attempt to join clusters ended.
    JoinAnswer {
        /// How many addresses led to a cluster.
        #[serde(rename = "num_joined")]
        joined: u64,
        /// Why none did.
        #[serde(rename = "error")]
        error: String,
    }

    /// Who votes in a region.
    RaftConfiguration {
        /// The servers.
        servers: Vec<RaftServer>,
        /// Index of the configuration.
        index: u64,
    }

    /// A server of the Raft group.
    RaftServer {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Name.
        node: String,
        /// Address.
        address: String,
        /// Whether it leads.
        leader: bool,
        /// Whether it votes.
        voter: bool,
        /// Version.
        raft_protocol: String,
    }
}
