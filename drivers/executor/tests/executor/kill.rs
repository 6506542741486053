//! Tests of ends: stops, stubborn tasks, dead agents, dead executors.

use std::time::{Duration, Instant};

use executor::CgroupPlan;
use executor::link::{Attached, LinkError, Outcome, attach, destroy, launch, sweep};
use sandbox::pidfd::PidFd;

use super::{DEADLINE, Host, Test, ended, eventually, lives, no_group_is_left, pids};

pub(crate) const TESTS: &[Test] = &[
    ("a_stop_ends_every_descendant", a_stop_ends_every_descendant),
    ("a_stop_without_a_cgroup_ends_every_descendant", a_stop_without_a_cgroup_ends_every_descendant),
    ("an_ended_task_takes_its_descendants_along", an_ended_task_takes_its_descendants_along),
    ("a_task_that_ignores_its_signal_is_killed_after_the_timeout", ignored_signal),
    ("a_requested_stop_goes_on_without_an_agent", a_requested_stop_goes_on_without_an_agent),
    ("a_later_agent_attaches_to_the_same_process", a_later_agent_attaches_to_the_same_process),
    ("a_later_agent_learns_how_a_task_ended_meanwhile", a_later_agent_learns_how_a_task_ended_meanwhile),
    ("a_killed_executor_is_noticed_and_its_task_is_killed", || killed_executor(true)),
    ("a_killed_executor_without_a_cgroup_leaves_no_task", || killed_executor(false)),
    ("a_second_start_in_the_same_directory_ends_the_first", a_second_start_ends_the_first),
    ("a_destroyed_task_takes_strays_along", a_destroyed_task_takes_strays_along),
    ("a_sweep_ends_what_nobody_keeps", a_sweep_ends_what_nobody_keeps),
    ("a_state_directory_that_says_nothing_is_an_error", a_state_directory_that_says_nothing_is_an_error),
];

const FAMILY: &str = "echo $$ >>pids; \
    sh -c 'echo $$ >>pids; setsid sh -c \"echo \\$\\$ >>pids; exec sleep 60\" & wait' & \
    (setsid sh -c 'echo $$ >>pids; exec sleep 60' &) ; \
    trap 'exit 3' INT; while :; do sleep 0.01; done";

fn a_stop_ends_every_descendant() {
    stop_ends_a_family(true);
}

fn a_stop_without_a_cgroup_ends_every_descendant() {
    stop_ends_a_family(false);
}

fn stop_ends_a_family(by_cgroup: bool) {
    let host = Host::new();
    let mut spec = host.shell(FAMILY);
    if !by_cgroup {
        spec.cgroup = CgroupPlan::None;
    }
    let executor = host.launch(&spec);
    let family = pids(&host.path("pids"), 4);
    assert!(family.iter().all(|pid| lives(*pid)));
    executor.stop(2, DEADLINE).expect("stop");
    let exit = ended(&executor);
    assert_eq!((exit.code, exit.signal), (3, 0));
    assert!(family.iter().all(|pid| !lives(*pid)), "{family:?}");
    no_group_is_left(&spec);
}

fn an_ended_task_takes_its_descendants_along() {
    let host = Host::new();
    let spec = host.shell(
        "setsid sh -c 'echo $$ >pids; exec sleep 60' & while ! [ -s pids ]; do sleep 0.01; done; exit 4",
    );
    let executor = host.launch(&spec);
    let start = Instant::now();
    assert_eq!(ended(&executor).code, 4);
    assert!(start.elapsed() < Duration::from_secs(5), "the descendant held the pipe: {:?}", start.elapsed());
    assert!(!lives(pids(&host.path("pids"), 1)[0]));
    no_group_is_left(&spec);
}

fn ignored_signal() {
    let host = Host::new();
    let executor = host.launch(&host.shell("trap '' INT TERM; echo ready; while :; do sleep 0.01; done"));
    eventually("ready", || host.log("t.stdout.0") == "ready\n");
    let start = Instant::now();
    executor.stop(2, Duration::from_millis(300)).expect("stop");
    assert_eq!(ended(&executor).signal, 9);
    assert!(start.elapsed() >= Duration::from_millis(300), "{:?}", start.elapsed());
}

fn a_requested_stop_goes_on_without_an_agent() {
    let host = Host::new();
    let executor = host.launch(&host.shell("trap '' INT; echo ready; while :; do sleep 0.01; done"));
    eventually("ready", || host.log("t.stdout.0") == "ready\n");
    let pid = executor.task().expect("task").pid;
    executor.stop(2, Duration::from_millis(200)).expect("stop");
    // The agent forgets the executor: nothing but the executor itself can enforce the timeout now.
    drop(executor);
    eventually("the task is killed", || !lives(pid));
    eventually("the end is recorded", || match attach(&host.state_dir()) {
        Ok(Attached::Ended { exit, .. }) => exit.signal == 9,
        other => {
            assert!(matches!(other, Ok(Attached::Running(_))), "{other:?}");
            false
        }
    });
}

