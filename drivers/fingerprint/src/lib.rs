//! What a host is and has: the attributes and resources of a node.
//!
//! Reads `/proc`, `/sys`, `/etc` and the interfaces, all of it in milliseconds; nothing here asks a cloud, a device
//! or the network. Each part is a file and a function of its sources, so that tests give it files of other hosts.

#![forbid(unsafe_code)]

mod arch;
mod cgroup;
mod collect;
mod cpu;
mod cpu_list;
mod host;
mod kernel;
mod memory;
mod network;
mod nomad;
mod numa;
mod sources;
mod storage;

pub use collect::{Fingerprint, FingerprintError, Options, collect};
pub use cpu::{Core, Cpu};
pub use network::{Address, Family, Interface};
pub use sources::Sources;
pub use storage::Storage;
