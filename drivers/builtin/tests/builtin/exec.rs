//! The suite for `exec`, and what is particular to it: rights, limits, what a task sees.

use std::time::{Duration, Instant};

use builtin::{Exec, RawExec};
use driver::conformance;
use driver::{Driver, Health, StartError, TaskConfig};
use serde_json::json;

use crate::exec_fixture::{ExecHost, stdout};
use crate::raw_exec::on_runtime;

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("exec_passes_the_suite", passes_the_suite),
    ("a_task_of_exec_runs_as_nobody_in_its_own_root", runs_as_nobody),
    ("users_and_capabilities_are_denied_by_the_agent", denied),
    ("no_descriptor_of_the_executor_is_a_way_out", no_way_out_by_descriptors),
    ("an_agent_without_cgroups_starts_no_exec_task", without_cgroups),
    ("limits_of_an_exec_task_hold_within_five_percent", limits_hold),
    ("an_exec_task_starts_in_milliseconds", starts_in_milliseconds),
];

/// Returns what a task prints, and asserts that it succeeds.
pub(crate) async fn output_of(driver: &Exec, task: TaskConfig) -> String {
    let handle = driver.start(task.clone()).await.unwrap_or_else(|error| panic!("{error:?}"));
    let exit = driver.wait(&handle.id).await.expect("exit");
    let text = std::fs::read_to_string(stdout(&task)).expect("log");
    assert!(exit.is_success(), "{exit:?} {text}");
    driver.destroy(&handle.id).await.expect("destroy");
    text
}

fn passes_the_suite() {
    let Some(host) = ExecHost::new() else { return };
    let report = on_runtime(conformance::run(&host));
    assert_eq!(report.not_applicable, Vec::<&str>::new());
    assert_eq!(report.passed.len(), 16);
}

fn runs_as_nobody() {
    let Some(host) = ExecHost::new() else { return };
    let driver = host.driver();
    on_runtime(async {
        let mut task =
            host.shell("id -u; pwd; echo $USER $HOME; echo x >/local/own && cat /alloc/given; ls -d /tmp");
        std::fs::write(task.dirs.shared.join("given"), "given\n").expect("file");
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(&task.dirs.local, open).expect("mode");
        std::fs::create_dir(task.dirs.task.join("tmp")).expect("directory");
        task.env.insert("HOME".to_owned(), std::env::var("HOME").unwrap_or_default());
        let text = output_of(&driver, task.clone()).await;
        assert_eq!(text, "65534\n/\nnobody /nonexistent\ngiven\n/tmp\n");
        assert!(task.dirs.local.join("own").exists());
        let mut task = host.config(json!({ "command": "pwd", "work_dir": "/usr/bin" }));
        task.user = Some("daemon".to_owned());
        assert_eq!(output_of(&driver, task).await, "/usr/bin\n");
        let task = host.config(json!({ "command": "pwd", "work_dir": "/no/such/dir" }));
        let error = driver.start(task).await.expect_err("error");
        assert_eq!(error.to_string(), "working directory /no/such/dir not found");
    });
}

fn denied() {
    let Some(host) = ExecHost::new() else { return };
    let mut options = host.options();
    options.denied_users = vec!["root".to_owned(), "no-such-user-here".to_owned()];
    options.settings.denied_host_uids = "1".to_owned();
    let driver = Exec::new(options);
    on_runtime(async {
        for (user, message) in [
            ("root", "running as user \"root\" is disallowed"),
            ("0", "running as user \"0\" is disallowed"),
            ("daemon", "running as user id 1 is denied on this node"),
            ("nobody-like", "user \"nobody-like\" not found"),
        ] {
            let task = TaskConfig { user: Some(user.to_owned()), ..host.shell("true") };
            let error = driver.start(task).await.expect_err("error");
            assert!(matches!(&error, StartError::Fatal(text) if text == message), "{error}");
        }
        let task = host.config(json!({ "command": "true", "cap_add": ["net_raw"] }));
        let error = driver.start(task).await.expect_err("error");
        assert_eq!(error.to_string(), "driver does not allow the following capabilities: net_raw");
        let task = host.config(json!({ "command": "grep", "args": ["CapEff", "/proc/self/status"], "cap_add": ["net_bind_service"] }));
        assert_eq!(output_of(&driver, task).await, "CapEff:\t0000000000000400\n");
    });
}

