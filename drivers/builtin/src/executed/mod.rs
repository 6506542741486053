//! What the drivers that run a task under an executor share: holding tasks, limits, users.

mod cgroup;
mod command;
mod denied;
mod handle;
mod tasks;
mod user;

pub(crate) use cgroup::{limits, own_group};
pub(crate) use denied::matches;
pub(crate) use tasks::{Tasks, logs, text};
pub(crate) use user::{DeniedIds, check as check_user};
