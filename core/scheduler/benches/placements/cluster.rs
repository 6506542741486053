//! The simulated cluster, and jobs for it: for the bench and for tests.

use std::sync::Arc;

use model::{
    Core, DeviceInstance, DriverInfo, Eval, EvalId, EvalTrigger, Job, JobDraft, Name, Node, NodeDevice,
    NodeId, NodeNetwork, NodeStatus, Outcome, SchedulerConfig, SecretId, Timestamp,
};
use scheduler::{Options, schedule};
use serde_json::{Value, json};
use state::{Builder, Snapshot};

/// Node `i` of the simulated cluster.
pub(crate) fn node(i: u32) -> Node {
    let scale = 1 << (i % 4);
    let id = NodeId::derive(&[u128::from(i), 1]);
    let mut node = Node::new(id, SecretId::NONE, format!("sim-{i}"));
    node.status = NodeStatus::Ready;
    node.datacenter = Name::from(if i.is_multiple_of(2) { "dc1" } else { "dc2" });
    node.class = format!("class-{}", i % 3).into();
    node.meta.insert("rack".into(), format!("r{}", i % 75).into());
    node.attributes.insert("kernel.name".into(), "linux".into());
    let driver = DriverInfo {
        detected: true,
        healthy: true,
        description: Name::from(""),
        updated_at: Timestamp::NEVER,
        attributes: std::collections::BTreeMap::new(),
    };
    node.drivers.insert("exec".into(), driver);
    node.resources.cpu_mhz = 4 * scale * 2_000;
    node.resources.cores = (0..4 * scale)
        .map(|id| Core { id: id as u16, numa: 0, socket: 0, mhz: 2_000, disabled: false })
        .collect();
    node.resources.memory_mb = 16 * u64::from(scale) * 1_024;
    node.resources.disk_mb = 200 * 1_024;
    node.resources.networks.push(NodeNetwork {
        mode: "host".into(),
        device: "eth0".into(),
        ip: format!("10.{}.{}.{}", i >> 16, (i >> 8) & 255, i & 255).into(),
        cidr: Name::from(""),
        mbits: 1_000,
        alias: "default".into(),
    });
    if i.is_multiple_of(8) {
        node.resources.devices.push(gpus(i));
    }
    node
}

/// Every eighth node has two GPUs.
fn gpus(i: u32) -> NodeDevice {
    let instance = |number: u32| DeviceInstance {
        id: format!("gpu-{i}-{number}").into(),
        healthy: true,
        health_description: Name::from(""),
        pci_bus: Name::from(""),
    };
    NodeDevice {
        vendor: "nvidia".into(),
        device_type: "gpu".into(),
        name: "H200".into(),
        attributes: std::collections::BTreeMap::new(),
        instances: vec![instance(0), instance(1)],
    }
}

/// An evaluation of a job that was registered.
pub(crate) fn eval_of(job: &Job) -> Eval {
    let id = EvalId::derive(&[u128::from(job.create_index), 3]);
    Eval::new(id, job.key(), job.kind(), 50, EvalTrigger::JobRegister)
}

/// A job of one group; `extra` replaces keys of the job.
pub(crate) fn job(kind: &str, count: u32, extra: &Value) -> Job {
    let mut json = json!({
        "ID": "bench", "Name": "bench", "Namespace": "default", "Type": kind, "Priority": 50, "Datacenters": ["*"],
        "NodePool": "default",
        "TaskGroups": [{
            "Name": "g", "Count": count, "EphemeralDisk": {"SizeMB": 300},
            "Tasks": [{"Name": "t", "Driver": "exec", "Resources": {"CPU": 250, "MemoryMB": 256}}],
        }],
    });
    for (key, value) in extra.as_object().into_iter().flatten() {
        json[key] = value.clone();
    }
    let mut job = JobDraft::from_json(&json).unwrap().resolve();
    job.create_index = 10;
    job.modify_index = 10;
    job.job_modify_index = 10;
    job
}

/// A state of so many simulated nodes, and one job.
pub(crate) fn cluster(nodes: u32, job: &Job, algorithm: &str) -> Snapshot {
    let config = SchedulerConfig { algorithm: algorithm.to_owned(), ..SchedulerConfig::initial() };
    let builder = Builder::new().index(1_000).config(config).job(job.clone());
    Arc::new(builder.nodes((0..nodes).map(node)).build())
}

/// The outcome of registering a job.
pub(crate) fn register(snapshot: &Snapshot, job: &Job) -> Outcome {
    let options = Options { now: Timestamp(1_000_000_000), ..Options::default() };
    schedule(snapshot, &eval_of(job), &options).unwrap()
}

/// How many allocations a plan places.
pub(crate) fn placed(outcome: &Outcome) -> usize {
    outcome.plan.placements.iter().map(|run| run.placements.len()).sum()
}
