//! What jobs ask of nodes in the table.

use serde_json::{Value, json};

/// What is asked of nodes, by name.
pub(crate) fn asks() -> Vec<(&'static str, Value)> {
    let constraint = |left: &str, operand: &str, right: &str| json!({"LTarget": left, "Operand": operand, "RTarget": right});
    let group = |change: Value| {
        let mut group = json!({
            "Name": "g", "EphemeralDisk": {"SizeMB": 300},
            "Tasks": [{"Name": "t", "Driver": "exec", "Resources": {"CPU": 250, "MemoryMB": 256}}],
        });
        for (key, value) in change.as_object().into_iter().flatten() {
            group[key] = value.clone();
        }
        json!({"TaskGroups": [group]})
    };
    let gpu = json!([{"Name": "t", "Driver": "exec",
        "Resources": {"CPU": 250, "MemoryMB": 256, "Devices": [{"Name": "nvidia/gpu", "Count": 1}]}}]);
    vec![
        ("plain", json!({})),
        (
            "2 constraints",
            json!({"Constraints": [constraint("${attr.kernel.name}", "=", "linux"), constraint("${node.class}", "!=", "class-9")]}),
        ),
        (
            "affinity",
            json!({"Affinities": [{"LTarget": "${node.class}", "RTarget": "class-1", "Operand": "=", "Weight": 50}]}),
        ),
        ("spread 75 racks", json!({"Spreads": [{"Attribute": "${meta.rack}", "Weight": 50}]})),
        ("distinct_hosts", json!({"Constraints": [{"Operand": "distinct_hosts", "RTarget": "true"}]})),
        (
            "2 dynamic ports",
            group(json!({"Networks": [{"Mode": "host", "DynamicPorts": [{"Label": "a"}, {"Label": "b"}]}]})),
        ),
        ("1 GPU", group(json!({"Tasks": gpu}))),
    ]
}
