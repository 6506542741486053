//! One entry while it is applied: the state, what changed, and what has to be derived at the end.
//!
//! Summaries and deployments are worked on in copies and stored once; job statuses are derived once per job.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Alloc, Deployment, DeploymentId, Eval, EvalStatus, JobKey, Name, Node, NodeId, Timestamp};

use crate::tables::JobSummary;
use crate::{Change, State};

/// One entry while it is applied.
pub(crate) struct Txn<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) changes: Vec<Change>,
    /// Summaries that changed, to be stored by [`Txn::finish`].
    pub(crate) summaries: BTreeMap<JobKey, JobSummary>,
    /// Deployments that changed, to be stored by [`Txn::finish`].
    pub(crate) deployments: BTreeMap<DeploymentId, Deployment>,
    /// Allocations that joined a deployment without being placed, by group.
    pub(crate) joined: Vec<(DeploymentId, Name)>,
    /// Jobs whose status may be another now, and whether something of theirs was forgotten.
    pub(crate) touched: BTreeMap<JobKey, bool>,
}

impl<'a> Txn<'a> {
    pub(crate) fn new(state: &'a mut State) -> Self {
        Self {
            state,
            changes: Vec::new(),
            summaries: BTreeMap::new(),
            deployments: BTreeMap::new(),
            joined: Vec::new(),
            touched: BTreeMap::new(),
        }
    }

    /// Index of the entry.
    pub(crate) fn index(&self) -> u64 {
        self.state.index
    }

    /// Time of the entry.
    pub(crate) fn now(&self) -> Timestamp {
        self.state.now
    }

    /// Derives what follows, stores it, and hands out what changed.
    pub(crate) fn finish(mut self) -> Vec<Change> {
        self.flush_deployments();
        self.derive_job_statuses();
        self.flush_summaries();
        self.changes
    }

    /// Says that the status of a job may be another now.
    pub(crate) fn touch(&mut self, key: &JobKey) {
        if !self.touched.contains_key(key) {
            self.touched.insert(key.clone(), false);
        }
    }

    /// Stores an allocation that changed, or a new one, and moves it in its job's summary.
    pub(crate) fn store_alloc(&mut self, key: &JobKey, mut alloc: Alloc, by_client: bool) {
        alloc.modify_index = self.index();
        alloc.modify_time = self.now();
        if !by_client {
            alloc.alloc_modify_index = self.index();
        }
        self.changes.push(Change::Alloc { id: alloc.id, node: alloc.node, job: key.clone(), by_client });
        if alloc.client.is_terminal() {
            self.set_services(&alloc, &[]);
        }
        let alloc = Arc::new(alloc);
        let old = self.state.put_alloc(key, Arc::clone(&alloc));
        let changed = old.as_ref().is_none_or(|old| {
            old.job.create_index != alloc.job.create_index
                || old.client != alloc.client
                || old.is_terminal() != alloc.is_terminal()
        });
        if changed {
            self.count_alloc(key, old.as_deref(), Some(&alloc));
            self.touch(key);
        }
    }

    /// Stores an evaluation, with what it means for its job's summary and for others of its job.
    pub(crate) fn store_eval(&mut self, mut eval: Eval) {
        self.count_queued(&eval);
        if eval.status == EvalStatus::Complete && eval.failed.is_empty() {
            self.cancel_blocked(&eval);
        }
        let (index, now) = (self.index(), self.now());
        let old = self.state.eval(eval.id);
        eval.create_index = old.map_or(index, |old| old.create_index);
        eval.create_time = old.map_or(now, |old| old.create_time);
        eval.modify_index = index;
        eval.modify_time = now;
        self.changes.push(Change::Eval(eval.id));
        self.touch(&eval.job);
        self.state.put_eval(eval);
    }

    /// The working copy of a deployment; none if there is no such deployment.
    pub(crate) fn deployment_mut(&mut self, id: DeploymentId) -> Option<&mut Deployment> {
        if !self.deployments.contains_key(&id) {
            let deployment = Deployment::clone(self.state.deployment(id)?);
            self.deployments.insert(id, deployment);
        }
        self.deployments.get_mut(&id)
    }

    /// Stores the working copies of deployments.
    fn flush_deployments(&mut self) {
        for (id, mut deployment) in std::mem::take(&mut self.deployments) {
            deployment.modify_index = self.index();
            deployment.modify_time = self.now();
            self.changes.push(Change::Deployment(id));
            self.state.put_deployment(deployment);
        }
    }

    /// Stores a node that changed, or a new one.
    pub(crate) fn store_node(&mut self, mut node: Node) {
        node.modify_index = self.index();
        self.changes.push(Change::Node(node.id));
        self.state.put_node(node);
    }

    /// Forgets a node.
    pub(crate) fn forget_node(&mut self, id: NodeId) {
        self.forget_services_on(id);
        if self.state.remove_node(id).is_some() {
            self.changes.push(Change::NodeRemoved(id));
        }
    }
}
