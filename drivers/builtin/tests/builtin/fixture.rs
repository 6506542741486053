//! A host directory with a `raw_exec` driver, and tasks for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use builtin::{RawExec, RawExecOptions};
use driver::conformance::{Fixture, Script};
use driver::{Driver, LogConfig, Resources, TaskConfig, TaskDirs, TaskId};
use executor::link::Program;
use sandbox::cgroup::{GroupName, Hierarchies, sweep};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Starts processes, also outside the session, and prints their pids.
pub(crate) const FAMILY: &str = "setsid sleep 60 & echo $!; (setsid sh -c 'echo $$; exec sleep 60' &); \
                                 sleep 60 & echo $!; sleep 0.1; echo family; wait";
/// Keeps 200 MB in memory; each of the fixture's tasks may have 64 MiB.
pub(crate) const HOG: &str = "head -c 200000000 /dev/zero | tail";

pub(crate) struct Host {
    dir: TempDir,
    by_cgroup: bool,
}

impl Host {
    pub(crate) fn new(by_cgroup: bool) -> Self {
        Self { dir: tempfile::tempdir().expect("directory"), by_cgroup }
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub(crate) fn options(&self) -> RawExecOptions {
        let binary = std::env::current_exe().expect("own binary");
        RawExecOptions::enabled(Program::subcommand_of(binary), self.dir.path().join("executors"))
    }

    pub(crate) fn cgroup_parent(&self) -> GroupName {
        let unique = self.dir.path().file_name().expect("name").to_string_lossy().replace('.', "");
        GroupName::new(&format!("nomad-test-{}-{unique}", std::process::id())).expect("name")
    }

    pub(crate) fn config(&self, config: Value) -> TaskConfig {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let Value::Object(config) = config else { panic!("no block") };
        let alloc = format!("alloc-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let root = self.dir.path().join(&alloc);
        let at = |name: &str| -> PathBuf {
            std::fs::create_dir_all(root.join(name)).expect("directory");
            root.join(name)
        };
        TaskConfig {
            id: TaskId { alloc, task: "web 1".to_owned() },
            config,
            env: BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
            user: None,
            resources: Resources { cpu_mhz: 100, memory_mb: 64, ..Resources::default() },
            dirs: TaskDirs {
                alloc: root.clone(),
                shared: at("alloc"),
                task: at("web"),
                local: at("web/local"),
                secrets: at("web/secrets"),
            },
            logs: LogConfig { disabled: false, dir: at("alloc/logs"), max_files: 10, max_file_size_mb: 1 },
            cgroup_parent: self.by_cgroup.then(|| self.cgroup_parent().as_str().to_owned()),
        }
    }

    pub(crate) fn shell(&self, script: &str) -> TaskConfig {
        self.config(json!({ "command": "/bin/sh", "args": ["-c", script] }))
    }
}

impl Fixture for Host {
    fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(RawExec::new(self.options()))
    }

    fn task(&self, script: &Script) -> Option<TaskConfig> {
        Some(match script {
            Script::Exit(code) => self.shell(&format!("exit {code}")),
            Script::Run => self.shell("exec sleep 60"),
            Script::Graceful => self.shell("trap 'exit 0' INT; echo ready; while :; do sleep 0.01; done"),
            Script::Stubborn => self.shell("trap '' INT TERM; echo ready; while :; do sleep 0.01; done"),
            Script::Family => self.shell(FAMILY),
            Script::Print(out, err) => self.shell(&format!("echo {out}; echo {err} >&2")),
            Script::Hog if !self.by_cgroup => return None,
            Script::Hog => self.shell(HOG),
            Script::Missing => self.config(json!({ "command": "no-such-program" })),
            Script::BadConfig => self.config(json!({ "command": "/bin/true", "no_such_key": 1 })),
        })
    }

    fn survives(&self) -> bool {
        true
    }

    fn leftovers(&self, task: &TaskConfig) -> Vec<String> {
        let mut left = Vec::new();
        if let Ok(entries) = std::fs::read_dir(self.options().state_root) {
            left.extend(entries.flatten().map(|entry| entry.path().display().to_string()));
        }
        let Some(parent) = &task.cgroup_parent else { return left };
        for root in Hierarchies::detect().map(|found| found.roots()).unwrap_or_default() {
            let Ok(entries) = std::fs::read_dir(root.join(parent)) else { continue };
            let groups = entries.flatten().filter(|entry| entry.path().is_dir());
            left.extend(groups.map(|entry| entry.path().display().to_string()));
        }
        left
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // Of a test that failed half-way.
        if let Ok(entries) = std::fs::read_dir(self.options().state_root) {
            for entry in entries.flatten() {
                let _ = executor::link::destroy(&entry.path());
            }
        }
        if let Ok(hierarchies) = Hierarchies::detect() {
            sweep(&hierarchies, &self.cgroup_parent(), |_| false, std::time::Duration::from_secs(10));
        }
    }
}
