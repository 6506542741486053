//! Real processes in real cgroups: limits, kills, sweeps. Hosts without permission check the fallback only.

use std::ffi::OsString;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use sandbox::cgroup::{Group, GroupName, Hierarchies, Limits, sweep};
use sandbox::descendants;
use sandbox::pidfd::{Exit, PidFd};
use sandbox::proc_stat;
use sandbox::spawn::{Spawn, spawn};

const DEADLINE: Duration = Duration::from_secs(10);

fn own_name(test: &str) -> GroupName {
    GroupName::new(&format!("nomad-test-{}-{test}", std::process::id())).expect("name")
}

/// Returns the group, or `None` on a host where cgroups cannot be used.
fn group(name: &GroupName, limits: &Limits) -> Option<(Hierarchies, Group)> {
    let hierarchies = Hierarchies::detect().ok()?;
    match Group::create(&hierarchies, name, limits) {
        Ok(group) => Some((hierarchies, group)),
        Err(error) => {
            assert!(error.is_unsupported(), "{error}");
            None
        }
    }
}

fn shell(script: &str, group: Option<&Group>) -> Child {
    let args = [OsString::from("-c"), OsString::from(script)];
    spawn(Spawn {
        program: Path::new("/bin/sh"),
        args: &args,
        env: &[(OsString::from("PATH"), OsString::from("/usr/bin:/bin"))],
        cwd: Path::new("/"),
        streams: [None, None, None],
        terminal: false,
        join: group.map(|group| group.join_files().expect("join files")).unwrap_or_default(),
        identity: None,
        oom_score_adj: 0,
    })
    .expect("spawn")
}

fn eventually(what: &str, mut check: impl FnMut() -> bool) {
    let start = Instant::now();
    while !check() {
        assert!(start.elapsed() < DEADLINE, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn no_directory_is_left(hierarchies: &Hierarchies, name: &GroupName) {
    for root in hierarchies.roots() {
        assert!(!root.join(name.as_str()).exists(), "{} is left", root.join(name.as_str()).display());
    }
}

#[test]
fn a_kill_reaches_descendants_that_left_the_session() {
    let name = own_name("kill");
    let Some((hierarchies, group)) = group(&name, &Limits::default()) else { return };
    let mut child =
        shell("for i in 1 2 3; do setsid sh -c 'while :; do sleep 1; done' & done; wait", Some(&group));
    eventually("four shells and their sleeps", || group.pids().len() >= 7);
    group.destroy(DEADLINE).expect("destroy");
    assert!(group.pids().is_empty());
    assert_eq!(child.wait().expect("wait").code(), None);
    no_directory_is_left(&hierarchies, &name);
}

#[test]
fn without_a_unified_hierarchy_the_list_is_killed_until_it_is_empty() {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").expect("mountinfo");
    let v1: String =
        mounts.lines().filter(|l| !l.contains(" - cgroup2 ")).map(|l| format!("{l}\n")).collect();
    let Some(hierarchies) = Hierarchies::from_mountinfo(&v1) else { return };
    let name = own_name("v1");
    let Ok(group) = Group::create(&hierarchies, &name, &Limits::default()) else { return };
    let mut child = shell("while :; do setsid sleep 60 & sleep 0.01; done", Some(&group));
    eventually("some sleeps", || group.pids().len() >= 5);
    group.destroy(DEADLINE).expect("destroy");
    assert_eq!(child.wait().expect("wait").code(), None);
    no_directory_is_left(&hierarchies, &name);
}

#[test]
fn too_much_memory_is_an_oom_kill_and_is_counted() {
    let name = own_name("oom");
    let limits =
        Limits { memory: Some(32 << 20), cpu_shares: Some(500), pids: Some(50), ..Limits::default() };
    let Some((hierarchies, group)) = group(&name, &limits) else { return };
    let mut child = shell("exec head -c 200000000 /dev/zero | tail", Some(&group));
    child.wait().expect("wait");
    assert!(group.events().oom_kills >= 1, "{:?}", group.events());
    let stats = group.stats();
    assert!(stats.cpu_ns > 0, "{stats:?}");
    assert!(stats.memory_max_usage > 16 << 20, "{stats:?}");
    group.destroy(DEADLINE).expect("destroy");
    no_directory_is_left(&hierarchies, &name);
}

#[test]
fn pinned_cores_bind_the_task() {
    let name = own_name("cpuset");
    let limits = Limits { cpuset: Some("0".to_owned()), ..Limits::default() };
    let Some((hierarchies, group)) = group(&name, &limits) else { return };
    let mut child = shell("exec sleep 60", Some(&group));
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("status");
    assert!(status.lines().any(|line| line == "Cpus_allowed_list:\t0"), "{status}");
    group.destroy(DEADLINE).expect("destroy");
    child.wait().expect("wait");
    no_directory_is_left(&hierarchies, &name);
}

#[test]
fn a_sweep_removes_only_what_nobody_keeps() {
    let owner = own_name("sweep");
    let keep = owner.child("keep").expect("name");
    let stale = owner.child("stale").expect("name");
    let Some((hierarchies, kept)) = group(&keep, &Limits::default()) else { return };
    let (_, old) = group(&stale, &Limits::default()).expect("group");
    let mut child = shell("sleep 60 & wait", Some(&old));
    let report = sweep(&hierarchies, &owner, |name| name == "keep", DEADLINE);
    assert_eq!(report.removed, ["stale"]);
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    child.wait().expect("wait");
    no_directory_is_left(&hierarchies, &stale);
    assert!(hierarchies.roots().iter().any(|root| root.join(keep.as_str()).exists()));
    kept.destroy(DEADLINE).expect("destroy");
    sweep(&hierarchies, &owner, |_| false, DEADLINE);
    no_directory_is_left(&hierarchies, &owner);
}

#[test]
fn the_session_of_an_orphaned_task_can_be_killed() {
    let mut child = shell("sleep 60 & sleep 60 & wait", None);
    let pid = i32::try_from(child.id()).expect("pid");
    let start = proc_stat::read(pid).expect("stat").start_ticks;
    let members = || proc_stat::read_all().iter().filter(|s| s.session == pid && !s.is_zombie()).count();
    eventually("a shell and two sleeps", || members() == 3);
    assert_eq!(descendants::kill_session(pid, start + 1, Duration::ZERO), 0, "another start time: not ours");
    assert_eq!(members(), 3);
    assert_eq!(descendants::kill_session(pid, start, DEADLINE), 0);
    assert_eq!(members(), 0);
    child.wait().expect("wait");
}

#[test]
fn descendants_are_found_below_a_process() {
    let mut child = shell("sh -c 'sleep 60 & wait' & wait", None);
    let pid = i32::try_from(child.id()).expect("pid");
    eventually("a shell and a sleep", || descendants::of(pid).len() == 2);
    assert_eq!(descendants::kill_all(pid, DEADLINE, || {}), 0);
    let pidfd = PidFd::open(pid).expect("pidfd");
    assert!(pidfd.wait_ended(DEADLINE).expect("poll"));
    assert!(matches!(pidfd.reap(), Some(Exit::Code(_))));
    assert!(child.wait().is_err() || child.try_wait().is_ok());
}
