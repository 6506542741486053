//! A host directory with an `exec` driver, and tasks for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use builtin::{Exec, ExecOptions};
use driver::conformance::{Fixture, Script};
use driver::{Driver, TaskConfig};
use sandbox::cgroup::{Group, GroupName, Hierarchies};
use serde_json::{Value, json};

use crate::fixture::{FAMILY, HOG, Host};

/// Tasks of `exec`; everything else is as with `raw_exec`.
pub(crate) struct ExecHost {
    pub(crate) host: Host,
}

impl ExecHost {
    /// `None` where tasks cannot be isolated or limited.
    pub(crate) fn new() -> Option<Self> {
        let limited = Hierarchies::detect().is_ok_and(|found| found.obstacle().is_none());
        (limited && sandbox::isolate::missing().is_none()).then(|| Self { host: Host::new(true) })
    }

    pub(crate) fn options(&self) -> ExecOptions {
        let raw = self.host.options();
        ExecOptions { denied_users: Vec::new(), ..ExecOptions::new(raw.executor, raw.state_root) }
    }

    pub(crate) fn driver(&self) -> Exec {
        Exec::new(self.options())
    }

    pub(crate) fn config(&self, config: Value) -> TaskConfig {
        self.host.config(config)
    }

    pub(crate) fn shell(&self, script: &str) -> TaskConfig {
        self.config(json!({ "command": "sh", "args": ["-c", script] }))
    }
}

/// Returns the directories of a task's own cgroup.
pub(crate) fn group_of(task: &TaskConfig) -> Group {
    let parent = task.cgroup_parent.as_ref().expect("parent");
    let name = format!("{parent}/{}.web_201", task.id.alloc);
    Group::open(&Hierarchies::detect().expect("hierarchies"), &GroupName::new(&name).expect("name"))
        .expect("group")
}

impl Fixture for ExecHost {
    fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(ExecHost::driver(self))
    }

    fn task(&self, script: &Script) -> Option<TaskConfig> {
        Some(match script {
            Script::Exit(code) => self.shell(&format!("exit {code}")),
            Script::Run => self.shell("exec sleep 60"),
            Script::Graceful => self.shell("trap 'exit 0' INT; echo ready; while :; do sleep 0.01; done"),
            Script::Stubborn => self.shell("trap '' INT TERM; echo ready; while :; do sleep 0.01; done"),
            Script::Family => self.shell(FAMILY),
            Script::Print(out, err) => self.shell(&format!("echo {out}; echo {err} >&2")),
            Script::Hog => self.shell(HOG),
            Script::Missing => self.config(json!({ "command": "no-such-program" })),
            Script::BadConfig => self.config(json!({ "command": "/bin/true", "no_such_key": 1 })),
        })
    }

    fn survives(&self) -> bool {
        true
    }

    fn host_pids(&self, task: &TaskConfig, pids: &[i32]) -> Vec<i32> {
        let inner = |pid: &i32| -> Option<(i32, i32)> {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?;
            Some((line.split_whitespace().last()?.parse().ok()?, *pid))
        };
        let by_inner: BTreeMap<i32, i32> = group_of(task).pids().iter().filter_map(inner).collect();
        pids.iter().filter_map(|pid| by_inner.get(pid).copied()).collect()
    }

    fn leftovers(&self, task: &TaskConfig) -> Vec<String> {
        let mut left = self.host.leftovers(task);
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").expect("mountinfo");
        let root = task.dirs.alloc.display().to_string();
        left.extend(mounts.lines().filter(|line| line.contains(&root)).map(str::to_owned));
        left
    }
}

/// Where a task's standard output is.
pub(crate) fn stdout(task: &TaskConfig) -> PathBuf {
    task.logs.dir.join("web 1.stdout.0")
}
