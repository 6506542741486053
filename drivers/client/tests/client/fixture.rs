//! A host directory with clients on it, jobs for them, and what processes they leave.

use std::future::Future;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use client::{Client, Config, RawExecSettings};
use executor::link::Program;
use model::document::Any;
use model::{AllocId, ClientStatus, Job, Nanos, Resources, Restart};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::servers::Servers;

const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) struct Host {
    pub(crate) dir: TempDir,
    pub(crate) servers: Arc<Servers>,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("directory"), servers: Arc::default() }
    }

    pub(crate) fn config(&self) -> Config {
        config(self.dir.path())
    }

    pub(crate) fn cgroup(&self) -> String {
        cgroup(self.dir.path())
    }

    /// Starts a client, once the one before has let go of its files.
    pub(crate) async fn client(&self) -> Client {
        self.client_with(self.config()).await
    }

    pub(crate) async fn client_with(&self, config: Config) -> Client {
        let start = Instant::now();
        loop {
            match Client::start(config.clone(), self.servers.clone()).await {
                Ok(client) => return client,
                Err(error) => assert!(start.elapsed() < DEADLINE, "{error:?}"),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn path(&self, id: AllocId, path: &str) -> PathBuf {
        self.dir.path().join("allocs").join(id.to_string()).join(path)
    }

    /// Waits for a status; returns the events of the first task, as their kinds are written.
    pub(crate) async fn reach(&self, id: AllocId, status: ClientStatus) -> String {
        let told = || self.servers.update_of(id);
        let reached = || told().is_some_and(|update| update.status == status);
        eventually(reached, || format!("{status} instead of {:#?}", told())).await;
        self.events(id)
    }

    pub(crate) fn events(&self, id: AllocId) -> String {
        let update = self.servers.update_of(id).expect("update");
        let events = update.tasks.values().flat_map(|state| &state.events);
        events.map(|event| format!("{:?}\n", event.kind)).collect()
    }

    /// Waits for the first line that a task prints which is a number: its pid.
    pub(crate) async fn pid(&self, id: AllocId) -> i32 {
        let path = self.path(id, "alloc/logs/web.stdout.0");
        let read = || {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            text.lines().last().and_then(|line| line.parse().ok())
        };
        eventually(|| read().is_some(), || format!("no pid in {}", path.display())).await;
        read().expect("pid")
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // Of a test that failed half-way.
        let roots = client::Roots {
            state_dir: self.dir.path().join("state"),
            alloc_dir: self.dir.path().join("allocs"),
            cgroup_parent: Some(self.cgroup()),
        };
        drop(client::sweep_leftovers(&roots));
    }
}

/// The configuration of a client in `dir`, the same in every process.
pub(crate) fn config(dir: &Path) -> Config {
    let mut config = Config::new(dir.join("state"), dir.join("allocs"));
    let binary = std::env::current_exe().expect("own binary");
    config.executor = Program::subcommand_of(binary);
    config.drivers.raw_exec = Some(RawExecSettings::default());
    config.network_interface = Some("lo".to_owned());
    // Whatever else fills the disk of the machine that tests run on.
    config.gc.disk_percent = 101;
    config.gc.inode_percent = 101;
    config.cgroup_parent = Some(cgroup(dir));
    config.http_addr = "127.0.0.1:4646".to_owned();
    config
}

fn cgroup(dir: &Path) -> String {
    let unique = dir.file_name().expect("name").to_string_lossy().replace('.', "");
    format!("nomad-client-test-{unique}")
}

/// A job whose one task is a shell script; a failed task is restarted `restarts` times, at once.
pub(crate) fn shell(kind: &str, restarts: i64, script: &str) -> Job {
    let mut job = if kind == "batch" { testkit::batch_job("j") } else { testkit::job("j") };
    let group = &mut job.task_groups[0];
    group.restart = Some(Restart {
        attempts: restarts,
        interval: Nanos::from_mins(10),
        mode: "fail".to_owned(),
        ..Restart::default()
    });
    group.update = None;
    let task = &mut group.tasks[0];
    task.driver = "raw_exec".to_owned();
    task.resources = Some(Resources { cpu: 50, memory_mb: 32, ..Resources::default() });
    task.kill_timeout = Nanos::from_secs(5);
    set_config(&mut job, json!({ "command": "/bin/sh", "args": ["-c", script] }));
    job
}

pub(crate) fn set_config(job: &mut Job, config: Value) {
    job.task_groups[0].tasks[0].config = Some(Any(config));
}

pub(crate) fn id() -> AllocId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let pid = u128::from(std::process::id());
    AllocId::derive(&[pid, u128::from(NEXT.fetch_add(1, Ordering::Relaxed))])
}

pub(crate) fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("runtime").block_on(test);
}

/// Waits until something holds.
pub(crate) async fn eventually(holds: impl Fn() -> bool, what: impl Fn() -> String) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < DEADLINE, "still: {}", what());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Whether a process lives; one that waits to be collected does not.
pub(crate) fn alive(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

pub(crate) fn text(client: &Client, id: AllocId, path: &str) -> String {
    let mut text = String::new();
    client.open(id, path).expect(path).read_to_string(&mut text).expect("text");
    text
}
