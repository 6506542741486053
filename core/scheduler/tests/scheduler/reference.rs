//! The rules once more, in the plainest way: every node, every allocation, every formula, for every placement.

use std::collections::BTreeMap;

use model::{Alloc, GroupAsk, Job, Node, NodeId, Spread};
use state::State;

/// What one node holds.
#[derive(Debug, Clone, Default)]
struct Held {
    cpu_mhz: u64,
    memory_mb: u64,
    disk_mb: u64,
    mbits: u64,
    allocs: u32,
    cores: u64,
    /// Holders of port 8080.
    port: u32,
    gpus: usize,
    /// Allocations of the job, and those of them that are not over.
    of_job: u32,
}

/// A job and the nodes while its allocations are placed.
#[derive(Debug)]
pub(crate) struct Reference<'a> {
    nodes: Vec<&'a Node>,
    job: &'a Job,
    ask: GroupAsk,
    algorithm: &'a str,
    held: BTreeMap<NodeId, Held>,
    /// Allocations of the job by what a rule may look at, and its value.
    counts: BTreeMap<(&'static str, String), u32>,
}

/// What spreads and distinct properties may look at.
const COUNTED: [&str; 2] = ["${meta.rack}", "${node.datacenter}"];

fn has_fixed_port(job: &Job) -> bool {
    job.task_groups[0].networks.iter().any(|network| !network.reserved_ports.is_empty())
}

/// CPU in MHz; every core of the generated clusters has 1,000.
fn cpu_of(ask: GroupAsk) -> u64 {
    ask.cpu_mhz + 1_000 * u64::from(ask.cores)
}

