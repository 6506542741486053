//! Tests of limits: memory, user, foreign cgroups. Hosts that allow no cgroups skip the first.

use std::path::Path;

use executor::{CgroupPlan, LaunchSpec};
use sandbox::cgroup::{Group, GroupName, Hierarchies, Limits};
use sandbox::spawn::Identity;

use super::{Host, Test, ended, no_group_is_left};

pub(crate) const TESTS: &[Test] = &[
    ("a_task_that_takes_too_much_memory_is_oom_killed", a_task_that_takes_too_much_memory_is_oom_killed),
    ("a_task_can_join_a_group_of_somebody_else", a_task_can_join_a_group_of_somebody_else),
    ("a_task_runs_as_its_user", a_task_runs_as_its_user),
];

fn name_of(spec: &LaunchSpec) -> GroupName {
    let CgroupPlan::Own { name, .. } = &spec.cgroup else { panic!("no group") };
    GroupName::new(name).expect("name")
}

fn allowed(spec: &LaunchSpec) -> Option<(Hierarchies, Group)> {
    let hierarchies = Hierarchies::detect().ok()?;
    let limits = Limits { memory: Some(64 << 20), ..Limits::default() };
    let group = Group::create(&hierarchies, &name_of(spec), &limits).ok()?;
    Some((hierarchies, group))
}

fn a_task_that_takes_too_much_memory_is_oom_killed() {
    let host = Host::new();
    let mut spec = host.shell("head -c 200000000 /dev/zero | tail");
    let Some((_, group)) = allowed(&spec) else { return };
    group.remove().expect("remove");
    let name = name_of(&spec).as_str().to_owned();
    spec.cgroup = CgroupPlan::Own {
        name,
        limits: Limits { memory: Some(32 << 20), ..Limits::default() },
        required: true,
    };
    let exit = ended(&host.launch(&spec));
    assert!(exit.oom_killed, "{exit:?}");
    assert_eq!(exit.code, 128 + 9, "the shell says that its last child was killed");
    no_group_is_left(&spec);
}

fn a_task_can_join_a_group_of_somebody_else() {
    let host = Host::new();
    let mut spec = host.shell("exec sleep 60");
    let Some((hierarchies, group)) = allowed(&spec) else { return };
    let name = name_of(&spec);
    let dirs: Vec<String> = hierarchies
        .roots()
        .iter()
        .map(|root| root.join(name.as_str()))
        .filter(|dir| dir.is_dir())
        .map(|dir| dir.to_string_lossy().into_owned())
        .collect();
    spec.cgroup = CgroupPlan::Join { dirs: dirs.clone() };
    let executor = host.launch(&spec);
    assert_eq!(group.pids(), [executor.task().expect("task").pid]);
    executor.stop(15, super::DEADLINE).expect("stop");
    ended(&executor);
    assert!(dirs.iter().all(|dir| Path::new(dir).exists()), "a foreign group is not removed");
    group.destroy(super::DEADLINE).expect("destroy");
}

fn a_task_runs_as_its_user() {
    let host = Host::new();
    let mut spec = host.shell("id -u; id -g");
    if std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) != 0) {
        return;
    }
    spec.cwd = "/".to_owned();
    spec.identity = Some(Identity { uid: 65_534, gid: 65_533, groups: vec![65_533] });
    ended(&host.launch(&spec));
    assert_eq!(host.log("t.stdout.0"), "65534\n65533\n");
}
