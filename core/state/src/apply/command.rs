//! Every write there is.

use model::{
    AllocId, AllocTransition, AllocUpdate, AutopilotConfig, DeploymentId, DeploymentUpdate, DrainStrategy,
    Eval, EvalId, Job, JobKey, JobSubmission, Name, Namespace, Node, NodeEvent, NodeId, NodePool, NodeStatus,
    Plan, SchedulerConfig, Timestamp, VersionTag,
};
use serde::{Deserialize, Serialize};

use super::Piece;
use crate::tables::ScalingEvent;

/// The tables whose changes can be waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Nodes.
    Nodes,
    /// Jobs, versions and submissions.
    Jobs,
    /// Summaries of jobs.
    JobSummaries,
    /// Evaluations.
    Evals,
    /// Allocations.
    Allocs,
    /// Deployments.
    Deployments,
    /// Namespaces.
    Namespaces,
    /// Node pools.
    NodePools,
    /// Scheduler configuration.
    Config,
    /// Services that allocations offer.
    Services,
}

impl Table {
    /// How many there are.
    pub const COUNT: usize = 10;

    /// All of them.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Nodes,
        Self::Jobs,
        Self::JobSummaries,
        Self::Evals,
        Self::Allocs,
        Self::Deployments,
        Self::Namespaces,
        Self::NodePools,
        Self::Config,
        Self::Services,
    ];
}

/// One entry of the log: a command and the leader's time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The leader's clock. `apply` never lets time go back.
    pub now: Timestamp,
    /// What to do.
    pub command: Command,
}

