//! The node: a host that runs allocations. A hot record.

mod class;
mod device;
mod node_record;
mod resources;

pub use class::{computed_class, offer_class};
pub use device::{DeviceInstance, NodeDevice, TypedValue};
pub use node_record::{DrainStrategy, DriverInfo, HostVolume, Node, NodeEvent, NodeStatus};
pub use resources::{Core, HostNetwork, NodeNetwork, NodeResources, PortRange, Reserved};
