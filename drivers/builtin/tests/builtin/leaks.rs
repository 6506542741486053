//! Lives of many tasks leave the host as it was.

use std::collections::BTreeMap;
use std::fs;

use driver::Driver;
use sandbox::cgroup::Hierarchies;

use crate::exec_fixture::ExecHost;
use crate::raw_exec::on_runtime;

pub(crate) const TESTS: &[(&str, fn())] = &[("a_hundred_exec_lives_leave_nothing", lives_leave_nothing)];

const LIVES: usize = 100;

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
        ("state directories", entries(host.options().state_root)),
        // Everything that a task is made of hangs below this process, and so do its namespaces.
        ("processes", sandbox::descendants::of(own).len()),
    ])
}

/// Lives of each kind: short, stopped, killed, out of memory, failed at the start.
async fn live(host: &ExecHost, driver: &dyn Driver, kind: usize) {
    let task = match kind % 5 {
        0 => host.shell("exit 3"),
        1 | 2 => host.shell("setsid sleep 60 & sleep 60 & wait"),
        3 => host.shell("mkdir /dev/shm/x; (setsid sh -c 'sleep 60' &); exit 0"),
        _ => host.config(serde_json::json!({ "command": "no-such-program" })),
    };
    let id = task.id.clone();
    match driver.start(task.clone()).await {
        Ok(_) if kind % 5 == 1 => {}
        Ok(_) if kind % 5 == 2 => driver.signal(&id, driver::signal::Signal::KILL).await.expect("signal"),
        Ok(_) => drop(driver.wait(&id).await.expect("exit")),
        Err(error) => assert!(error.to_string().contains("not found"), "{error}"),
    }
    driver.destroy(&id).await.expect("destroy");
    fs::remove_dir_all(&task.dirs.alloc).expect("the allocation's directory");
}

fn lives_leave_nothing() {
    let Some(host) = ExecHost::new() else { return };
    let driver = host.driver();
    on_runtime(async {
        // The first lives make what later ones share.
        live(&host, &driver, 0).await;
        let before = counts(&host);
        for kind in 0..LIVES {
            live(&host, &driver, kind).await;
        }
        assert_eq!(counts(&host), before);
    });
}
