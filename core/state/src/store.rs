//! The root of the state: every table, the index of its last change, and the region's clock.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use model::{
    Alloc, AllocId, AutopilotConfig, Deployment, DeploymentId, Eval, EvalId, Job, JobKey, JobSubmission,
    Name, Namespace, Node, NodeId, NodePool, SchedulerConfig, ServiceRegistration, Timestamp,
};

use crate::Table;
use crate::apply::Restoring;
use crate::columns::NodeColumns;
use crate::tables::{JobLinks, JobRecord, JobSummary, NameKey};
use crate::texts::Texts;

/// Every table of one region at one index.
#[derive(Debug, Clone)]
pub struct State {
    /// Last index that was applied, as clients see it: the log's index plus [`State::base`].
    pub index: u64,
    /// Raised when a snapshot is restored, so that indexes never go back.
    pub base: u64,
    /// Index at which a saved state became this one; 0 when none did. Whatever a client read before is older, even
    /// where single records have lower indexes.
    pub restored: u64,
    /// Time of the newest entry; never goes back.
    pub now: Timestamp,
    /// Id of the cluster, given by its first entry; empty before.
    pub cluster_id: Name,
    /// Index of the last change of each table.
    pub indexes: Indexes,
    /// How the cluster schedules.
    pub config: Arc<SchedulerConfig>,
    /// How the servers look after their own group.
    pub autopilot: Arc<AutopilotConfig>,

    pub(crate) namespaces: OrdMap<Name, Arc<Namespace>>,
    pub(crate) node_pools: OrdMap<Name, Arc<NodePool>>,
    pub(crate) nodes: OrdMap<NodeId, Arc<Node>>,
    pub(crate) jobs: OrdMap<JobKey, Arc<Job>>,
    /// Every version that is kept, the current one included.
    pub(crate) job_versions: OrdMap<JobKey, OrdMap<u64, Arc<Job>>>,
    pub(crate) job_children: OrdMap<JobKey, OrdSet<JobKey>>,
    pub(crate) job_records: OrdMap<JobKey, Arc<JobRecord>>,
    /// Children by parent and idempotency token.
    pub(crate) dispatch_tokens: OrdMap<(JobKey, Name), JobKey>,
    pub(crate) job_summaries: OrdMap<JobKey, Arc<JobSummary>>,
    pub(crate) submissions: OrdMap<JobKey, OrdMap<u64, Arc<JobSubmission>>>,
    pub(crate) evals: OrdMap<EvalId, Arc<Eval>>,
    pub(crate) allocs: OrdMap<AllocId, Arc<Alloc>>,
    pub(crate) allocs_by_node: OrdSet<(NodeId, AllocId)>,
    pub(crate) allocs_by_eval: OrdSet<(EvalId, AllocId)>,
    pub(crate) allocs_by_deployment: OrdSet<(DeploymentId, AllocId)>,
    pub(crate) deployments: OrdMap<DeploymentId, Arc<Deployment>>,
    pub(crate) services: OrdMap<AllocId, Arc<Vec<ServiceRegistration>>>,
    pub(crate) services_by_name: OrdSet<NameKey>,
    pub(crate) job_links: OrdMap<JobKey, JobLinks>,
    pub(crate) columns: NodeColumns,
    /// Pieces of a saved state on their way.
    pub(crate) restoring: Option<Arc<Restoring>>,
    /// Texts that records share; no part of the state's meaning.
    pub(crate) texts: Texts,
}

/// Index of the last change of each table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Indexes([u64; Table::COUNT]);

impl Indexes {
    /// Index of the last change of `table`.
    #[must_use]
    pub const fn of(&self, table: Table) -> u64 {
        self.0[table as usize]
    }

    /// Index of the last change of any of `tables`.
    #[must_use]
    pub fn newest(&self, tables: &[Table]) -> u64 {
        tables.iter().map(|&table| self.of(table)).max().unwrap_or(0)
    }

    /// The index of every table, in the order of [`Table`].
    pub(crate) const fn all(&self) -> &[u64; Table::COUNT] {
        &self.0
    }

    /// Indexes that were written in that order; tables that were unknown then have none.
    pub(crate) fn from_all(indexes: &[u64]) -> Self {
        let mut all = [0; Table::COUNT];
        for (slot, index) in all.iter_mut().zip(indexes) {
            *slot = *index;
        }
        Self(all)
    }

    pub(crate) fn set(&mut self, table: Table, index: u64) {
        self.0[table as usize] = index;
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    /// The state of a region before its first entry: namespace `default`, node pools `default` and `all`.
    #[must_use]
    pub fn new() -> Self {
        let namespace = Namespace {
            name: "default".to_owned(),
            description: "Default shared namespace".to_owned(),
            ..Namespace::default()
        };
        let pool = |name: &str, description: &str| {
            let pool = NodePool {
                name: name.to_owned(),
                description: description.to_owned(),
                ..NodePool::default()
            };
            (Name::from(name), Arc::new(pool))
        };
        Self {
            index: 0,
            base: 0,
            restored: 0,
            now: Timestamp::NEVER,
            cluster_id: Name::from(""),
            indexes: Indexes::default(),
            config: Arc::new(SchedulerConfig::initial()),
            autopilot: Arc::new(AutopilotConfig::default()),
            namespaces: OrdMap::unit(Name::from("default"), Arc::new(namespace)),
            node_pools: [
                pool("all", "Node pool with all nodes in the cluster."),
                pool("default", "Default node pool."),
            ]
            .into_iter()
            .collect(),
            nodes: OrdMap::new(),
            jobs: OrdMap::new(),
            job_versions: OrdMap::new(),
            job_children: OrdMap::new(),
            job_records: OrdMap::new(),
            dispatch_tokens: OrdMap::new(),
            job_summaries: OrdMap::new(),
            submissions: OrdMap::new(),
            evals: OrdMap::new(),
            allocs: OrdMap::new(),
            allocs_by_node: OrdSet::new(),
            allocs_by_eval: OrdSet::new(),
            allocs_by_deployment: OrdSet::new(),
            deployments: OrdMap::new(),
            services: OrdMap::new(),
            services_by_name: OrdSet::new(),
            job_links: OrdMap::new(),
            columns: NodeColumns::default(),
            restoring: None,
            texts: Texts::default(),
        }
    }
}
