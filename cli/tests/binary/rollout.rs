//! New versions of a service, with real tasks and real checks: promoted, taken back, given up.

use std::process::Command;

use serde_json::Value;

use crate::cluster::{DevCluster, SETTLE};
use crate::process::{eventually, run};

/// What differs between the versions of the service.
struct Version {
    /// What it answers.
    text: &'static str,
    /// The path that its check asks for.
    path: &'static str,
    canary: u32,
    auto_revert: bool,
}

impl Version {
    fn job(&self) -> String {
        let Self { text, path, canary, auto_revert } = self;
        format!(
            r#"job "roll" {{
  group "web" {{
    count = 3
    network {{
      port "http" {{}}
    }}
    update {{
      max_parallel      = 1
      canary            = {canary}
      min_healthy_time  = "200ms"
      healthy_deadline  = "3s"
      progress_deadline = "4s"
      auto_revert       = {auto_revert}
    }}
    reschedule {{
      attempts  = 0
      unlimited = false
    }}
    service {{
      name     = "roll"
      port     = "http"
      provider = "nomad"
      check {{
        type     = "http"
        path     = "/{path}"
        interval = "1s"
        timeout  = "1s"
      }}
    }}
    task "server" {{
      driver       = "raw_exec"
      kill_timeout = "1s"
      config {{
        command = "/bin/sh"
        args    = ["-c", "cd $NOMAD_TASK_DIR; echo {text} > index.html; exec python3 -u -m http.server --bind 127.0.0.1 $NOMAD_PORT_http"]
      }}
      resources {{
        cpu    = 20
        memory = 48
      }}
    }}
  }}
}}
"#
        )
    }
}

const FIRST: Version = Version { text: "first", path: "index.html", canary: 0, auto_revert: true };
const SECOND: Version = Version { text: "second", path: "index.html", canary: 1, auto_revert: true };
const SICK: Version = Version { text: "sick", path: "missing.html", canary: 0, auto_revert: true };
const SICK_STAYS: Version = Version { auto_revert: false, ..SICK };

fn start(cluster: &DevCluster, version: &Version) -> crate::process::Finished {
    let file = cluster.dir.write("roll.nomad.hcl", &version.job());
    cluster.nomadctl(&["job", "run", file.to_str().unwrap()])
}

fn deployment(cluster: &DevCluster) -> Value {
    cluster.get("/v1/job/roll/deployment")
}

/// What the running instances answer, sorted.
fn answers(cluster: &DevCluster) -> Vec<String> {
    let ask = |alloc: &Value| {
        let alloc = cluster.get(&format!("/v1/allocation/{}", alloc["ID"].as_str()?));
        let port = alloc["AllocatedResources"]["Shared"]["Ports"][0]["Value"].as_u64()?;
        let address = format!("http://127.0.0.1:{port}/");
        Some(run(Command::new("curl").args(["-sS", "--max-time", "5", &address])).stdout.trim().to_owned())
    };
    let mut answers: Vec<String> = cluster.running("roll").iter().filter_map(ask).collect();
    answers.sort();
    answers
}

/// A canary runs beside the old version until a person promotes it; then it replaces all.
pub(crate) fn canary_is_promoted() {
    let mut cluster = DevCluster::start("canary", &["-servers", "1", "-clients", "2"]);
    let printed = start(&cluster, &FIRST).expect(0);
    assert!(printed.contains("Deployment completed successfully"), "{printed}");
    let file = cluster.dir.write("second.nomad.hcl", &SECOND.job());
    cluster.nomadctl(&["job", "run", "-detach", file.to_str().unwrap()]).expect(0);
    eventually(SETTLE, || {
        let group = &deployment(&cluster)["TaskGroups"]["web"];
        (group["DesiredCanaries"] == 1 && group["HealthyAllocs"] == 1).then_some(())
    });
    assert_eq!(answers(&cluster), ["first", "first", "first", "second"]);
    let status = cluster.nomadctl(&["job", "status", "roll"]).expect(0);
    assert!(status.contains("Deployment is running but requires manual promotion"), "{status}");

    let printed = cluster.nomadctl(&["job", "promote", "roll"]).expect(0);
    assert!(printed.contains("Deployment completed successfully"), "{printed}");
    eventually(SETTLE, || (answers(&cluster) == ["second"; 3]).then_some(()));
    assert_eq!(cluster.get("/v1/job/roll")["Stable"], true);
    cluster.interrupt();
}

/// A version whose check never passes is replaced by the last stable one.
pub(crate) fn failing_check_is_taken_back() {
    let mut cluster = DevCluster::start("revert", &["-servers", "1", "-clients", "2"]);
    start(&cluster, &FIRST).expect(0);
    let failed = start(&cluster, &SICK).expect(1);
    let why = "Failed due to progress deadline - rolling back to job version 0";
    assert!(failed.contains(why), "{failed}");
    eventually(SETTLE, || {
        let now = deployment(&cluster);
        (now["JobVersion"] == 2 && now["Status"] == "successful").then_some(())
    });
    assert_eq!(answers(&cluster), ["first"; 3]);
    let listed = cluster.nomadctl(&["deployment", "list"]).expect(0);
    assert!(listed.contains(why), "{listed}");
    cluster.interrupt();
}

/// A version that makes no progress fails at its deadline and leaves the others as they are.
pub(crate) fn progress_deadline_is_kept() {
    let mut cluster = DevCluster::start("deadline", &["-servers", "1", "-clients", "2"]);
    start(&cluster, &FIRST).expect(0);
    let failed = start(&cluster, &SICK_STAYS).expect(1);
    assert!(failed.contains("Description = Failed due to progress deadline\n"), "{failed}");
    let now = deployment(&cluster);
    assert_eq!((&now["Status"], &now["JobVersion"]), (&Value::from("failed"), &Value::from(1)));
    assert_eq!(answers(&cluster), ["first", "first", "sick"]);
    cluster.interrupt();
}
