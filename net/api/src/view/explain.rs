//! Why a group is placed where it is, or is not.

use std::collections::BTreeMap;

use super::{Metric, view};

view! {
    /// What is said of a job, an allocation or an evaluation.
    ExplainView {
        /// The job.
        #[serde(rename = "JobID")]
        job_id: String,
        /// Its namespace.
        namespace: String,
        /// Its version.
        version: u64,
        /// Its type.
        #[serde(rename = "Type")]
        kind: String,
        /// The node that the allocation is on; empty for other subjects.
        runs_on: String,
        /// The groups.
        groups: Vec<GroupExplainedView>,
        /// Groups that were left out.
        groups_left_out: u64,
    }

    /// One group.
    GroupExplainedView {
        /// Its name.
        group: String,
        /// Allocations that are wanted.
        count: i64,
        /// Allocations that run or are about to.
        live: u64,
        /// Allocations that wait for room.
        queued: u64,
        /// What one allocation asks for.
        ask: AskView,
        /// Counts over the nodes.
        metric: Metric,
        /// The node that would be used; empty when there is none.
        #[serde(rename = "NodeID")]
        node_id: String,
        /// Its name.
        node_name: String,
        /// Allocations that would be preempted there.
        preempted: Vec<String>,
        /// What would help, the smallest change first.
        changes: Vec<ChangeView>,
        /// The nodes, best first.
        nodes: Vec<NodeExplainedView>,
        /// How many there are.
        nodes_total: u64,
    }

    /// What one allocation asks for.
    AskView {
        /// MHz.
        #[serde(rename = "CPU")]
        cpu: u64,
        /// Cores.
        cores: u64,
        /// MiB.
        #[serde(rename = "MemoryMB")]
        memory_mb: u64,
        /// MiB.
        #[serde(rename = "DiskMB")]
        disk_mb: u64,
    }

    /// One change that would help.
    ChangeView {
        /// `lower`, `free`, `drop`, `provide`, `admit`, `datacenter` or `pool`.
        kind: String,
        /// What is asked for, or freed.
        resource: String,
        /// Its unit.
        unit: String,
        /// The task that asks for it; empty for the group.
        task: String,
        /// What is asked for.
        from: u64,
        /// What may be asked for.
        to: u64,
        /// How much is to be freed.
        by: u64,
        /// The port that is to be freed.
        port: u64,
        /// Allocations whose end would free it.
        stopping: Vec<StoppedView>,
        /// The constraint.
        constraint: String,
        /// `driver` or `volume`.
        what: String,
        /// Name of a driver, volume, datacenter or pool.
        name: String,
        /// The node.
        #[serde(rename = "NodeID")]
        node_id: String,
        /// Its name.
        node_name: String,
        /// Nodes that would fit.
        nodes: u64,
    }

    /// An allocation whose end would help.
    StoppedView {
        /// Its id.
        #[serde(rename = "ID")]
        id: String,
        /// Its job; empty when it may not be seen.
        #[serde(rename = "JobID")]
        job_id: String,
        /// Its group.
        task_group: String,
        /// The job's priority.
        priority: i64,
    }

    /// What is said of a node.
    NodeExplainedView {
        /// The node.
        #[serde(rename = "NodeID")]
        node_id: String,
        /// Its name.
        node_name: String,
        /// Its place among those that may be used; none for the others.
        rank: Option<u64>,
        /// Whether it would be used.
        chosen: bool,
        /// Allocations of the group that it has.
        group_allocs: u64,
        /// `scored`, `filtered` or `exhausted`.
        verdict: String,
        /// Why it may not be used.
        reason: String,
        /// Everything that it lacks.
        lacks: Vec<LackView>,
        /// Its score.
        norm_score: f64,
        /// The terms of it.
        scores: BTreeMap<String, f64>,
        /// How full it is.
        fill: FillView,
    }

    /// One thing that a node lacks.
    LackView {
        /// What metrics call it.
        reason: String,
        /// How much of something it is short of; 0 where that is not the question.
        short: u64,
        /// How much of it was asked for.
        asked: u64,
        /// Unit of both.
        unit: String,
        /// What the node says instead of what was wanted.
        has: Option<String>,
        /// Whether the node says nothing of it.
        unset: bool,
        /// Job whose allocation holds what was wanted.
        held_by: String,
        /// What the node does not have.
        without: String,
    }

    /// How full a node is without the allocation.
    FillView {
        /// MHz.
        #[serde(rename = "CPU")]
        cpu: AmountView,
        /// MiB.
        memory: AmountView,
        /// MiB.
        disk: AmountView,
        /// Mbit/s.
        network: AmountView,
        /// Instances.
        devices: AmountView,
        /// Ports in use.
        ports: u64,
        /// Allocations.
        allocs: u64,
    }

    /// An amount of one resource.
    AmountView {
        /// What there is.
        has: u64,
        /// What is in use.
        used: u64,
        /// What the allocation asks for.
        asked: u64,
    }
}
