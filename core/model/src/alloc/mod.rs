//! The allocation: one instance of a task group on one node. A hot record.

mod alloc_record;
mod metrics;
mod near_miss;
mod reschedule;
mod resources;
mod status;
mod task_event;
mod task_state;
mod task_states;
mod update;

pub use alloc_record::{Alloc, AllocRare, AllocState, DeploymentHealth, NetworkStatus};
pub use metrics::{AllocMetric, NodeScore, PassMetrics, ScorePart};
pub use near_miss::{ExhaustedAsk, Lack, NearMiss};
pub use reschedule::{RescheduleEvent, RescheduleTracker};
pub use resources::{Assigned, AssignedDevice, AssignedPort, AssignedTask, Exclusive};
pub use status::{AllocTransition, ClientStatus, DesiredStatus, StopReason};
pub use task_event::{TaskEvent, TaskEventKind};
pub use task_state::{RunState, TaskState};
pub use task_states::TaskStates;
pub use update::AllocUpdate;
