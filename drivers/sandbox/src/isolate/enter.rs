//! Running one more process in the world of a running task.

use std::fs::File;
use std::io;
use std::process::Child;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::os::fd::AsFd;

use super::child::at;
use super::plan::Rights;
use super::spawn::{Isolated, SpawnError, start};
use super::{Plan, Share, filter};

/// The way into the world of a running task. Only for the process that started it: its children are in the pid
/// namespace already.
#[derive(Debug)]
pub struct Entrance {
    mounts: File,
    ipc: Option<File>,
    rights: Rights,
}

impl Entrance {
    /// Opens the namespaces of the task's first process, which must not have been collected.
    ///
    /// # Errors
    /// When it has ended.
    pub fn open(pid: i32, plan: &Plan) -> io::Result<Self> {
        let namespace = |kind: &str| File::open(format!("/proc/{pid}/ns/{kind}"));
        let ipc = (plan.ipc == Share::Private).then(|| namespace("ipc")).transpose()?;
        Ok(Self { mounts: namespace("mnt")?, ipc, rights: plan.rights })
    }

    /// Starts a process in it, with the rights of the task.
    ///
    /// # Errors
    /// As [`super::spawn`].
    pub fn spawn(self, isolated: Isolated<'_>) -> Result<Child, SpawnError> {
        let filter = filter::program(self.rights.most);
        start(isolated, self.rights, filter, move || {
            if let Some(ipc) = &self.ipc {
                at(3, join(ipc, LinkNameSpaceType::InterProcessCommunication))?;
            }
            // Also changes root and working directory to those of the namespace.
            at(3, join(&self.mounts, LinkNameSpaceType::Mount))
        })
    }
}

fn join(namespace: &File, kind: LinkNameSpaceType) -> io::Result<()> {
    Ok(move_into_link_name_space(namespace.as_fd(), Some(kind))?)
}
