//! Tests of a normal life: start, output, exit, start failures.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use executor::link::{LaunchError, LinkError, launch};
use executor::{CgroupPlan, Phase, StartFailure, TaskExit};

use super::{Host, Test, ended, eventually, no_group_is_left};

pub(crate) const TESTS: &[Test] = &[
    ("an_exit_code_and_the_output_are_recorded", an_exit_code_and_the_output_are_recorded),
    ("a_signal_is_told_apart_from_a_code", a_signal_is_told_apart_from_a_code),
    ("environment_and_directory_are_exactly_as_given", environment_and_directory_are_exactly_as_given),
    ("a_flood_of_output_is_rotated_and_bounded", a_flood_of_output_is_rotated_and_bounded),
    ("a_full_disk_costs_output_and_not_the_task", a_full_disk_costs_output_and_not_the_task),
    ("without_logs_output_is_discarded", without_logs_output_is_discarded),
    ("what_cannot_start_is_named_and_leaves_nothing", what_cannot_start_is_named_and_leaves_nothing),
    ("status_and_stats_are_answered", status_and_stats_are_answered),
    ("a_signal_reaches_the_first_process", a_signal_reaches_the_first_process),
    (
        "a_long_state_directory_is_no_problem_for_the_socket",
        a_long_state_directory_is_no_problem_for_the_socket,
    ),
];

fn an_exit_code_and_the_output_are_recorded() {
    let host = Host::new();
    let spec = host.shell("echo out; echo err >&2; exit 7");
    let exit = ended(&host.launch(&spec));
    assert_eq!((exit.code, exit.signal, exit.oom_killed, exit.output_lost), (7, 0, false, 0));
    assert!(exit.finished_ns > 0);
    assert_eq!((host.log("t.stdout.0").as_str(), host.log("t.stderr.0").as_str()), ("out\n", "err\n"));
    no_group_is_left(&spec);
}

fn a_signal_is_told_apart_from_a_code() {
    let host = Host::new();
    let exit = ended(&host.launch(&host.shell("kill -9 $$")));
    assert_eq!((exit.code, exit.signal), (0, 9));
}

fn environment_and_directory_are_exactly_as_given() {
    let host = Host::new();
    let mut spec = host.shell("");
    spec.program = "/usr/bin/env".to_owned();
    spec.args = vec!["-0".to_owned()];
    spec.env = vec![("A".to_owned(), "1\n2".to_owned()), ("B".to_owned(), String::new())];
    ended(&host.launch(&spec));
    assert_eq!(host.log("t.stdout.0"), "A=1\n2\0B=\0");
    executor::link::destroy(&host.state_dir()).expect("destroy");
    ended(&host.launch(&host.shell("pwd >where")));
    let here = std::fs::read_to_string(host.path("where")).expect("file");
    assert_eq!(here.trim_end(), host.path("").to_string_lossy().trim_end_matches('/'));
}

fn a_flood_of_output_is_rotated_and_bounded() {
    let host = Host::new();
    let mut spec = host.shell("head -c 10000000 /dev/zero | tr '\\0' x; echo END");
    let logs = spec.logs.as_mut().expect("logs");
    (logs.max_files, logs.max_bytes) = (3, 1_000_000);
    let exit = ended(&host.launch(&spec));
    assert_eq!((exit.code, exit.output_lost), (0, 0));
    let mut files: Vec<(String, usize)> = std::fs::read_dir(host.path("logs"))
        .expect("directory")
        .map(|entry| entry.expect("entry"))
        .map(|entry| {
            (entry.file_name().to_string_lossy().into_owned(), entry.metadata().expect("size").len() as usize)
        })
        .filter(|(name, _)| name.starts_with("t.stdout"))
        .collect();
    files.sort();
    let expected = [("t.stdout.10", 4), ("t.stdout.8", 1_000_000), ("t.stdout.9", 1_000_000)];
    assert_eq!(files, expected.map(|(name, size)| (name.to_owned(), size)));
    assert_eq!(host.log("t.stdout.10"), "END\n");
}

fn a_full_disk_costs_output_and_not_the_task() {
    let host = Host::new();
    let logs = host.path("small");
    let made = sandbox::secrets::create(&logs, 1).expect("directory");
    let mut spec = host.shell("head -c 3000000 /dev/zero; rm small/filler; echo END >&2; exit 5");
    spec.logs.as_mut().expect("logs").dir = logs.to_string_lossy().into_owned();
    std::fs::write(logs.join("filler"), vec![0_u8; 100_000]).expect("filler");
    let exit = ended(&host.launch(&spec));
    let written = std::fs::metadata(logs.join("t.stdout.0")).expect("log").len();
    let rotated = std::fs::metadata(logs.join("t.stdout.1")).map_or(0, |log| log.len());
    sandbox::secrets::remove(&logs).expect("remove");
    assert_eq!(exit.code, 5);
    if made == sandbox::secrets::Secrets::Tmpfs {
        assert!(exit.output_lost > 1_000_000, "{exit:?}");
        assert!(written + rotated + exit.output_lost >= 3_000_000, "{written} {rotated} {exit:?}");
    }
}

