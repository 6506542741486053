//! What confines a task and keeps hold of its processes: cgroups, pidfds, paths opened beneath a root, spawning.
//!
//! The only crate of the workspace with `unsafe`; each block says why it is sound. It never decides anything (the
//! executor and the client do) and never touches a cgroup outside the name that its caller gave.

pub mod beneath;
pub mod cgroup;
pub mod descendants;
pub mod isolate;
pub mod landlock;
pub mod pidfd;
pub mod proc_stat;
pub mod secrets;
pub mod session;
pub mod spawn;
pub mod user;
#[cfg(feature = "tokio")]
pub mod watch;
