//! Attributes that only say which system runs the node.

use std::collections::BTreeMap;

/// Adds `nomad.*` and the signals that tasks can be sent.
pub(crate) fn add(attributes: &mut BTreeMap<String, String>, version: &str) {
    let mut put = |key: &str, value: &str| attributes.insert(key.to_owned(), value.to_owned());
    put("nomad.version", version);
    put("nomad.service_discovery", "true");
    put("nomad.bridge.hairpin_mode", "false");
    put("os.signals", &driver::signal::announced());
}