/// Descriptors of the executor lead to the host: none may be there when the paths of a job are looked at.
fn no_way_out_by_descriptors() {
    let Some(host) = ExecHost::new() else { return };
    let driver = host.driver();
    on_runtime(async {
        for fd in 0..32 {
            for way in ["", "/..", "/../../../../../.."] {
                let by = format!("/proc/self/fd/{fd}{way}");
                let user = Some("root".to_owned());
                let task = host.config(json!({ "command": "/bin/true", "work_dir": by }));
                let dir = driver.start(TaskConfig { user: user.clone(), ..task }).await;
                let task = host.config(json!({ "command": format!("{by}/bin/true") }));
                let program = driver.start(TaskConfig { user, ..task }).await;
                for started in [dir, program] {
                    let error = started.map(|handle| handle.id.to_string()).expect_err(&by).to_string();
                    assert!(
                        error.contains("not found") || error.contains("Not a directory"),
                        "{by}: {error}"
                    );
                }
            }
        }
    });
}

fn without_cgroups() {
    let Some(host) = ExecHost::new() else { return };
    let driver = host.driver();
    on_runtime(async {
        assert_eq!(driver.fingerprint().await.health, Health::Healthy);
        let task = TaskConfig { cgroup_parent: None, ..host.shell("true") };
        let error = driver.start(task).await.expect_err("error");
        assert_eq!(error.to_string(), "driver exec needs cgroups, which this agent does not use");
    });
}

fn limits_hold() {
    let Some(host) = ExecHost::new() else { return };
    let mut options = host.options();
    options.settings.pids_limit = 60;
    let driver = Exec::new(options);
    on_runtime(async {
        // A third of a core, wanted by two loops.
        let mut task = host.config(json!({
            "command": "sh", "args": ["-c", "(while :; do :; done) & while :; do :; done"], "cpu_hard_limit": true,
        }));
        (task.resources.cpu_mhz, task.resources.core_mhz) = (1_000, 3_000);
        let handle = driver.start(task).await.expect("start");
        let before = (Instant::now(), driver.stats(&handle.id).await.expect("stats").cpu.total_ns);
        // Fifty of the kernel's periods: one that is only half seen is 2 % of them.
        tokio::time::sleep(Duration::from_secs(5)).await;
        let used = driver.stats(&handle.id).await.expect("stats").cpu.total_ns - before.1;
        let share = used as f64 / before.0.elapsed().as_nanos() as f64;
        assert!((share * 3.0 - 1.0).abs() < 0.05, "a third of a core is {share}");
        driver.destroy(&handle.id).await.expect("destroy");

        // The shell and as many sleeps as there is room for.
        let text = "n=1; while sleep 60 & do n=$((n+1)); echo $n; done";
        let task = host.shell(text);
        let handle = driver.start(task.clone()).await.expect("start");
        driver.wait(&handle.id).await.expect("exit");
        let count = std::fs::read_to_string(stdout(&task)).expect("log");
        let count: f64 = count.lines().last().and_then(|line| line.parse().ok()).expect("count");
        assert!((count / 60.0 - 1.0).abs() <= 0.05, "60 processes are {count}");
        driver.destroy(&handle.id).await.expect("destroy");

        // The shell survives what it started.
        let task = host.shell("head -c 200000000 /dev/zero | tail >/dev/null; echo over; sleep 60");
        let handle = driver.start(task.clone()).await.expect("start");
        let start = Instant::now();
        while std::fs::read_to_string(stdout(&task)).expect("log") != "over\n" {
            assert!(start.elapsed() < Duration::from_secs(20), "not killed");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let peak = driver.stats(&handle.id).await.expect("stats").memory.max_usage as f64;
        assert!((peak / f64::from(64 << 20) - 1.0).abs() <= 0.05, "64 MiB are {peak} bytes");
        driver.destroy(&handle.id).await.expect("destroy");
    });
}

#[expect(clippy::print_stdout, reason = "the figures are what one looks at")]
fn starts_in_milliseconds() {
    let Some(host) = ExecHost::new() else { return };
    let (exec, raw) = (host.driver(), RawExec::new(host.host.options()));
    let drivers: [&dyn Driver; 2] = [&exec, &raw];
    on_runtime(async {
        let mut took = [Vec::new(), Vec::new()];
        // In turns, so that both see the same load of the machine.
        for turn in 0..100 {
            let task = host.config(json!({ "command": "/bin/sleep", "args": ["60"] }));
            let (start, driver) = (Instant::now(), drivers[turn % 2]);
            let handle = driver.start(task).await.expect("start");
            took[turn % 2].push(start.elapsed());
            driver.destroy(&handle.id).await.expect("destroy");
        }
        took.iter_mut().for_each(|took| took.sort());
        let [isolated, plain] = [took[0][25], took[1][25]];
        println!("a task starts in {isolated:?} with exec, in {plain:?} with raw_exec (medians of 50)");
        assert!(isolated < Duration::from_millis(500), "{took:?}");
    });
}
