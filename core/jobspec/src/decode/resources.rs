//! `resources` of tasks: CPU, memory, devices, NUMA.
//!
//! Limits: defaults and exclusions come from canonicalisation and validation.

use model::{DeviceAskDraft, NumaDraft, ResourcesDraft};

use super::constraint::{affinity, constraint};
use super::network::network;
use super::reader::Reader;

pub(super) fn resources(reader: &mut Reader<'_>) -> ResourcesDraft {
    ResourcesDraft {
        cpu: reader.number("cpu"),
        cores: reader.number("cores"),
        memory_mb: reader.number("memory"),
        memory_max_mb: reader.number("memory_max"),
        disk_mb: reader.number("disk"),
        iops: reader.number("iops"),
        secrets_mb: reader.number("secrets"),
        networks: reader.list("network", network),
        devices: reader.labelled("device", device),
        numa: reader.single("numa", numa),
    }
}

fn device(reader: &mut Reader<'_>, name: &str) -> DeviceAskDraft {
    DeviceAskDraft {
        name: Some(name.to_owned()),
        count: reader.number("count"),
        constraints: reader.list("constraint", constraint),
        affinities: reader.list("affinity", affinity),
    }
}

fn numa(reader: &mut Reader<'_>) -> NumaDraft {
    NumaDraft { affinity: reader.text("affinity"), devices: reader.texts("devices") }
}
