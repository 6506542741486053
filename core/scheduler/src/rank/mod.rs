//! How good a node is: one term a file, and the tree that keeps the best one at hand.

mod affinity;
mod algorithm;
mod anti_affinity;
mod binpack;
mod device_affinity;
mod max_tree;
mod pack;
mod penalty;
mod preemption_cost;
mod property;
mod spread;
mod terms;

pub(crate) use affinity::NodeAffinity;
pub(crate) use algorithm::Algorithm;
pub(crate) use anti_affinity::anti_affinity;
pub(crate) use device_affinity::DeviceAffinity;
pub(crate) use max_tree::{Key, MaxTree};
pub(crate) use pack::stranded;
pub(crate) use penalty::PENALTY;
pub(crate) use preemption_cost::preemption_score;
pub(crate) use property::{NO_VALUE, Property};
pub(crate) use spread::Spreads;
pub(crate) use terms::Terms;
