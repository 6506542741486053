//! What a client reports of one allocation.

use serde::{Deserialize, Serialize};

use super::{ClientStatus, NetworkStatus, TaskStates};
use crate::{AllocId, Name, ServiceInstance, Timestamp};

/// What a client reports of one allocation. It replaces the last report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocUpdate {
    /// The allocation.
    pub id: AllocId,
    /// Its status.
    pub status: ClientStatus,
    /// One sentence about it.
    pub description: Name,
    /// Its tasks.
    pub tasks: TaskStates,
    /// Whether it is healthy, once that is decided, and since when.
    pub healthy: Option<(bool, Timestamp)>,
    /// Its network, once it has one.
    pub network: Option<NetworkStatus>,
    /// The services that it offers now, at most [`crate::MAX_SERVICES`].
    #[serde(default)]
    pub services: Vec<ServiceInstance>,
}
