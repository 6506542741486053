//! The computed class: nodes that are alike for every constraint on non-unique attributes.

use crate::id::splitmix;
use crate::{Node, TypedValue};

/// The class of a node: a hash over datacenter, node class, pool, attributes and metadata whose keys do not
/// begin with `unique.`, and its device groups. Never 0, so that 0 can mean "not computed".
#[must_use]
pub fn computed_class(node: &Node) -> u64 {
    let mut hash = Hasher(0x636c_6173_7300_0001);
    hash.text(&node.datacenter);
    hash.text(&node.class);
    hash.text(&node.pool);
    for (key, value) in node.attributes.iter().chain(&node.meta) {
        if !key.starts_with("unique.") {
            hash.text(key);
            hash.text(value);
        }
    }
    for device in &node.resources.devices {
        hash.text(&device.vendor);
        hash.text(&device.device_type);
        hash.text(&device.name);
        for (key, value) in &device.attributes {
            hash.text(key);
            hash.typed(value);
        }
    }
    hash.0.max(1)
}

/// What a node offers beside its class: a hash over drivers and whether they work, networks, volumes of the host
/// and device instances. Nodes of one class and one offer pass the same filters, unless those look at something
/// unique.
#[must_use]
pub fn offer_class(node: &Node) -> u64 {
    let mut hash = Hasher(0x6f66_6665_7200_0001);
    for (name, driver) in &node.drivers {
        hash.text(name);
        hash.number(u64::from(driver.detected) | u64::from(driver.healthy) << 1);
    }
    hash.number(node.resources.networks.len() as u64);
    for network in &node.resources.networks {
        hash.text(&network.mode);
        hash.text(&network.alias);
    }
    for (name, volume) in &node.host_volumes {
        hash.text(name);
        hash.number(u64::from(volume.read_only));
    }
    for instance in node.resources.devices.iter().flat_map(|device| &device.instances) {
        hash.text(&instance.id);
        hash.number(u64::from(instance.healthy));
    }
    hash.0
}

struct Hasher(u64);

impl Hasher {
    fn number(&mut self, number: u64) {
        self.0 = splitmix(self.0 ^ number);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        for chunk in text.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.number(u64::from_le_bytes(word));
        }
    }

    fn typed(&mut self, value: &TypedValue) {
        match value {
            TypedValue::Bool(flag) => self.number(u64::from(*flag)),
            TypedValue::Text(text) => self.text(text),
            TypedValue::Int(number, unit) => {
                self.number(number.cast_unsigned());
                self.text(unit);
            }
            TypedValue::Float(number, unit) => {
                self.number(number.to_bits());
                self.text(unit);
            }
        }
    }
}
