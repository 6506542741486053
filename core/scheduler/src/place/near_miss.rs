//! Why a placement failed: the reasons over all nodes, and the node that came closest to each.
//!
//! Limits: [`LOOKED`] nodes are looked at closely; of the others only the first reason is counted.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use model::{ExhaustedAsk, Lack, Name, NearMiss, Node, PassMetrics, TaskGroup};

use super::GroupPass;
use super::tally::Verdict;
use crate::assign::{free_ports, pick};
use crate::assign_task::unmet_devices;
use crate::cluster::Cluster;
use crate::feasible::INELIGIBLE;
use crate::fits::Misfit;
use crate::usage::NodeUse;

/// Nodes that are looked at closely.
const LOOKED: usize = 1_024;

/// How far a node is from taking an allocation: first by how many reasons, then by how much of one.
type Distance = (usize, u64);

/// One reason while nodes are gone through.
#[derive(Debug)]
struct Found {
    nodes: u32,
    only: u32,
    /// The nearest node that was looked at closely.
    nearest: Option<(Distance, usize, Lack)>,
}

/// Reasons by whether nodes were without room, and by name.
type Reasons = BTreeMap<(bool, Name), Found>;

impl GroupPass {
    /// The counts of a failed placement, with what came closest.
    pub(crate) fn failure(&self, cluster: &mut Cluster<'_>, index: u32) -> PassMetrics {
        let counts = self.metrics(cluster);
        self.explained(cluster, index, 0..cluster.len(), counts)
    }

    /// The counts of a failure on one row alone.
    pub(crate) fn failure_on(&self, cluster: &mut Cluster<'_>, index: u32, row: usize) -> PassMetrics {
        let counts = self.metrics_of(cluster, row);
        self.explained(cluster, index, row..row + 1, counts)
    }

    fn explained(
        &self,
        cluster: &mut Cluster<'_>,
        index: u32,
        rows: Range<usize>,
        counts: PassMetrics,
    ) -> PassMetrics {
        let resources_exhausted = self.exhausted_asks(&counts.dimension_exhausted);
        PassMetrics { resources_exhausted, near_misses: self.near_misses(cluster, index, rows), ..counts }
    }

    /// What tasks ask of CPU and memory, where nodes were short of them.
    fn exhausted_asks(&self, dimensions: &BTreeMap<Name, u32>) -> BTreeMap<Name, ExhaustedAsk> {
        if dimensions.is_empty() {
            return BTreeMap::new();
        }
        let short = |misfit: Misfit| dimensions.contains_key(misfit.to_string().as_str());
        let (cpu, memory) = (short(Misfit::Cpu), short(Misfit::Memory));
        let asked = |number: i64, counts: bool| if counts { u64::try_from(number).unwrap_or(0) } else { 0 };
        let tasks = self.task_group().tasks.iter();
        let asks = tasks.filter_map(|task| Some((task, task.resources.as_ref()?)));
        asks.map(|(task, resources)| {
            let ask = ExhaustedAsk {
                cpu_mhz: asked(resources.cpu, cpu),
                memory_mb: asked(resources.memory_mb, memory),
            };
            (Name::from(task.name.as_str()), ask)
        })
        .collect()
    }

    fn near_misses(&self, cluster: &mut Cluster<'_>, index: u32, rows: Range<usize>) -> Vec<NearMiss> {
        let mut reasons = Reasons::new();
        let mut classes: BTreeMap<u64, Name> = BTreeMap::new();
        for (number, row) in rows.enumerate() {
            if number < LOOKED {
                self.look_closely(cluster, index, row, &mut reasons, &mut classes);
            } else {
                self.look_once(cluster, row, &mut reasons, &classes);
            }
        }
        let mut found: Vec<NearMiss> = reasons
            .into_iter()
            .filter_map(|((exhausted, reason), found)| {
                let (_, row, lack) = found.nearest?;
                let node = cluster.node(row);
                let (nodes, only) = (found.nodes, found.only);
                Some(NearMiss {
                    reason,
                    exhausted,
                    nodes,
                    only,
                    node: node.id,
                    node_name: node.name.clone(),
                    lack,
                })
            })
            .collect();
        found.sort_by_key(|miss| Reverse(miss.nodes));
        found.truncate(NearMiss::MOST);
        found
    }

    /// All that keeps the group off a row, in the order in which it is asked for; nothing when the row is open.
    pub(crate) fn lacking(&self, cluster: &mut Cluster<'_>, index: u32, row: usize) -> Vec<(Name, Lack)> {
        let mut all = match self.verdict(row) {
            Verdict::Open => return Vec::new(),
            Verdict::Exhausted(_) => Vec::new(),
            Verdict::Filtered(_) => {
                let mut all = self.all_reasons(cluster.node(row), index);
                all.extend(self.counted().reason(row).map(|reason| (Name::from(reason), Lack::Plain)));
                all
            }
        };
        let short = self.shortages(cluster, row);
        // What filters say of devices, and what is said where they are picked, is one thing.
        let filtered = all.iter().position(|(reason, _)| &**reason == "missing devices");
        for (reason, lack) in short {
            match filtered.filter(|_| reason.starts_with("devices:")) {
                Some(at) if matches!(lack, Lack::Short { .. }) => all[at].1 = lack,
                Some(_) => {}
                None => all.push((reason, lack)),
            }
        }
        all
    }

