//! Which nodes may take a group at all, whatever room they have. One rule a file.

mod class_cache;
mod constraint;
mod datacenter;
mod device;
mod distinct;
mod driver;
mod failing;
mod network;
mod order;
mod rows;
mod secret;
mod target;
mod typed;
mod version;
mod volume;

pub(crate) use class_cache::{Feasibility, GroupFilter, INELIGIBLE};
pub(crate) use constraint::Check;
pub(crate) use datacenter::in_datacenters;
pub(crate) use device::{Rule as DeviceRule, is_named, matches_name};
pub(crate) use distinct::{DistinctHosts, DistinctProperty};
pub(crate) use network::host_network;
pub(crate) use rows::Rows;
pub(crate) use target::Target;