/// Every write there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Names the cluster, once; later ones change nothing.
    InitCluster {
        /// Its id.
        id: Name,
    },
    /// Registers a job with its evaluation.
    RegisterJob(Box<JobRegistration>),
    /// Registers many jobs in one entry; each succeeds or fails alone.
    RegisterJobs(Vec<JobRegistration>),
    /// Remembers that a slot of a periodic job was left out.
    SkipLaunch {
        /// The job.
        key: JobKey,
        /// The slot.
        slot: Timestamp,
    },
    /// Changes the count of a group, or records what an autoscaler says about it.
    ScaleJob {
        /// The job.
        key: JobKey,
        /// The group.
        group: Name,
        /// What is recorded; time, previous count and index are filled in.
        event: Box<ScalingEvent>,
        /// The job with the new count; none for a remark.
        registration: Option<Box<JobRegistration>>,
    },
    /// Stops a job, or forgets it.
    DeregisterJob {
        /// The job.
        key: JobKey,
        /// Forgets it at once.
        purge: bool,
        /// Stops its tasks without waiting for shutdown delays.
        no_shutdown_delay: bool,
        /// Its evaluation.
        eval: Option<Box<Eval>>,
    },
    /// Marks a version as deployed successfully, or not.
    SetJobStability {
        /// The job.
        key: JobKey,
        /// The version.
        version: u64,
        /// Whether it is stable.
        stable: bool,
    },
    /// Gives a version a name, or the name that it has a new description.
    TagJobVersion {
        /// The job.
        key: JobKey,
        /// The version.
        version: u64,
        /// The name; its time is that of the entry.
        tag: Box<VersionTag>,
    },
    /// Takes the name of a version away.
    UntagJobVersion {
        /// The job.
        key: JobKey,
        /// The name.
        tag: Name,
    },
    /// Creates or replaces evaluations.
    UpsertEvals(Vec<Eval>),
    /// Commits verified plans, in order.
    ApplyPlans(Vec<PlanCommit>),
    /// Registers a node, or its changes.
    RegisterNode {
        /// The node; status, eligibility, drain and indexes of a known one are kept.
        node: Box<Node>,
        /// Evaluations of jobs that it may help.
        evals: Vec<Eval>,
    },
    /// Changes the status of a node.
    SetNodeStatus {
        /// The node.
        id: NodeId,
        /// Its new status.
        status: NodeStatus,
        /// What to record.
        event: Option<NodeEvent>,
        /// Evaluations of its jobs.
        evals: Vec<Eval>,
    },
    /// Changes whether a node takes new allocations.
    SetNodeEligibility {
        /// The node.
        id: NodeId,
        /// Whether it does.
        eligible: bool,
        /// What to record.
        event: Option<NodeEvent>,
        /// Evaluations of jobs that it may help.
        evals: Vec<Eval>,
    },
    /// Starts, changes or ends the drain of a node.
    SetNodeDrain {
        /// The node.
        id: NodeId,
        /// How it drains; none ends it.
        drain: Option<DrainStrategy>,
        /// Takes new allocations again after the end.
        mark_eligible: bool,
        /// What to record.
        event: Option<NodeEvent>,
        /// Evaluations of its jobs.
        evals: Vec<Eval>,
    },
    /// Records events of a node.
    AddNodeEvents {
        /// The node.
        id: NodeId,
        /// The events.
        events: Vec<NodeEvent>,
    },
    /// Forgets nodes.
    PurgeNodes {
        /// The nodes.
        ids: Vec<NodeId>,
        /// Evaluations of their jobs.
        evals: Vec<Eval>,
    },
    /// Records what clients report of allocations.
    UpdateAllocs {
        /// The reports.
        updates: Vec<AllocUpdate>,
        /// Evaluations that follow from them.
        evals: Vec<Eval>,
    },
    /// Forgets the registration of a service.
    RemoveService {
        /// Its namespace.
        namespace: Name,
        /// Its id.
        id: Name,
    },
    /// Records wishes about allocations.
    SetAllocTransitions {
        /// The wishes.
        transitions: Vec<(AllocId, AllocTransition)>,
        /// Evaluations of their jobs.
        evals: Vec<Eval>,
    },
    /// Changes a deployment's status, with what follows.
    SetDeploymentStatus {
        /// The change.
        update: DeploymentUpdate,
        /// Job version to register again (auto-revert).
        job: Option<Box<Job>>,
        /// The evaluation that follows.
        eval: Option<Box<Eval>>,
    },
    /// Promotes canaries: of all groups, or of some.
    PromoteDeployment {
        /// The deployment.
        id: DeploymentId,
        /// The groups; none means all.
        groups: Option<Vec<Name>>,
        /// The evaluation that follows.
        eval: Option<Box<Eval>>,
    },
    /// Decides the health of allocations of a deployment.
    SetAllocHealth {
        /// The deployment.
        deployment: DeploymentId,
        /// Healthy ones.
        healthy: Vec<AllocId>,
        /// Unhealthy ones.
        unhealthy: Vec<AllocId>,
        /// Change of the deployment that follows.
        update: Option<DeploymentUpdate>,
        /// Job version to register again (auto-revert).
        job: Option<Box<Job>>,
        /// The evaluation that follows.
        eval: Option<Box<Eval>>,
    },
    /// Forgets what nobody needs.
    Gc(GcBatch),
    /// Creates or changes a namespace.
    UpsertNamespace(Box<Namespace>),
    /// Forgets a namespace without jobs.
    DeleteNamespace(Name),
    /// Creates or changes a node pool.
    UpsertNodePool(Box<NodePool>),
    /// Forgets a node pool without nodes and jobs.
    DeleteNodePool(Name),
    /// Changes how the cluster schedules.
    SetSchedulerConfig {
        /// The configuration.
        config: Box<SchedulerConfig>,
        /// Only if it was last changed at this index.
        cas: Option<u64>,
    },
    /// Counts every summary anew.
    ReconcileSummaries,
    /// Changes how the servers look after their own group.
    SetAutopilotConfig {
        /// The configuration.
        config: Box<AutopilotConfig>,
        /// Only if it was last changed at this index.
        cas: Option<u64>,
    },
    /// Brings a piece of a state that was saved.
    RestorePiece {
        /// Which restore it belongs to.
        id: u128,
        /// Its place, from 0.
        number: u32,
        /// The piece.
        piece: Piece,
    },
    /// Replaces the state by the pieces that were brought.
    RestoreCommit {
        /// Which restore it is.
        id: u128,
        /// How many pieces there must be.
        pieces: u32,
    },
}

/// A job to register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobRegistration {
    /// The job, canonical and valid.
    pub job: Job,
    /// The text it was submitted as.
    pub submission: Option<JobSubmission>,
    /// Only if the specification was last changed at this index; 0 means that it must be new.
    pub enforce_index: Option<u64>,
    /// Its evaluation; none for parents.
    pub eval: Option<Eval>,
    /// What made the registration.
    #[serde(default)]
    pub by: RegisteredBy,
}

/// What made a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RegisteredBy {
    /// Somebody's request.
    #[default]
    Caller,
    /// The schedule of its parent.
    Launch {
        /// The time that the schedule names.
        slot: Timestamp,
    },
    /// A dispatch of its parent.
    Dispatch,
}

/// A plan that was verified, and the evaluations to store with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanCommit {
    /// What is left of the plan.
    pub plan: Plan,
    /// The plan's own evaluation as it is now, and those that it creates.
    pub evals: Vec<Eval>,
}

/// What nobody needs any more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GcBatch {
    /// Evaluations.
    pub evals: Vec<EvalId>,
    /// Allocations.
    pub allocs: Vec<AllocId>,
    /// Jobs that are dead.
    pub jobs: Vec<JobKey>,
    /// Deployments.
    pub deployments: Vec<DeploymentId>,
    /// Nodes that are down.
    pub nodes: Vec<NodeId>,
}
