//! Why a request is refused before it reaches the log.

use model::{AllocId, DeploymentId, JobKey, NodeId};

/// Why a request is refused. Asking again in the same way is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The job is not there.
    #[error("job not found")]
    JobNotFound(JobKey),
    /// The node is not there.
    #[error("node not found")]
    NodeNotFound(NodeId),
    /// The node is registered with another secret.
    #[error("node {0} is registered with another secret")]
    NodeSecret(NodeId),
    /// The allocation is not there.
    #[error("allocation not found")]
    AllocNotFound(AllocId),
    /// The deployment is not there.
    #[error("deployment not found")]
    DeploymentNotFound(DeploymentId),
    /// The deployment is over.
    #[error("can't {verb} terminal deployment")]
    DeploymentTerminal {
        /// What was asked.
        verb: &'static str,
    },
    /// The job says it belongs to another region than the one it was sent to.
    #[error("job belongs to region {wanted:?}, this is region {here:?}")]
    OtherRegion {
        /// Region of the job.
        wanted: String,
        /// Region of this server.
        here: String,
    },
    /// The job has no id.
    #[error("Job ID hasn't been provided")]
    NoJobId,
    /// The job's namespace is not there.
    #[error("job {job:?} is in nonexistent namespace {namespace:?}")]
    NoNamespace {
        /// The job.
        job: String,
        /// The namespace.
        namespace: String,
    },
    /// The job's node pool is not there.
    #[error("job {job:?} is in nonexistent node pool {pool:?}")]
    NoNodePool {
        /// The job.
        job: String,
        /// The pool.
        pool: String,
    },
    /// The job is not valid.
    #[error("{0}")]
    InvalidJob(String),
    /// The job is another than the caller believes.
    #[error("Enforcing job modify index {wanted}: {problem}")]
    JobModifyIndex {
        /// Index that the caller expects.
        wanted: u64,
        /// What is there instead.
        problem: String,
    },
    /// The priority is out of range.
    #[error("Eval priority must be between 1 and 100 inclusively")]
    EvalPriority,
    /// Only an operator with management rights may register jobs now.
    #[error("job registration, dispatch, and scale are disabled by the scheduler configuration")]
    RegistrationRejected,
    /// The job is only a template of others.
    #[error("can't evaluate {kind} job")]
    ParentJob {
        /// `periodic` or `parameterized`.
        kind: &'static str,
    },
    /// The job is at another version than the caller believes.
    #[error("Current job has version {current}; enforcing version {wanted}")]
    PriorVersion {
        /// Version that the job has.
        current: u64,
        /// Version that the caller expects.
        wanted: u64,
    },
    /// The job is at that version.
    #[error("can't revert to current version")]
    RevertToCurrent,
    /// A version of the job is not kept.
    #[error("job \"{}\" in namespace \"{}\" at version {version} not found", .job.id, .job.namespace)]
    VersionNotFound {
        /// The job.
        job: JobKey,
        /// The version.
        version: u64,
    },
    /// A child is not made.
    #[error(transparent)]
    Launch(#[from] super::LaunchError),
    /// A group is not scaled.
    #[error(transparent)]
    Scale(#[from] super::ScaleError),
    /// More reports than one message may carry.
    #[error("{got} allocation reports in one message, at most {limit} are allowed")]
    TooManyUpdates {
        /// Reports that came.
        got: usize,
        /// Reports that may come.
        limit: usize,
    },
}
