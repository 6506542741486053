//! The main job, from a file to nothing left.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::cluster::{DevCluster, SETTLE, task_pids};
use crate::process::{eventually, is_alive, run, signal};

/// An HTTP service on dynamic ports.
fn web(count: u32) -> String {
    format!(
        r#"job "web" {{
  group "front" {{
    count = {count}
    network {{
      port "http" {{}}
    }}
    restart {{
      attempts = 3
      interval = "10m"
      delay    = "1s"
      mode     = "fail"
    }}
    update {{
      min_healthy_time = "100ms"
      max_parallel     = 3
    }}
    task "server" {{
      driver = "raw_exec"
      config {{
        command = "/bin/sh"
        args    = ["-c", "echo started on $NOMAD_PORT_http; cd $NOMAD_TASK_DIR; echo hello > index.html; exec python3 -u -m http.server --bind 127.0.0.1 $NOMAD_PORT_http"]
      }}
      resources {{
        cpu    = 50
        memory = 48
      }}
    }}
  }}
}}
"#
    )
}

const BATCH: &str = r#"job "sum" {
  type = "batch"
  group "g" {
    reschedule {
      attempts  = 0
      unlimited = false
    }
    restart {
      attempts = 0
      mode     = "fail"
    }
    task "add" {
      driver = "raw_exec"
      config {
        command = "/bin/sh"
        args    = ["-c", "echo the sum is $((40 + 2)); echo trouble >&2; exit 3"]
      }
    }
  }
}
"#;

/// Needs more memory than is free while `filler` runs.
fn large(name: &str, memory: u64) -> String {
    format!(
        r#"job "{name}" {{
  group "g" {{
    task "t" {{
      driver = "raw_exec"
      config {{
        command = "/bin/sleep"
        args    = ["600"]
      }}
      resources {{
        cpu    = 20
        memory = {memory}
      }}
    }}
  }}
}}
"#
    )
}

fn answers(alloc: &Value, cluster: &DevCluster) -> bool {
    let alloc = cluster.get(&format!("/v1/allocation/{}", alloc["ID"].as_str().unwrap()));
    let port = &alloc["AllocatedResources"]["Shared"]["Ports"][0];
    let address = format!("http://{}:{}/", port["HostIP"].as_str().unwrap_or("127.0.0.1"), port["Value"]);
    run(Command::new("curl").args(["-sS", "--max-time", "5", &address])).stdout.trim() == "hello"
}

pub(crate) fn whole_life() {
    let mut cluster = DevCluster::start("main-job", &[]);
    service(&cluster);
    plans(&cluster);
    batch(&cluster);
    no_room(&cluster);
    let allocs = cluster.await_running("web", 2);
    let ids: Vec<String> = allocs.iter().map(|alloc| alloc["ID"].as_str().unwrap().to_owned()).collect();
    cluster.nomadctl(&["job", "stop", "web"]).expect(0);
    for id in &ids {
        let path = format!("/v1/allocation/{id}");
        eventually(SETTLE, || (cluster.get(&path)["ClientStatus"] == "complete").then_some(()));
        assert!(task_pids(id).is_empty(), "an allocation that has ended leaves no process");
    }
    nothing_is_left(&mut cluster);
}

/// Three instances, each answering; a killed task is restarted by policy.
fn service(cluster: &DevCluster) {
    let file = cluster.dir.write("web.nomad.hcl", &web(3));
    cluster.nomadctl(&["job", "run", file.to_str().unwrap()]).expect(0);
    let allocs = cluster.await_running("web", 3);
    for alloc in &allocs {
        eventually(SETTLE, || answers(alloc, cluster).then_some(()));
    }
    let id = allocs[0]["ID"].as_str().unwrap().to_owned();
    let before = eventually(SETTLE, || task_pids(&id).first().copied());
    signal(before, "KILL");
    let restarts =
        || cluster.get(&format!("/v1/allocation/{id}"))["TaskStates"]["server"]["Restarts"].as_u64();
    eventually(SETTLE, || restarts().filter(|restarts| *restarts == 1));
    eventually(SETTLE, || answers(&allocs[0], cluster).then_some(()));
    assert!(!is_alive(before));
    let status = cluster.nomadctl(&["job", "status", "web"]).expect(0);
    assert!(status.contains("running"), "{status}");
    let logs = cluster.nomadctl(&["alloc", "logs", &id]).expect(0);
    assert!(logs.contains("started on"), "{logs}");
}

