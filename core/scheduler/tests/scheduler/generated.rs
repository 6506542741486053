//! Clusters and jobs made at random, small enough to check by hand and varied enough to reach every rule.

use std::sync::Arc;

use model::{Core, Job, Name, Node, NodeId, Outcome};
use proptest::prelude::*;
use serde_json::{Value, json};
use state::apply::PlanCommit;
use state::{Builder, Command, Entry, Snapshot};

use crate::bench;

/// A cluster, and the jobs that come to it one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Generated {
    pub(crate) nodes: Vec<Node>,
    pub(crate) jobs: Vec<Job>,
    pub(crate) algorithm: &'static str,
}

/// How often each property is tried: 2,000 times, or as often as `PROPTEST_CASES` says (100,000 at night).
pub(crate) fn config() -> ProptestConfig {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let is_set = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig { cases: if is_set { config.cases } else { 2_000 }, ..config }
}

fn node() -> impl Strategy<Value = (u32, u64, u64, u32, u32, u32, bool)> {
    (1_u32..9, 1_u64..9, 1_u64..9, 0_u32..12, 0_u32..4, 0_u32..6, prop::bool::weighted(0.2))
}

/// Node `i`; a quarter of the nodes takes few allocations only.
fn made(i: u32, shape: (u32, u64, u64, u32, u32, u32, bool)) -> Node {
    let (cores, memory, disk, max, gpus, rack, kept) = shape;
    let mut node = bench::node(if gpus == 3 { i * 8 } else { i * 8 + 1 });
    node.id = NodeId::derive(&[u128::from(i), 5]);
    node.datacenter = Name::from(if i.is_multiple_of(2) { "dc1" } else { "dc2" });
    node.class = format!("class-{}", i % 3).into();
    node.resources.cores =
        (0..cores as u16).map(|id| Core { id, numa: 0, socket: 0, mhz: 1_000, disabled: false }).collect();
    node.resources.cpu_mhz = cores * 1_000;
    node.resources.memory_mb = memory * 1_024;
    node.resources.disk_mb = disk * 1_000;
    node.resources.max_allocs = if max < 3 { max + 1 } else { 0 };
    node.attributes.insert("size".into(), cores.to_string().into());
    if kept {
        node.reserved.ports.push(8_080);
    }
    if rack == 5 {
        node.meta.remove("rack");
    } else {
        node.meta.insert("rack".into(), format!("r{rack}").into());
    }
    node
}

fn rules() -> impl Strategy<Value = Value> {
    let constraint = |left: &str, operand: &str, right: &str| json!({"LTarget": left, "Operand": operand, "RTarget": right});
    let constraints = prop::sample::subsequence(
        vec![
            constraint("${node.class}", "!=", "class-1"),
            constraint("${attr.size}", ">=", "3"),
            constraint("${meta.rack}", "is_set", ""),
            json!({"Operand": "distinct_hosts", "RTarget": "true"}),
            json!({"Operand": "distinct_property", "LTarget": "${meta.rack}", "RTarget": "2"}),
        ],
        0..3,
    );
    let affinities = prop::sample::subsequence(
        vec![
            json!({"LTarget": "${node.class}", "RTarget": "class-0", "Operand": "=", "Weight": 50}),
            json!({"LTarget": "${attr.size}", "RTarget": "4", "Operand": ">=", "Weight": -30}),
        ],
        0..3,
    );
    let targets = json!([{"Value": "dc1", "Percent": 70}, {"Value": "dc2", "Percent": 20}]);
    let spreads = prop::sample::subsequence(
        vec![
            json!({"Attribute": "${meta.rack}", "Weight": 50}),
            json!({"Attribute": "${node.datacenter}", "Weight": 30, "SpreadTarget": targets}),
        ],
        0..3,
    );
    let maybe = prop::bool::weighted(0.4);
    (constraints, affinities, spreads, maybe, maybe, maybe).prop_map(
        |(constraints, affinities, spreads, constrained, preferring, spread)| {
            json!({
                "Constraints": if constrained { constraints } else { Vec::new() },
                "Affinities": if preferring { affinities } else { Vec::new() },
                "Spreads": if spread { spreads } else { Vec::new() },
            })
        },
    )
}

