//! A state made by hand, for tests of whatever reads one.
//!
//! Records are stored as they are given, indexes included; nothing is derived but secondary indexes, node
//! columns and summaries. Production code uses [`State::apply`] only.

use std::sync::Arc;

use model::{Alloc, Deployment, Eval, Job, Namespace, Node, NodePool, SchedulerConfig, Timestamp};

use crate::tables::JobSummary;
use crate::{State, Table};

/// Puts raw records into a state.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    state: State,
}

impl Builder {
    /// A builder of the state of a new region.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A builder that goes on from `state`.
    #[must_use]
    pub const fn from_state(state: State) -> Self {
        Self { state }
    }

    /// Sets the index of the state. What is put afterwards changes its table at this index.
    #[must_use]
    pub const fn index(mut self, index: u64) -> Self {
        self.state.index = index;
        self
    }

    /// Sets the time of the newest entry.
    #[must_use]
    pub const fn now(mut self, now: Timestamp) -> Self {
        self.state.now = now;
        self
    }

    /// Sets how the cluster schedules.
    #[must_use]
    pub fn config(mut self, config: SchedulerConfig) -> Self {
        self.state.config = Arc::new(config);
        self.state.indexes.set(Table::Config, self.state.index);
        self
    }

    /// Puts a namespace.
    #[must_use]
    pub fn namespace(mut self, namespace: Namespace) -> Self {
        self.state.put_namespace(namespace);
        self
    }

    /// Puts a node pool.
    #[must_use]
    pub fn node_pool(mut self, pool: NodePool) -> Self {
        self.state.put_node_pool(pool);
        self
    }

    /// Puts a node; its class is computed.
    #[must_use]
    pub fn node(mut self, node: Node) -> Self {
        self.state.put_node(node);
        self
    }

    /// Puts nodes.
    #[must_use]
    pub fn nodes(self, nodes: impl IntoIterator<Item = Node>) -> Self {
        nodes.into_iter().fold(self, Self::node)
    }

    /// Puts a job as the current version.
    #[must_use]
    pub fn job(mut self, job: impl Into<Arc<Job>>) -> Self {
        self.state.put_job(job.into());
        self
    }

    /// Puts an older version of a job; the current one is put by [`Builder::job`].
    #[must_use]
    pub fn job_version(mut self, job: impl Into<Arc<Job>>) -> Self {
        let job = job.into();
        self.state.put_job_version(job.key(), job);
        self
    }

    /// Puts an evaluation.
    #[must_use]
    pub fn eval(mut self, eval: Eval) -> Self {
        self.state.put_eval(eval);
        self
    }

    /// Puts an allocation.
    #[must_use]
    pub fn alloc(mut self, alloc: Alloc) -> Self {
        let key = self.state.key_of(&alloc.job);
        self.state.put_alloc(&key, Arc::new(alloc));
        self
    }

    /// Puts allocations.
    #[must_use]
    pub fn allocs(self, allocs: impl IntoIterator<Item = Alloc>) -> Self {
        allocs.into_iter().fold(self, Self::alloc)
    }

    /// Puts a deployment.
    #[must_use]
    pub fn deployment(mut self, deployment: Deployment) -> Self {
        self.state.put_deployment(deployment);
        self
    }

    /// The state, with a summary for every job, counted.
    #[must_use]
    pub fn build(mut self) -> State {
        let jobs: Vec<Arc<Job>> = self.state.jobs().cloned().collect();
        for job in jobs {
            let key = self.state.key_of(&job);
            let known = self.state.job_summary(&key).map_or(0, |known| known.modify_index);
            let summary = JobSummary {
                modify_index: known.max(job.modify_index),
                ..self.state.counted_summary(&key, &job)
            };
            self.state.put_summary(key, summary);
        }
        self.state
    }
}
