//! Files as consensus uses them: one flat directory, ordered writes, explicit syncs.
//!
//! [`RealDisk`] is the file system; [`ModelDisk`] keeps everything in memory, on virtual time, and models what a power
//! cut takes away. Nothing above this module touches a file or a thread in any other way.
mod api;
mod lock;
mod model;
mod pages;
mod real;

pub use api::{Disk, DiskFile, Done};
pub(crate) use api::{read_all, run_on};
pub use model::{Latency, ModelDisk, PowerCut};
pub use real::RealDisk;