    /// Notes all that keeps the group off a row.
    fn look_closely(
        &self,
        cluster: &mut Cluster<'_>,
        index: u32,
        row: usize,
        reasons: &mut Reasons,
        classes: &mut BTreeMap<u64, Name>,
    ) {
        let exhausted = match self.verdict(row) {
            Verdict::Open => return,
            Verdict::Exhausted(_) => true,
            Verdict::Filtered(_) => false,
        };
        let all = self.lacking(cluster, index, row);
        let many = all.len();
        let Some((reason, lack)) = all.into_iter().next() else { return };
        if !exhausted {
            classes.entry(cluster.node(row).computed_class).or_insert_with(|| reason.clone());
        }
        let by = if let Lack::Short { by, .. } = &lack { *by } else { 0 };
        let fresh = || Found { nodes: 0, only: 0, nearest: None };
        let found = reasons.entry((exhausted, reason)).or_insert_with(fresh);
        found.nodes += 1;
        found.only += u32::from(many == 1);
        let distance = (many, by);
        if found.nearest.as_ref().is_none_or(|nearest| distance < nearest.0) {
            found.nearest = Some((distance, row, lack));
        }
    }

    /// Counts a row under the reason that its verdict names.
    fn look_once(
        &self,
        cluster: &Cluster<'_>,
        row: usize,
        reasons: &mut Reasons,
        classes: &BTreeMap<u64, Name>,
    ) {
        let (exhausted, reason) = match self.verdict(row) {
            Verdict::Open => return,
            Verdict::Exhausted(reason) => (true, reason),
            Verdict::Filtered(reason) => (false, reason),
        };
        let mut name = self.tally().name(reason).clone();
        if *name == *INELIGIBLE {
            name = classes.get(&cluster.node(row).computed_class).cloned().unwrap_or(name);
        }
        if let Some(found) = reasons.get_mut(&(exhausted, name)) {
            found.nodes += 1;
        }
    }

    /// Every dimension that a row has too little of, in the order in which they are asked for.
    fn shortages(&self, cluster: &mut Cluster<'_>, row: usize) -> Vec<(Name, Lack)> {
        let mut short = self.not_picked(cluster, row);
        let max = cluster.node(row).resources.max_allocs;
        let dimension = |misfit: &Misfit| Name::from(misfit.to_string());
        if max > 0 && cluster.allocs(row) >= max {
            let by = u64::from(cluster.allocs(row) - max) + 1;
            let lack = Lack::Short { by, asked: 1, unit: "allocations".into() };
            short.push((dimension(&Misfit::MaxAllocs), lack));
        }
        if let Some(misfit) = cluster.broken(row) {
            short.push((dimension(misfit), Lack::Plain));
        }
        let (has, used, ask) = (cluster.has(row), cluster.used(row), self.ask());
        let plain = [
            (Misfit::Cpu, has.cpu_mhz, used.cpu_mhz, ask.cpu_mhz, "MHz"),
            (Misfit::Memory, has.memory_mb, used.memory_mb, ask.memory_mb, "MiB"),
            (Misfit::Disk, has.disk_mb, used.disk_mb, ask.disk_mb, "MiB"),
            (Misfit::Bandwidth, has.mbits, used.mbits, ask.mbits, "Mbit/s"),
        ];
        for (misfit, has, used, asked, unit) in plain {
            let by = used.saturating_add(asked).saturating_sub(has);
            if by > 0 {
                short.push((dimension(&misfit), Lack::Short { by, asked, unit: unit.into() }));
            }
        }
        if short.is_empty()
            && let Err(reason) = self.after(cluster, row, model::AllocId::NONE)
        {
            short.push((Name::from(reason), Lack::Plain));
        }
        short
    }

    /// Why ports, cores or devices cannot be picked on a row, if so.
    fn not_picked(&self, cluster: &mut Cluster<'_>, row: usize) -> Vec<(Name, Lack)> {
        if !crate::cluster::asks_exclusive(self.task_group()) {
            return Vec::new();
        }
        let node = Arc::clone(cluster.node(row));
        let used = cluster.node_use(row).clone();
        let Err(reason) = pick(&node, &used, self.task_group(), model::AllocId::NONE) else {
            return Vec::new();
        };
        let networks = self.task_group().networks.iter();
        let holder = networks.flat_map(|network| &network.reserved_ports).find_map(|port| {
            let value = u16::try_from(port.value).ok()?;
            used.holder_of(value).and_then(|id| cluster.snapshot().alloc(id))
        });
        let usable = |core: &&model::Core| !core.disabled && !node.reserved.cores.contains(&core.id);
        let free = node.resources.cores.iter().filter(usable).filter(|core| !used.cores.contains(&core.id));
        let (wanted, free) = (u64::from(self.ask().cores), free.count() as u64);
        let unmet = unmet_devices(&node, &used, self.task_group()).filter(|_| reason.starts_with("devices:"));
        let lack = match holder {
            _ if let Some(unmet) = unmet.as_ref().filter(|unmet| unmet.free > 0) => {
                let asked = unmet.ask.count;
                Lack::Short { by: asked - unmet.free, asked, unit: "devices".into() }
            }
            _ if reason == "network: dynamic port selection failed" => {
                missing_ports(&node, &used, self.task_group())
            }
            _ if reason == "cores" && wanted > free => {
                Lack::Short { by: wanted - free, asked: wanted, unit: "cores".into() }
            }
            Some(holder) if reason.contains("port collision") => {
                Lack::HeldBy(Name::from(holder.job.id.as_str()))
            }
            _ => Lack::Plain,
        };
        vec![(Name::from(reason), lack)]
    }
}

/// How many of the dynamic ports that a group asks for are missing on a node.
fn missing_ports(node: &Node, used: &NodeUse, group: &TaskGroup) -> Lack {
    let Some(network) = group.networks.first() else { return Lack::Plain };
    let asked = network.dynamic_ports.len() as u64;
    let free = free_ports(node, used, network);
    Lack::Short { by: asked.saturating_sub(free).max(1), asked, unit: "ports".into() }
}