/// Exit codes of a plan, and counts that go up and down.
fn plans(cluster: &DevCluster) {
    let same = cluster.dir.write("same.nomad.hcl", &web(3));
    cluster.nomadctl(&["job", "plan", same.to_str().unwrap()]).expect(0);
    let more = cluster.dir.write("more.nomad.hcl", &web(5));
    let plan = cluster.nomadctl(&["job", "plan", more.to_str().unwrap()]).expect(1);
    assert!(plan.contains("2 create"), "{plan}");
    let broken = cluster.dir.write("broken.nomad.hcl", "job \"web\" {\n  grupp \"x\" {}\n}\n");
    let refused = cluster.nomadctl(&["job", "plan", broken.to_str().unwrap()]);
    assert!(refused.stderr.contains("group"), "{}", refused.stderr);
    refused.expect(255);
    cluster.nomadctl(&["job", "run", more.to_str().unwrap()]).expect(0);
    cluster.await_running("web", 5);
    let fewer = cluster.dir.write("fewer.nomad.hcl", &web(2));
    cluster.nomadctl(&["job", "run", fewer.to_str().unwrap()]).expect(0);
    cluster.await_running("web", 2);
}

/// Logs of both streams and the exit code.
fn batch(cluster: &DevCluster) {
    let file = cluster.dir.write("sum.nomad.hcl", BATCH);
    cluster.nomadctl(&["job", "run", "-detach", file.to_str().unwrap()]).expect(0);
    let alloc = eventually(SETTLE, || {
        let allocs = cluster.get("/v1/job/sum/allocations");
        allocs.as_array()?.iter().find(|alloc| alloc["ClientStatus"] == "failed").cloned()
    });
    let id = alloc["ID"].as_str().unwrap();
    assert_eq!(cluster.nomadctl(&["alloc", "logs", id]).expect(0), "the sum is 42\n");
    assert_eq!(cluster.nomadctl(&["alloc", "logs", "-stderr", id]).expect(0), "trouble\n");
    let events = &alloc["TaskStates"]["add"]["Events"];
    let exit = events.as_array().unwrap().iter().find(|event| event["Type"] == "Terminated").unwrap();
    assert_eq!(exit["ExitCode"], 3);
}

/// A job that cannot fit stays pending, says why, and runs as soon as there is room.
fn no_room(cluster: &DevCluster) {
    let nodes = cluster.get("/v1/nodes?resources=true");
    let memory = |node: &Value| node["NodeResources"]["Memory"]["MemoryMB"].as_u64().unwrap();
    let largest = nodes.as_array().unwrap().iter().map(memory).max().unwrap();
    let count = nodes.as_array().unwrap().len();
    let fill = largest * 8 / 10;
    for number in 0..count {
        let name = format!("filler-{number}");
        let file = cluster.dir.write("filler.nomad.hcl", &large(&name, fill));
        cluster.nomadctl(&["job", "run", "-detach", file.to_str().unwrap()]).expect(0);
        cluster.await_running(&name, 1);
    }
    let file = cluster.dir.write("waiting.nomad.hcl", &large("waiting", fill));
    let plan = cluster.nomadctl(&["job", "plan", file.to_str().unwrap()]).expect(1);
    assert!(plan.contains("memory"), "{plan}");
    cluster.nomadctl(&["job", "run", file.to_str().unwrap()]).expect(2);
    let status = cluster.nomadctl(&["job", "status", "waiting"]).expect(0);
    assert!(status.contains("Placement Failure") && status.contains("memory"), "{status}");
    assert_eq!(cluster.get("/v1/job/waiting")["Status"], "pending");
    cluster.nomadctl(&["job", "stop", "-detach", "filler-0"]).expect(0);
    cluster.await_running("waiting", 1);
}

/// After Ctrl-C no process, cgroup, mount or directory is left.
fn nothing_is_left(cluster: &mut DevCluster) {
    let data = eventually(Duration::from_secs(1), || data_dir(&cluster.process.output()));
    assert!(std::path::Path::new(&data).exists());
    let waiting = cluster.await_running("waiting", 1);
    let pids = task_pids(waiting[0]["ID"].as_str().unwrap());
    assert!(!pids.is_empty());
    let pid = cluster.process.pid();
    cluster.interrupt();
    assert!(!is_alive(pid));
    assert!(pids.iter().all(|pid| !is_alive(*pid)), "tasks end with the cluster");
    assert!(!std::path::Path::new(&data).exists(), "{data} is left");
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains(&data), "a mount is left:\n{mounts}");
    let cgroups =
        run(Command::new("find").args(["/sys/fs/cgroup", "-type", "d", "-name", &format!("nomad*{pid}*")]));
    assert_eq!(cgroups.stdout, "", "a cgroup is left");
}

/// The directory that the cluster says it keeps everything in.
pub(crate) fn data_dir(output: &str) -> Option<String> {
    let line = output.lines().find(|line| line.trim_start().starts_with("Data"))?;
    line.split_whitespace().last().map(str::to_owned)
}