fn a_later_agent_attaches_to_the_same_process() {
    let host = Host::new();
    let first = host.launch(&host.shell("sleep 60"));
    let Attached::Running(second) = attach(&host.state_dir()).expect("attach") else { panic!("not running") };
    assert_eq!(
        (second.task(), second.pid(), second.started_ns()),
        (first.task(), first.pid(), first.started_ns())
    );
    second.stop(9, DEADLINE).expect("stop");
    assert_eq!(ended(&second).signal, 9);
    assert_eq!(first.outcome().expect("outcome"), second.outcome().expect("outcome"));
}

fn a_later_agent_learns_how_a_task_ended_meanwhile() {
    let host = Host::new();
    let executor = host.launch(&host.shell("exit 6"));
    ended(&executor);
    drop(executor);
    let Attached::Ended { exit, .. } = attach(&host.state_dir()).expect("attach") else {
        panic!("not ended")
    };
    assert_eq!(exit.code, 6);
}

fn killed_executor(by_cgroup: bool) {
    let host = Host::new();
    let mut spec = host.shell("setsid sleep 60 & echo $! >pids; sleep 60 & echo $! >>pids; wait");
    if !by_cgroup {
        spec.cgroup = CgroupPlan::None;
    }
    let executor = host.launch(&spec);
    let mut family = pids(&host.path("pids"), 2);
    let task = executor.task().expect("task").pid;
    PidFd::open(executor.pid().expect("executor")).expect("pidfd").signal(9).expect("kill");
    assert!(executor.wait_ended(DEADLINE).expect("wait"));
    assert!(lives(task), "the task itself survives its executor");
    assert_eq!(executor.outcome().expect("outcome"), Outcome::Lost);
    if !by_cgroup {
        // A child that left the session of a task cannot be found without a cgroup, once the executor is dead.
        let stray = family.remove(0);
        let _ = PidFd::open(stray).map(|pidfd| pidfd.signal(9));
    }
    family.push(task);
    eventually("the family is dead", || family.iter().all(|pid| !lives(*pid)));
    no_group_is_left(&spec);
    assert!(matches!(attach(&host.state_dir()), Ok(Attached::Lost)));
}

fn a_state_directory_that_says_nothing_is_an_error() {
    let host = Host::new();
    assert!(matches!(attach(&host.state_dir()), Err(LinkError::State(_))));
    std::fs::create_dir(host.state_dir()).expect("directory");
    std::fs::write(host.state_dir().join("state"), b"NXE\x63").expect("file");
    let error = attach(&host.state_dir()).expect_err("error");
    assert!(matches!(error, LinkError::State(_)), "{error}");
    destroy(&host.state_dir()).expect("destroy");
    destroy(&host.state_dir()).expect("twice");
}

fn a_second_start_ends_the_first() {
    let host = Host::new();
    let first = host.launch(&host.shell("exec sleep 60"));
    let second = host.launch(&host.shell("exec sleep 60"));
    assert!(first.wait_ended(Duration::ZERO).expect("wait"));
    assert!(!lives(first.task().expect("task").pid));
    assert!(lives(second.task().expect("task").pid));
    second.stop(9, Duration::ZERO).expect("stop");
    ended(&second);
}

fn a_destroyed_task_takes_strays_along() {
    let host = Host::new();
    // The stray is in a session of its own and, without a cgroup, only its ancestry tells whose it is.
    let mut spec = host.shell("(setsid sh -c 'echo $$ >pids; exec sleep 60' &); exec sleep 60");
    spec.cgroup = CgroupPlan::None;
    let executor = host.launch(&spec);
    let stray = pids(&host.path("pids"), 1)[0];
    executor.destroy().expect("destroy");
    assert!(!lives(stray) && !lives(executor.task().expect("task").pid));
    assert!(!host.state_dir().exists());
}

fn a_sweep_ends_what_nobody_keeps() {
    let host = Host::new();
    let root = host.path("executors");
    assert!(sweep(&root, |_| true).expect("no root").removed.is_empty());
    let start = |name: &str| {
        let mut spec = host.shell("exec sleep 60");
        spec.cgroup = CgroupPlan::None;
        launch(&host.program, &root.join(name), &spec).expect("launch")
    };
    let (kept, stale) = (start("kept"), start("stale"));
    let report = sweep(&root, |name| name == "kept").expect("sweep");
    assert_eq!(report.removed, ["stale"]);
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert!(!lives(stale.task().expect("task").pid));
    assert!(lives(kept.task().expect("task").pid));
    kept.destroy().expect("destroy");
    assert!(!lives(kept.task().expect("task").pid));
}