fn gpus_of(job: &Job) -> usize {
    let resources = job.task_groups[0].tasks[0].resources.as_ref();
    resources.map_or(0, |resources| resources.devices.len())
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

impl<'a> Reference<'a> {
    pub(crate) fn new(state: &'a State, job: &'a Job) -> Self {
        let ask = GroupAsk::of(&job.task_groups[0]);
        let mut reference = Self {
            nodes: state.nodes().map(AsRef::as_ref).collect(),
            job,
            ask,
            algorithm: &state.config.algorithm,
            held: BTreeMap::new(),
            counts: BTreeMap::new(),
        };
        for alloc in state.allocs() {
            reference.hold(alloc.node, &alloc.job, is_of(alloc, job));
        }
        reference
    }

    fn hold(&mut self, node: NodeId, job: &Job, is_mine: bool) {
        let ask = GroupAsk::of(&job.task_groups[0]);
        let held = self.held.entry(node).or_default();
        held.cpu_mhz += cpu_of(ask);
        held.cores += u64::from(ask.cores);
        held.memory_mb += ask.memory_mb;
        held.disk_mb += ask.disk_mb;
        held.mbits += ask.mbits;
        held.allocs += 1;
        held.port += u32::from(has_fixed_port(job));
        held.gpus += gpus_of(job);
        held.of_job += u32::from(is_mine);
        let found = self.nodes.iter().find(|other| is_mine && other.id == node);
        for (target, value) in
            found.into_iter().flat_map(|node| COUNTED.map(|target| (target, value(node, target))))
        {
            *self.counts.entry((target, value.unwrap_or_default())).or_default() += 1;
        }
    }

    /// Places an allocation of the job.
    pub(crate) fn place(&mut self, node: NodeId) {
        let job = self.job;
        self.hold(node, job, true);
    }

    fn held(&self, node: &Node) -> Held {
        self.held.get(&node.id).cloned().unwrap_or_default()
    }

    /// The highest score of all nodes; none when no node may be used.
    pub(crate) fn best(&self) -> Option<f64> {
        self.nodes.iter().filter_map(|node| self.score_of(node)).reduce(f64::max)
    }

    /// The score of a node; none when it may not be used.
    pub(crate) fn score(&self, id: NodeId) -> Option<f64> {
        self.nodes.iter().find(|node| node.id == id).and_then(|node| self.score_of(node))
    }

    fn score_of(&self, node: &Node) -> Option<f64> {
        if !self.is_feasible(node) || !self.has_room(node) {
            return None;
        }
        let mut terms = vec![self.fit(node)];
        let there = self.held(node).of_job;
        let is_batch_packing = self.algorithm == "pack" && self.job.job_type == "batch";
        if there > 0 && !is_batch_packing {
            terms.push(-f64::from(there + 1) / ratio(self.job.task_groups[0].count.unsigned_abs(), 1));
        }
        let weights: f64 = self.job.affinities.iter().map(|affinity| f64::from(affinity.weight).abs()).sum();
        if weights > 0.0 {
            let met = self
                .job
                .affinities
                .iter()
                .filter(|affinity| meets(node, &affinity.ltarget, &affinity.operand, &affinity.rtarget));
            terms.push(met.map(|affinity| f64::from(affinity.weight)).sum::<f64>() / weights);
        }
        let boost: f64 = self.job.spreads.iter().map(|spread| self.boost(spread, node)).sum();
        if boost != 0.0 {
            terms.push(boost);
        }
        Some(terms.iter().sum::<f64>() / ratio(terms.len() as u64, 1))
    }

    fn is_feasible(&self, node: &Node) -> bool {
        let gpus: usize = node.resources.devices.iter().map(|device| device.instances.len()).sum();
        gpus >= gpus_of(self.job)
            && self.job.constraints.iter().all(|rule| match rule.operand.as_str() {
                "distinct_hosts" => self.held(node).of_job == 0,
                "distinct_property" => value(node, &rule.ltarget).is_some_and(|value| {
                    u64::from(self.count(&rule.ltarget, &value)) < rule.rtarget.parse().unwrap()
                }),
                _ => meets(node, &rule.ltarget, &rule.operand, &rule.rtarget),
            })
    }

    fn has_room(&self, node: &Node) -> bool {
        let (has, held) = (&node.resources, self.held(node));
        let gpus: usize = has.devices.iter().map(|device| device.instances.len()).sum();
        let kept = node.reserved.ports.contains(&8_080);
        held.cpu_mhz + cpu_of(self.ask) <= u64::from(has.cpu_mhz)
            && held.cores + u64::from(self.ask.cores) <= has.cores.len() as u64
            && held.memory_mb + self.ask.memory_mb <= has.memory_mb
            && held.disk_mb + self.ask.disk_mb <= has.disk_mb
            && held.mbits + self.ask.mbits <= u64::from(has.networks[0].mbits)
            && (has.max_allocs == 0 || held.allocs < has.max_allocs)
            && !(has_fixed_port(self.job) && (kept || held.port > 0))
            && held.gpus + gpus_of(self.job) <= gpus
    }

    fn fit(&self, node: &Node) -> f64 {
        let (has, held) = (&node.resources, self.held(node));
        let cpu = ratio(held.cpu_mhz + cpu_of(self.ask), u64::from(has.cpu_mhz));
        let memory = ratio(held.memory_mb + self.ask.memory_mb, has.memory_mb);
        let powers = 10_f64.powf(1.0 - cpu) + 10_f64.powf(1.0 - memory);
        match self.algorithm {
            "binpack" => (20.0 - powers).clamp(0.0, 18.0) / 18.0,
            "spread" => (powers - 2.0).clamp(0.0, 18.0) / 18.0,
            _ => self.pack(node, cpu + memory),
        }
    }

    /// The weighted mean of the fill of everything that is asked for; CPU and memory always are.
    fn pack(&self, node: &Node, cpu_and_memory: f64) -> f64 {
        let (has, held) = (&node.resources, self.held(node));
        let (mut sum, mut weights) = (cpu_and_memory, 2.0);
        if self.ask.disk_mb > 0 {
            sum += 0.25 * ratio(held.disk_mb + self.ask.disk_mb, has.disk_mb);
            weights += 0.25;
        }
        if self.ask.mbits > 0 {
            sum += ratio(held.mbits + self.ask.mbits, u64::from(has.networks[0].mbits));
            weights += 1.0;
        }
        let gpus: usize = has.devices.iter().map(|device| device.instances.len()).sum();
        if gpus_of(self.job) > 0 {
            sum += ratio((held.gpus + gpus_of(self.job)) as u64, gpus as u64);
            weights += 1.0;
        }
        sum / weights
    }

    /// Allocations of the job on nodes with this value.
    fn count(&self, target: &str, wanted: &str) -> u32 {
        let counts = self.counts.iter().filter(|((counted, value), _)| *counted == target && value == wanted);
        counts.map(|(_, count)| *count).sum()
    }

    fn boost(&self, spread: &Spread, node: &Node) -> f64 {
        let count_of = |value: &str| f64::from(self.count(&spread.attribute, value));
        if spread.targets.is_empty() {
            return self.even_boost(spread, node);
        }
        let Some(value) = value(node, &spread.attribute) else { return -1.0 };
        let total = ratio(self.job.task_groups[0].count.unsigned_abs(), 1);
        let weight = f64::from(spread.weight)
            / self.job.spreads.iter().map(|spread| f64::from(spread.weight)).sum::<f64>();
        let named = spread.targets.iter().find(|target| target.value == value);
        // Both datacenters of the generated clusters are named.
        let desired = named.map(|target| f64::from(target.percent) / 100.0 * total).unwrap();
        (desired - (count_of(&value) + 1.0)) / desired * weight
    }

    fn even_boost(&self, spread: &Spread, node: &Node) -> f64 {
        let counts = self
            .counts
            .iter()
            .filter(|((counted, value), _)| *counted == spread.attribute && !value.is_empty());
        let counts: Vec<u32> = counts.map(|(_, count)| *count).collect();
        let (Some(&min), Some(&max)) = (counts.iter().min(), counts.iter().max()) else { return 0.0 };
        let Some(value) = value(node, &spread.attribute) else { return -1.0 };
        let current = self.count(&spread.attribute, &value);
        let (low, high) = (f64::from(min), f64::from(max));
        if current != min {
            (low - f64::from(current)) / low
        } else if min == max {
            -1.0
        } else {
            (high - low) / low
        }
    }
}

fn is_of(alloc: &Alloc, job: &Job) -> bool {
    alloc.job.id == job.id
}

fn value(node: &Node, target: &str) -> Option<String> {
    match target {
        "${node.class}" => Some(node.class.to_string()),
        "${node.datacenter}" => Some(node.datacenter.to_string()),
        "${attr.size}" => node.attributes.get("size").map(|value| value.to_string()),
        "${meta.rack}" => node.meta.get("rack").map(|value| value.to_string()),
        other => panic!("{other} is not generated"),
    }
}

fn meets(node: &Node, left: &str, operand: &str, right: &str) -> bool {
    let value = value(node, left);
    match operand {
        "=" => value.as_deref() == Some(right),
        "!=" => value.unwrap_or_default() != right,
        ">=" => value.is_some_and(|value| value.parse::<u32>().unwrap() >= right.parse().unwrap()),
        "is_set" => value.is_some(),
        other => panic!("{other} is not generated"),
    }
}
