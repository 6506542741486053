//! What is shown of the agent's documents.
//!
//! Purpose: light structs in the JSON of the HTTP API, with only the fields that the command line uses.
//! Limits: everything is optional on input: a missing or `null` field takes its default, so that an older or newer
//! agent can be asked as well. Times are nanoseconds since the epoch unless they are texts.

mod agent;
mod alloc;
mod autopilot;
mod cluster;
mod deployment;
mod eval;
mod explain;
mod files;
mod job;
mod metric;
mod node;
mod plan;
mod scaling;
mod search;
mod service;
mod what_if;

pub use agent::{JoinAnswer, Member, Members, RaftConfiguration, RaftServer};
pub use alloc::{
    AddressPort, AllocDeployment, AllocStub, AllocView, AllocatedResources, CheckStatus, CpuView,
    DesiredTransition, MemoryView, NetworkView, SharedResources, TaskEventView, TaskResourcesView,
    TaskStateView,
};
pub use autopilot::{AutopilotConfigView, AutopilotHealth, LeadershipTransfer, ServerHealthView};
pub use cluster::{
    NamespaceCapabilitiesView, NamespaceNodePoolView, NamespaceView, NodePoolSchedulerView, NodePoolView,
    PreemptionView, SchedulerAnswer, SchedulerConfigView,
};
pub use deployment::{DeploymentChange, DeploymentGroup, DeploymentView};
pub use eval::{EvalView, PlanAnnotations, RelatedEval, TaskGroupUpdate};
pub use explain::{
    AmountView, AskView, ChangeView, ExplainView, FillView, GroupExplainedView, LackView, NodeExplainedView,
    StoppedView,
};
pub use files::FileInfo;
pub use job::{
    ActionView, ChildrenSummary, DispatchResponse, GroupScaleView, GroupSummary, JobStub, JobSummary,
    JobView, LifecycleView, ParameterizedView, PeriodicView, RegisterResponse, ReschedulePolicyView,
    ScaleStatusView, ScalingEventView, TaskGroupView, TaskView, ValidateResponse, VersionTagView,
    VersionsView,
};
pub use metric::{AskedResources, Metric, NearMiss, NodeScore};
pub use node::{
    CpuUsage, DriverView, HostCpu, HostDisk, HostMemory, HostStats, HostVolumeView, MemoryUsage, NodeCpu,
    NodeDisk, NodeEvent, NodeMemory, NodeReservedResources, NodeResources, NodeStub, NodeView, ResourceUsage,
    TaskUsage, UsageParts,
};
pub use plan::{DiffField, DiffKind, DiffObject, GroupDiff, JobDiff, PlanResponse, TaskDiff};
pub use scaling::ScalingPolicyView;
pub use search::SearchResponse;
pub use service::{NamespaceServicesView, ServiceStub, ServiceView};
pub use what_if::{MoveView, NamedNode, UnplacedView, UtilisationView, WhatIfView};

/// Reads `null` as the default value.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de> + Default,
{
    Ok(<Option<T> as serde::Deserialize>::deserialize(deserializer)?.unwrap_or_default())
}

/// Declares a struct of which every field may be missing or `null`; names are Pascal case unless renamed.
macro_rules! view {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        pub struct $name {
            $($(#[$field_meta])* #[serde(deserialize_with = "crate::view::or_default")] pub $field: $kind,)*
        }
    )*};
}
pub(crate) use view;