fn group() -> impl Strategy<Value = Value> {
    let amounts = (1_u32..1_500, 1_u32..2_000, 0_u32..900);
    let ports = (0_usize..3, prop::bool::weighted(0.2), prop_oneof![Just(0_u32), 1_u32..400]);
    let gpu = (prop::bool::weighted(0.1), prop_oneof![9 => Just(0_u32), 1 => 1_u32..4]);
    (amounts, ports, gpu, prop::bool::weighted(0.3)).prop_map(
        |((cpu, memory, disk), (dynamic, fixed, mbits), (gpu, cores), has_network)| {
            let dynamic: Vec<Value> = (0..dynamic).map(|port| json!({"Label": format!("p{port}")})).collect();
            let fixed = if fixed { vec![json!({"Label": "s", "Value": 8_080})] } else { Vec::new() };
            let network =
                json!([{"Mode": "host", "MBits": mbits, "DynamicPorts": dynamic, "ReservedPorts": fixed}]);
            let devices = if gpu { json!([{"Name": "nvidia/gpu", "Count": 1}]) } else { json!([]) };
            let resources = json!({"CPU": cpu, "MemoryMB": memory, "Cores": cores, "Devices": devices});
            json!([{
                "Name": "g", "EphemeralDisk": {"SizeMB": disk},
                "Networks": if has_network { network } else { json!([]) },
                "Tasks": [{"Name": "t", "Driver": "exec", "Resources": resources}],
            }])
        },
    )
}

fn job() -> impl Strategy<Value = (bool, u32, u32, Value, Value)> {
    (any::<bool>(), 1_u32..25, 0_u32..12, rules(), group())
}

/// A cluster of a few nodes, or now and then of some hundred.
pub(crate) fn generated() -> impl Strategy<Value = Generated> {
    let count = prop_oneof![39 => 1_usize..24, 1 => 270_usize..500];
    let nodes = count.prop_flat_map(|count| prop::collection::vec(node(), count));
    let jobs = prop::collection::vec(job(), 1..4);
    (nodes, jobs, prop::sample::select(vec!["pack", "binpack", "spread"])).prop_map(
        |(nodes, jobs, algorithm)| {
            let nodes = (0..).zip(nodes).map(|(i, shape)| made(i, shape)).collect();
            let jobs = (0..).zip(jobs).flat_map(|(number, job)| twice(number, &job)).collect();
            Generated { nodes, jobs, algorithm }
        },
    )
}

/// A job, and the same with a higher count: its allocations are there already then.
fn twice(number: u64, job: &(bool, u32, u32, Value, Value)) -> Vec<Job> {
    let (is_batch, count, more, rules, group) = job;
    let mut extra = rules.clone();
    extra["TaskGroups"] = group.clone();
    let mut first = bench::job(if *is_batch { "batch" } else { "service" }, *count, &extra);
    first.id = format!("job-{number}");
    first.create_index = 10 + number;
    first.task_groups[0].count = i64::from(*count);
    let mut second = first.clone();
    second.task_groups[0].count += i64::from(*more);
    if *more > 0 { vec![first, second] } else { vec![first] }
}

impl Generated {
    /// The cluster without any job.
    pub(crate) fn cluster(&self) -> Snapshot {
        let config = model::SchedulerConfig {
            algorithm: self.algorithm.to_owned(),
            ..model::SchedulerConfig::initial()
        };
        Arc::new(Builder::new().index(1_000).config(config).nodes(self.nodes.iter().cloned()).build())
    }
}

/// A state with a job in it.
pub(crate) fn with_job(snapshot: &Snapshot, job: &Job) -> Snapshot {
    Arc::new(Builder::from_state((**snapshot).clone()).job(job.clone()).build())
}

/// A state on which a plan was committed.
pub(crate) fn committed(before: &Snapshot, outcome: Outcome) -> Snapshot {
    let commit = PlanCommit { plan: outcome.plan, evals: vec![outcome.eval] };
    let entry = Entry { now: model::Timestamp(5), command: Command::ApplyPlans(vec![commit]) };
    let mut state = (**before).clone();
    let index = state.index + 1;
    state.apply(index, &entry).reply.unwrap();
    Arc::new(state)
}
