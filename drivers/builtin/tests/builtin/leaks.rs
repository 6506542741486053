//! Lives of many tasks leave the host as it was.
//!
//! Counted in a process of its own, because other tests of this binary have processes and descriptors, too.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::Arc;

use driver::Driver;
use driver::signal::Signal;
use sandbox::cgroup::Hierarchies;
use serde_json::json;

use crate::exec_fixture::ExecHost;
use crate::raw_exec::on_runtime;

pub(crate) const TESTS: &[(&str, fn())] = &[("two_hundred_exec_lives_leave_nothing", lives_leave_nothing)];

/// First argument of this binary as the process that counts.
pub(crate) const MODE: &str = "leaks";

const LIVES: usize = 200;
/// Lives at a time.
const TOGETHER: usize = 8;

fn lives_leave_nothing() {
    let status = Command::new(std::env::current_exe().expect("own binary")).arg(MODE).status();
    assert!(status.expect("a process").success());
}

/// Counts of what a task may leave behind, as this process sees the host.
fn counts(host: &ExecHost) -> BTreeMap<&'static str, usize> {
    let own = i32::try_from(std::process::id()).expect("pid");
    let root = host.host.path().display().to_string();
    let mounts = fs::read_to_string("/proc/self/mountinfo").expect("mountinfo");
    let groups = Hierarchies::detect().map(|found| found.roots()).unwrap_or_default();
    let parent = host.host.cgroup_parent();
    let groups = groups.iter().filter_map(|root| fs::read_dir(root.join(parent.as_str())).ok());
    let entries = |dir: std::path::PathBuf| fs::read_dir(dir).map_or(0, Iterator::count);
    BTreeMap::from([
        ("mounts", mounts.lines().filter(|line| line.contains(&root)).count()),
        ("control groups", groups.flatten().flatten().filter(|e| e.path().is_dir()).count()),
        ("descriptors", entries("/proc/self/fd".into())),
        ("directories", entries(host.host.path().to_path_buf())),
        ("state directories", entries(host.options().state_root)),
        // Everything that a task is made of hangs below this process, and its namespaces go with the last of it.
        ("processes", sandbox::descendants::of(own).len()),
    ])
}

/// Lives of each kind: one that ends, one that is killed by its driver, by a signal, one with a command in it, one
/// that leaves processes and files behind, one that cannot start.
async fn live(host: &ExecHost, driver: &dyn Driver, kind: usize) {
    let task = match kind % 6 {
        0 => host.shell("exit 3"),
        1..=3 => host.shell("setsid sleep 60 & sleep 60 & wait"),
        4 => host.shell("mkdir /dev/shm/x; (setsid sh -c 'sleep 60' &); exit 0"),
        _ => host.config(json!({ "command": "no-such-program" })),
    };
    let id = task.id.clone();
    match (driver.start(task.clone()).await, kind % 6) {
        (Ok(_), 1) => {}
        (Ok(_), 2) => driver.signal(&id, Signal::KILL).await.expect("signal"),
        (Ok(_), 3) => {
            let command = ["sleep", "60"].map(str::to_owned).to_vec();
            let request = driver::ExecRequest { command, terminal: None };
            drop(driver.exec(&id, request).await.unwrap_or_else(|error| panic!("{error}")));
        }
        (Ok(_), _) => drop(driver.wait(&id).await.expect("exit")),
        (Err(error), _) => assert!(error.to_string().contains("not found"), "{error}"),
    }
    driver.destroy(&id).await.expect("destroy");
    fs::remove_dir_all(&task.dirs.alloc).expect("the allocation's directory");
}

/// Counts before and after.
pub(crate) fn count() {
    let Some(host) = ExecHost::new() else { return };
    let driver = Arc::new(ExecHost::driver(&host));
    let host = Arc::new(host);
    on_runtime(async {
        // The first lives make what later ones share.
        for kind in 0..6 {
            live(&host, &*driver, kind).await;
        }
        let before = counts(&host);
        let mut lives = tokio::task::JoinSet::new();
        for kind in 0..LIVES {
            if lives.len() == TOGETHER {
                lives.join_next().await.expect("a life").expect("no panic");
            }
            let (host, driver) = (Arc::clone(&host), Arc::clone(&driver));
            lives.spawn(async move { live(&host, &*driver, kind).await });
        }
        lives.join_all().await;
        assert_eq!(counts(&host), before);
    });
}
