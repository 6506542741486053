//! What `apply` answers: to the proposer, to watchers, to the event stream.

use model::{AllocId, DeploymentId, EvalId, JobKey, Name, NodeId};

use super::Table;

/// The outcome of one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The index it was applied at.
    pub index: u64,
    /// The answer to the proposer.
    pub reply: Result<Reply, ApplyError>,
    /// Everything that changed, in order.
    pub changes: Vec<Change>,
}

/// The answer to the proposer of a command that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Done.
    Done,
    /// The outcome of each of many.
    Each(Vec<Result<(), ApplyError>>),
    /// Whether a compare-and-set was carried out.
    Set(bool),
}

/// Why a command changed nothing. Never retried: the same command fails again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The job is another than the caller believes.
    #[error("Enforcing job modify index {wanted}: {problem}")]
    JobModifyIndex {
        /// Index that the caller expects.
        wanted: u64,
        /// What is there instead.
        problem: String,
    },
    /// A job does not exist.
    #[error("job {0} not found")]
    JobNotFound(JobKey),
    /// The slot of the job's schedule was launched before.
    #[error("job {0} was launched already")]
    LaunchedAlready(JobKey),
    /// A child was dispatched with the same idempotency token before.
    #[error("job {0} was dispatched with the same idempotency token")]
    DispatchedAlready(JobKey),
    /// A version of a job does not exist.
    #[error("job {0} has no version {1}")]
    VersionNotFound(JobKey, u64),
    /// The version of a job that is to have a name does not exist.
    #[error("job {job:?} version {version} not found")]
    NoVersionToTag {
        /// Id of the job.
        job: Name,
        /// The version.
        version: u64,
    },
    /// A name belongs to another version.
    #[error("tag {tag:?} already exists on a different version of job {job:?}")]
    TagTaken {
        /// The name.
        tag: String,
        /// Id of the job.
        job: Name,
    },
    /// No version has a name.
    #[error("tag {tag:?} not found on job {job:?}")]
    TagNotFound {
        /// The name.
        tag: Name,
        /// Id of the job.
        job: Name,
    },
    /// No allocation offers a service of that id.
    #[error("service registration {0} not found")]
    ServiceNotFound(Name),
    /// A node does not exist.
    #[error("node {0} not found")]
    NodeNotFound(NodeId),
    /// A node's secret is not the one it registered with.
    #[error("node {0} is registered with another secret")]
    NodeSecret(NodeId),
    /// A node drains, so it cannot take new allocations.
    #[error("can not set node's scheduling eligibility to eligible while it is draining")]
    NodeDraining(NodeId),
    /// An allocation does not exist.
    #[error("allocation {0} not found")]
    AllocNotFound(AllocId),
    /// A deployment does not exist.
    #[error("deployment {0} not found")]
    DeploymentNotFound(DeploymentId),
    /// A deployment is over.
    #[error("deployment {0} is terminal")]
    DeploymentTerminal(DeploymentId),
    /// Canaries are not healthy yet.
    #[error("{0}")]
    CanariesUnhealthy(String),
    /// A namespace does not exist.
    #[error("namespace \"{0}\" not found")]
    NamespaceNotFound(Name),
    /// A namespace still has jobs.
    #[error("namespace \"{0}\" has non-terminal jobs")]
    NamespaceInUse(Name),
    /// A node pool does not exist.
    #[error("node pool \"{0}\" not found")]
    NodePoolNotFound(Name),
    /// A node pool still has nodes or jobs.
    #[error("node pool \"{0}\" is in use")]
    NodePoolInUse(Name),
    /// Pieces of a restore are missing.
    #[error("{found} pieces of the restore are there instead of {wanted}")]
    RestoreIncomplete {
        /// How many are there.
        found: u32,
        /// How many are needed.
        wanted: u32,
    },
    /// A restore has too many bytes.
    #[error("the state to restore is too large")]
    RestoreTooLarge,
    /// The pieces of a restore are no state.
    #[error("the state to restore is damaged: {0}")]
    RestoreDamaged(String),
    /// Something that is always there cannot be changed.
    #[error("{0} cannot be modified")]
    BuiltIn(Name),
}

/// One thing that changed, for watchers, machines and the event stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A table changed as a whole.
    Table(Table),
    /// A job, its versions or its status.
    Job(JobKey),
    /// A job was forgotten.
    JobRemoved(JobKey),
    /// A summary.
    Summary(JobKey),
    /// A node.
    Node(NodeId),
    /// A node was forgotten.
    NodeRemoved(NodeId),
    /// An evaluation.
    Eval(EvalId),
    /// An evaluation was forgotten.
    EvalRemoved(EvalId),
    /// An allocation: by a plan, a wish, or its client.
    Alloc {
        /// The allocation.
        id: AllocId,
        /// Its node, whose client may have to be told.
        node: NodeId,
        /// Its job.
        job: JobKey,
        /// Whether its client reported it.
        by_client: bool,
    },
    /// An allocation was forgotten.
    AllocRemoved {
        /// The allocation.
        id: AllocId,
        /// Its node.
        node: NodeId,
    },
    /// A deployment.
    Deployment(DeploymentId),
    /// A deployment was forgotten.
    DeploymentRemoved(DeploymentId),
    /// A namespace.
    Namespace(Name),
    /// A node pool.
    NodePool(Name),
    /// The scheduler configuration.
    Config,
}
