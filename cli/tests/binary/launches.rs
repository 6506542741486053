//! Jobs that are launched by the clock and by people, with real tasks.

use serde_json::Value;

use crate::cluster::{DevCluster, SETTLE};
use crate::process::eventually;

const TICK: &str = r#"job "tick" {
  type = "batch"
  periodic {
    crons            = ["*/2 * * * * * *"]
    prohibit_overlap = true
  }
  group "g" {
    task "t" {
      driver = "raw_exec"
      config {
        command = "/bin/date"
        args    = ["+launched at %s"]
      }
      resources {
        cpu    = 10
        memory = 10
      }
    }
  }
}
"#;

const MAIL: &str = r#"job "mail" {
  type = "batch"
  parameterized {
    payload       = "required"
    meta_required = ["to"]
    meta_optional = ["cc"]
  }
  group "g" {
    task "t" {
      driver = "raw_exec"
      config {
        command = "/bin/sh"
        args    = ["-c", "echo to $NOMAD_META_to; cat $NOMAD_TASK_DIR/letter.txt"]
      }
      dispatch_payload {
        file = "letter.txt"
      }
      resources {
        cpu    = 10
        memory = 10
      }
    }
  }
}
"#;

/// The children of a job, oldest first.
fn children(cluster: &DevCluster, parent: &str) -> Vec<Value> {
    let jobs = cluster.get(&format!("/v1/jobs?prefix={parent}/"));
    let mut jobs: Vec<Value> = jobs.as_array().into_iter().flatten().cloned().collect();
    jobs.sort_by_key(|job| job["CreateIndex"].as_u64());
    jobs
}

fn logs(cluster: &DevCluster, job: &str) -> String {
    let path = format!("/v1/job/{}/allocations", job.replace('/', "%2F"));
    let alloc = eventually(SETTLE, || {
        let alloc = cluster.get(&path)[0].clone();
        (alloc["ClientStatus"] == "complete").then_some(alloc)
    });
    cluster.nomadctl(&["alloc", "logs", alloc["ID"].as_str().unwrap()]).expect(0)
}

/// A job with a cron of seconds is launched at every one of them, until it is stopped.
pub(crate) fn a_cron_of_seconds() {
    let mut cluster = DevCluster::start("periodic", &["-servers", "1", "-clients", "1"]);
    let file = cluster.dir.write("tick.nomad.hcl", TICK);
    let printed = cluster.nomadctl(&["job", "run", file.to_str().unwrap()]).expect(0);
    assert!(printed.contains("Approximate next launch time: "), "{printed}");
    let launched = eventually(SETTLE, || Some(children(&cluster, "tick")).filter(|all| all.len() >= 3));
    let times: Vec<u64> = launched
        .iter()
        .map(|job| job["ID"].as_str().unwrap().strip_prefix("tick/periodic-").unwrap().parse().unwrap())
        .collect();
    assert!(times.iter().all(|time| time % 2 == 0), "{times:?}");
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 2), "none is left out: {times:?}");
    let text = logs(&cluster, launched[1]["ID"].as_str().unwrap());
    let ran: u64 = text.trim().strip_prefix("launched at ").unwrap().parse().unwrap();
    assert!((times[1]..times[1] + 10).contains(&ran), "{text} for {}", times[1]);

    let printed = cluster.nomadctl(&["job", "periodic", "force", "-detach", "tick"]).expect(0);
    assert!(printed.starts_with("Force periodic successful\nEvaluation ID: "), "{printed}");
    let eval = printed.rsplit(' ').next().unwrap().trim();
    let eval = cluster.get(&format!("/v1/evaluations?prefix={eval}"))[0].clone();
    assert!(eval["JobID"].as_str().unwrap().starts_with("tick/periodic-"), "{eval}");
    logs(&cluster, eval["JobID"].as_str().unwrap());
    cluster.nomadctl(&["job", "stop", "-purge", "-detach", "tick"]).expect(0);
    assert_eq!(cluster.get("/v1/job/tick"), Value::Null, "it is gone");
    cluster.interrupt();
}

/// A parameterized job runs once for each dispatch, with its payload and meta; what it does not take is refused.
pub(crate) fn a_dispatch() {
    let mut cluster = DevCluster::start("dispatch", &["-servers", "1", "-clients", "1"]);
    let file = cluster.dir.write("mail.nomad.hcl", MAIL);
    cluster.nomadctl(&["job", "run", file.to_str().unwrap()]).expect(0);
    let letter = cluster.dir.write("letter", "dear all\n");
    let letter = letter.to_str().unwrap();
    let dispatch = |args: &[&str]| cluster.nomadctl(&[&["job", "dispatch", "-detach"], args].concat());
    let refused = dispatch(&["mail", letter]);
    assert!(refused.stderr.contains("did not provide required meta keys: [to]"), "{refused:?}");
    let refused = dispatch(&["-meta", "to=anna", "-meta", "bcc=x", "mail", letter]);
    assert!(refused.stderr.contains("unpermitted metadata keys: [bcc]"), "{refused:?}");
    let refused = dispatch(&["-meta", "to=anna", "mail"]);
    assert!(refused.stderr.contains("Payload is not provided but required"), "{refused:?}");
    assert!(children(&cluster, "mail").is_empty(), "what is refused starts nothing");

    for to in ["anna", "bo"] {
        let printed = dispatch(&["-meta", &format!("to={to}"), "mail", letter]).expect(0);
        let id = printed.lines().find_map(|line| line.strip_prefix("Dispatched Job ID = ")).unwrap();
        assert_eq!(logs(&cluster, id), format!("to {to}\ndear all\n"));
    }
    // The same key launches nothing twice.
    let keyed = ["-meta", "to=carl", "-idempotency-token", "once", "mail", letter];
    dispatch(&keyed).expect(0);
    dispatch(&keyed).expect(0);
    assert_eq!(children(&cluster, "mail").len(), 3);
    cluster.interrupt();
}
