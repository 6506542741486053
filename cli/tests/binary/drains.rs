//! A node is emptied, with real tasks: two at a time, and all at the deadline.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::cluster::{DevCluster, running};

/// How many instances there are.
const COUNT: usize = 20;
/// How long a replacement has to run before the next may leave.
const SETTLED: Duration = Duration::from_millis(200);

fn herd(min_healthy_time: &str) -> String {
    format!(
        r#"job "herd" {{
  group "g" {{
    count = {COUNT}
    update {{
      max_parallel     = 20
      min_healthy_time = "100ms"
    }}
    migrate {{
      max_parallel     = 2
      health_check     = "task_states"
      min_healthy_time = "{min_healthy_time}"
      healthy_deadline = "5m"
    }}
    task "t" {{
      driver = "raw_exec"
      config {{
        command = "/bin/sleep"
        args    = ["900"]
      }}
      resources {{
        cpu    = 10
        memory = 10
      }}
    }}
  }}
}}
"#
    )
}

/// A cluster of two nodes, of which the first has all instances and the second none.
fn on_one_node(name: &str, min_healthy_time: &str) -> (DevCluster, String, String) {
    let cluster = DevCluster::start(name, &["-servers", "1", "-clients", "2"]);
    let nodes = cluster.get("/v1/nodes");
    let id = |at: usize| nodes[at]["ID"].as_str().unwrap().to_owned();
    let (full, empty) = (id(0), id(1));
    cluster.nomadctl(&["node", "eligibility", "-disable", &empty]).expect(0);
    let file = cluster.dir.write("herd.nomad.hcl", &herd(min_healthy_time));
    cluster.nomadctl(&["job", "run", file.to_str().unwrap()]).expect(0);
    cluster.await_running("herd", COUNT);
    cluster.nomadctl(&["node", "eligibility", "-enable", &empty]).expect(0);
    (cluster, full, empty)
}

fn all_on(cluster: &DevCluster, node: &str) {
    let allocs = cluster.await_running("herd", COUNT);
    assert!(allocs.iter().all(|alloc| alloc["NodeID"] == node), "{allocs:?}");
}

/// Twenty instances leave a node, never more than two of them missing.
pub(crate) fn two_leave_at_a_time() {
    let (mut cluster, full, empty) = on_one_node("drain", "200ms");
    let fewest = AtomicUsize::new(COUNT);
    let over = AtomicBool::new(false);
    let began = Instant::now();
    let printed = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                fewest.fetch_min(running(&cluster.address, "herd").len(), Ordering::Relaxed);
            }
        });
        let done = cluster.nomadctl(&["node", "drain", "-enable", "-deadline", "2m", "-yes", &full]);
        over.store(true, Ordering::Relaxed);
        done.expect(0)
    });
    assert!(began.elapsed() >= SETTLED * 9, "ten pairs, each after the one before is well: {printed}");
    let fewest = fewest.into_inner();
    assert!(fewest >= COUNT - 2, "{fewest} ran at one time");
    assert!(printed.contains(&format!("Drain complete for node {full}")), "{printed}");
    assert!(printed.contains(&format!("All allocations on node \"{full}\" have stopped")), "{printed}");
    all_on(&cluster, &empty);
    let node = cluster.get(&format!("/v1/node/{full}"));
    assert_eq!((&node["Drain"], &node["SchedulingEligibility"]), (&false.into(), &"ineligible".into()));
    cluster.interrupt();
}

/// What has not left by the deadline leaves then.
pub(crate) fn all_leave_at_the_deadline() {
    let (mut cluster, full, empty) = on_one_node("drain-deadline", "4m");
    let began = Instant::now();
    cluster.nomadctl(&["node", "drain", "-enable", "-deadline", "2s", "-yes", &full]).expect(0);
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
    all_on(&cluster, &empty);
    cluster.interrupt();
}
