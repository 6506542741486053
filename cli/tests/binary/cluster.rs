//! Asking a cluster over its HTTP API, with curl: a client that nobody here wrote.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::process::{Running, eventually, nomadctl, run};
use crate::work_dir::WorkDir;

/// How long a cluster may take to be ready, on a loaded machine.
const READY: Duration = Duration::from_secs(30);
/// How long a job may take to be where it should be.
pub(crate) const SETTLE: Duration = Duration::from_secs(40);

/// A job of so many instances that only sleep.
pub(crate) fn sleep_job(count: u32) -> String {
    format!(
        r#"job "sleep" {{
  group "g" {{
    count = {count}
    task "t" {{
      driver = "raw_exec"
      config {{
        command = "/bin/sleep"
        args    = ["900"]
      }}
      resources {{
        cpu    = 20
        memory = 16
      }}
    }}
  }}
}}
"#
    )
}

/// A dev cluster of the test's own.
pub(crate) struct DevCluster {
    pub(crate) process: Running,
    pub(crate) address: String,
    pub(crate) dir: WorkDir,
}

impl DevCluster {
    /// Starts one with these further arguments and waits until it is ready.
    pub(crate) fn start(name: &str, args: &[&str]) -> Self {
        let dir = WorkDir::new(name);
        let port = free_port().to_string();
        let mut all = vec!["dev", "-http-port", &port];
        all.extend(args);
        let mut process = Running::start(dir.path(), &all);
        process.await_line("ready", READY);
        Self { process, address: format!("http://127.0.0.1:{port}"), dir }
    }

    /// Runs the command line against it.
    pub(crate) fn nomadctl(&self, args: &[&str]) -> crate::process::Finished {
        nomadctl(&self.address, args)
    }

    /// Reads JSON from its API.
    pub(crate) fn get(&self, path: &str) -> Value {
        get(&self.address, path)
    }

    /// The running allocations of a job.
    pub(crate) fn running(&self, job: &str) -> Vec<Value> {
        running(&self.address, job)
    }

    /// Waits until so many allocations of a job run, and no more.
    pub(crate) fn await_running(&self, job: &str, count: usize) -> Vec<Value> {
        eventually(SETTLE, || Some(self.running(job)).filter(|allocs| allocs.len() == count))
    }

    /// Ends it as Ctrl-C does.
    pub(crate) fn interrupt(&mut self) {
        self.process.signal("INT");
        assert_eq!(self.process.wait(SETTLE), 0);
    }
}

/// The running allocations of a job.
pub(crate) fn running(address: &str, job: &str) -> Vec<Value> {
    let allocs = get(address, &format!("/v1/job/{job}/allocations"));
    let is_running = |alloc: &&Value| alloc["ClientStatus"] == "running" && alloc["DesiredStatus"] == "run";
    allocs.as_array().into_iter().flatten().filter(is_running).cloned().collect()
}

/// Reads JSON from an API; null when it does not answer or refuses.
pub(crate) fn get(address: &str, path: &str) -> Value {
    let done = run(Command::new("curl").args(["-sS", "--max-time", "10"]).arg(format!("{address}{path}")));
    serde_json::from_str(&done.stdout).unwrap_or(Value::Null)
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Pid of a task's process: the first child of its executor, by its environment.
pub(crate) fn task_pids(alloc: &str) -> Vec<u32> {
    let wanted = format!("NOMAD_ALLOC_ID={alloc}");
    let mut pids = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        if environment.split(|byte| *byte == 0).any(|item| item == wanted.as_bytes()) {
            pids.push(pid);
        }
    }
    pids
}
