//! What would happen.

use super::{AmountView, GroupExplainedView, view};

view! {
    /// What would happen.
    WhatIfView {
        /// How full nodes are before.
        before: UtilisationView,
        /// How full they are after.
        after: UtilisationView,
        /// Allocations that would go to another node.
        moved: u64,
        /// Allocations that would be replaced where they are.
        replaced: u64,
        /// Allocations that would begin.
        started: u64,
        /// Allocations that would end.
        stopped: u64,
        /// Each of them.
        moves: Vec<MoveView>,
        /// How many there are, listed or not.
        moves_total: u64,
        /// Groups that would wait for room.
        unplaced: Vec<UnplacedView>,
        /// Jobs that would wait for a promotion.
        awaits_promotion: Vec<String>,
    }

    /// How full nodes are.
    UtilisationView {
        /// Nodes that are connected.
        nodes: u64,
        /// Nodes that take allocations.
        nodes_ready: u64,
        /// Nodes with allocations.
        nodes_used: u64,
        /// Allocations.
        allocs: u64,
        /// MHz.
        #[serde(rename = "CPU")]
        cpu: AmountView,
        /// MiB.
        memory: AmountView,
        /// MiB.
        disk: AmountView,
    }

    /// An allocation that would be somewhere else.
    MoveView {
        /// Its job.
        #[serde(rename = "JobID")]
        job_id: String,
        /// Its namespace.
        namespace: String,
        /// Its group.
        task_group: String,
        /// Number in its name.
        index: u64,
        /// The allocation that ends.
        #[serde(rename = "AllocID")]
        alloc_id: String,
        /// Whether it gives way to one of higher priority.
        preempted: bool,
        /// The node that it leaves.
        from: Option<NamedNode>,
        /// The node that it goes to.
        to: Option<NamedNode>,
    }

    /// A node.
    NamedNode {
        /// Its id.
        #[serde(rename = "ID")]
        id: String,
        /// Its name.
        name: String,
    }

    /// A group that would wait for room.
    UnplacedView {
        /// The job.
        #[serde(rename = "JobID")]
        job_id: String,
        /// Its namespace.
        namespace: String,
        /// The group.
        task_group: String,
        /// Allocations that would wait.
        queued: u64,
        /// Allocations that wait already.
        queued_before: u64,
        /// Why.
        why: Option<GroupExplainedView>,
    }
}
