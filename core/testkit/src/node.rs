//! Nodes.

use std::collections::BTreeMap;

use model::{DriverInfo, Name, Node, NodeId, NodeNetwork, NodeStatus, SecretId, Timestamp};

/// The id of [`node`]`(number)`.
#[must_use]
pub fn node_id(number: u64) -> NodeId {
    NodeId::derive(&[0x6e6f_6465, u128::from(number)])
}

/// A ready node `node-<number>` of class `c<number mod 3>` in `dc1` with 4,000 MHz, 8,192 MB of memory,
/// 100,000 MB of disk, 1,000 Mbit/s and a healthy `mock_driver`.
#[must_use]
pub fn node(number: u64) -> Node {
    let mut node = Node::new(
        node_id(number),
        SecretId::derive(&[u128::from(number)]),
        format!("node-{number}").as_str(),
    );
    node.class = Name::from(format!("c{}", number % 3));
    node.status = NodeStatus::Ready;
    node.resources.cpu_mhz = 4_000;
    node.resources.memory_mb = 8_192;
    node.resources.disk_mb = 100_000;
    node.resources.networks = vec![network(number)];
    node.attributes = [("kernel.name", "linux"), ("cpu.arch", "amd64"), ("driver.mock_driver", "1")]
        .into_iter()
        .map(|(key, value)| (Name::from(key), Name::from(value)))
        .collect();
    node.drivers = BTreeMap::from([(Name::from("mock_driver"), driver())]);
    node
}

/// Like [`node`], ten times as large.
#[must_use]
pub fn big_node(number: u64) -> Node {
    let mut node = node(number);
    node.resources.cpu_mhz *= 10;
    node.resources.memory_mb *= 10;
    node.resources.disk_mb *= 10;
    node
}

fn network(number: u64) -> NodeNetwork {
    let ip = format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
    NodeNetwork {
        mode: Name::from("host"),
        device: Name::from("eth0"),
        cidr: Name::from(format!("{ip}/32")),
        ip: Name::from(ip),
        mbits: 1_000,
        alias: Name::from("default"),
    }
}

fn driver() -> DriverInfo {
    DriverInfo {
        detected: true,
        healthy: true,
        description: Name::from("Healthy"),
        updated_at: Timestamp::NEVER,
        attributes: BTreeMap::new(),
    }
}