fn without_logs_output_is_discarded() {
    let host = Host::new();
    let mut spec = host.shell("head -c 1000000 /dev/zero; exit 3");
    spec.logs = None;
    assert_eq!(ended(&host.launch(&spec)).code, 3);
    assert_eq!(std::fs::read_dir(host.path("logs")).expect("directory").count(), 0);
}

fn what_cannot_start_is_named_and_leaves_nothing() {
    let host = Host::new();
    let failure = |change: &dyn Fn(&mut executor::LaunchSpec)| {
        let mut spec = host.shell("true");
        change(&mut spec);
        match launch(&host.program, &host.state_dir(), &spec) {
            Err(LaunchError::Task(failure)) => {
                assert!(!host.state_dir().exists());
                no_group_is_left(&spec);
                failure
            }
            other => panic!("{other:?}"),
        }
    };
    let missing = failure(&|spec| spec.program = "/no/such/program".to_owned());
    assert_eq!(missing, StartFailure::ProgramNotFound("/no/such/program".to_owned()));
    std::fs::write(host.path("plain"), "x").expect("file");
    std::fs::set_permissions(host.path("plain"), std::fs::Permissions::from_mode(0o644)).expect("mode");
    let plain = host.path("plain").to_string_lossy().into_owned();
    assert!(matches!(failure(&|spec| spec.program = plain.clone()), StartFailure::NotPermitted { .. }));
    let nowhere = failure(&|spec| spec.cwd = "/no/such/dir".to_owned());
    assert_eq!(nowhere, StartFailure::DirectoryNotFound("/no/such/dir".to_owned()));
    let logs = failure(&|spec| spec.logs.as_mut().expect("logs").dir = "/no/such/logs".to_owned());
    assert!(logs.to_string().contains("/no/such/logs"), "{logs}");
    let group = failure(&|spec| {
        spec.cgroup =
            CgroupPlan::Own { name: "system.slice".to_owned(), limits: Default::default(), required: false };
    });
    assert!(matches!(group, StartFailure::Cgroup(_)), "{group}");
    let program = executor::link::Program { path: "/no/such/executor".into(), args: Vec::new() };
    let error = launch(&program, &host.state_dir(), &host.shell("true")).expect_err("error");
    assert!(matches!(error, LaunchError::Executor { .. }), "{error}");
    let program = executor::link::Program { path: "/bin/true".into(), args: Vec::new() };
    let error = launch(&program, &host.state_dir(), &host.shell("true")).expect_err("error");
    assert!(matches!(error, LaunchError::NoReport(_)), "{error}");
}

fn status_and_stats_are_answered() {
    let host = Host::new();
    let executor = host.launch(&host.shell("while :; do :; done"));
    let state = executor.status().expect("status");
    let Phase::Running { task, started_ns } = state.phase else { panic!("{state:?}") };
    assert_eq!((Some(task), started_ns), (executor.task(), executor.started_ns()));
    assert_eq!(Some(state.executor.pid), executor.pid());
    eventually("CPU time", || executor.stats().expect("stats").stats.cpu_ns > 10_000_000);
    let usage = executor.stats().expect("stats");
    assert!(usage.stats.pids >= 1 && usage.stats.memory_usage > 0, "{usage:?}");
    executor.stop(2, Duration::ZERO).expect("stop");
    assert_eq!(ended(&executor), TaskExit { signal: 9, ..ended(&executor) });
    assert!(matches!(executor.stats(), Err(LinkError::Ended)));
    assert!(matches!(executor.signal(2), Err(LinkError::Ended)));
}

fn a_signal_reaches_the_first_process() {
    let host = Host::new();
    let executor =
        host.launch(&host.shell("trap 'echo got; exit 5' USR1; echo ready; while :; do sleep 0.01; done"));
    eventually("ready", || host.log("t.stdout.0") == "ready\n");
    assert!(matches!(executor.signal(999), Err(LinkError::Refused(_))));
    executor.signal(10).expect("signal");
    assert_eq!(ended(&executor).code, 5);
    assert_eq!(host.log("t.stdout.0"), "ready\ngot\n");
}

fn a_long_state_directory_is_no_problem_for_the_socket() {
    let host = Host::new();
    let state_dir = host.path(&format!("{}/{}", "d".repeat(120), "e".repeat(120)));
    let executor = launch(&host.program, &state_dir, &host.shell("sleep 60")).expect("launch");
    executor.status().expect("status");
    assert_eq!(
        std::fs::metadata(state_dir.join("socket")).expect("socket").permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(std::fs::metadata(&state_dir).expect("directory").permissions().mode() & 0o777, 0o700);
    executor::link::destroy(&state_dir).expect("destroy");
    assert!(executor.wait_ended(Duration::ZERO).expect("wait"));
}
