//! How good a node is: one term a file, and the front that keeps the best ones at hand.

mod affinity;
mod algorithm;
mod anti_affinity;
mod binpack;
mod bounds;
mod device_affinity;
mod front;
mod key;
mod pack;
mod penalty;
mod preemption_cost;
mod property;
mod scan;
mod spread;
mod terms;
mod tournament;

pub(crate) use affinity::NodeAffinity;
pub(crate) use algorithm::Algorithm;
pub(crate) use anti_affinity::anti_affinity;
pub(crate) use bounds::Bounds;
pub(crate) use device_affinity::DeviceAffinity;
pub(crate) use front::Front;
pub(crate) use key::Key;
pub(crate) use pack::stranded;
pub(crate) use penalty::PENALTY;
pub(crate) use preemption_cost::preemption_score;
pub(crate) use property::{NO_VALUE, Property};
pub(crate) use scan::Scan;
pub use scan::vector_level;
pub(crate) use spread::{Spreads, Telling, blocks as spread_blocks};
pub(crate) use terms::Terms;
pub(crate) use tournament::Tournament;
