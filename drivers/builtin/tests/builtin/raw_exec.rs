//! The suite that every driver passes, and what is particular to `raw_exec`.

use std::time::{Duration, Instant};

use builtin::RawExec;
use driver::conformance::{self, Fixture};
use driver::{Driver, Health, RecoverError, StartError, TaskConfig};
use sandbox::pidfd::PidFd;
use serde_json::json;

use crate::fixture::Host;

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("raw_exec_passes_the_suite_with_a_cgroup", || passes_the_suite(true)),
    ("raw_exec_passes_the_suite_without_a_cgroup", || passes_the_suite(false)),
    ("a_disabled_driver_starts_nothing", a_disabled_driver_starts_nothing),
    ("denied_users_and_variables_are_denied", denied_users_and_variables_are_denied),
    (
        "a_task_whose_executor_was_killed_is_lost_but_not_left",
        a_task_whose_executor_was_killed_is_lost_but_not_left,
    ),
    ("a_start_sweeps_what_an_earlier_agent_forgot", a_start_sweeps_what_an_earlier_agent_forgot),
    ("the_working_directory_is_the_tasks_or_the_one_asked_for", working_directory),
    ("too_much_memory_is_reported_as_such", too_much_memory_is_reported_as_such),
    ("a_hundred_tasks_start_at_once", a_hundred_tasks_start_at_once),
];

pub(crate) fn on_runtime<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("runtime").block_on(future)
}

async fn output_of(driver: &RawExec, task: TaskConfig) -> String {
    let handle = driver.start(task.clone()).await.expect("start");
    let exit = driver.wait(&handle.id).await.expect("exit");
    assert!(exit.is_success(), "{exit:?}");
    driver.destroy(&handle.id).await.expect("destroy");
    std::fs::read_to_string(task.logs.dir.join("web 1.stdout.0")).expect("log")
}

fn passes_the_suite(by_cgroup: bool) {
    let report = on_runtime(conformance::run(&Host::new(by_cgroup)));
    // Without a group nothing limits a task.
    assert_eq!(report.not_applicable.len(), usize::from(!by_cgroup));
    assert_eq!(report.passed.len() + report.not_applicable.len(), 16);
}

fn a_disabled_driver_starts_nothing() {
    let host = Host::new(false);
    let mut options = host.options();
    options.enabled = false;
    let driver = RawExec::new(options);
    on_runtime(async {
        assert_eq!(driver.fingerprint().await.health, Health::Undetected);
        let error = driver.start(host.shell("true")).await.expect_err("error");
        assert_eq!(error.to_string(), "driver raw_exec is disabled on this node");
    });
}

fn denied_users_and_variables_are_denied() {
    let host = Host::new(false);
    let mut options = host.options();
    options.denied_host_uids = "65534,70000-80000".to_owned();
    options.denied_host_gids = "65533".to_owned();
    options.denied_envvars = vec!["SECRET_*".to_owned()];
    let driver = RawExec::new(options);
    on_runtime(async {
        for (user, message) in [
            ("65534", "running as user id 65534 is denied on this node"),
            ("1:65533", "running with group id 65533 is denied on this node"),
            ("no-such-user", "user \"no-such-user\" not found"),
        ] {
            let mut task = host.shell("true");
            task.user = Some(user.to_owned());
            let error = driver.start(task).await.expect_err("error");
            assert!(matches!(&error, StartError::Fatal(text) if text == message), "{error}");
        }
        let mut task = host.config(json!({
            "command": "env", "denied_envvars": ["*_KEY"],
        }));
        for name in ["SECRET_A", "MY_KEY", "KEPT"] {
            task.env.insert(name.to_owned(), "1".to_owned());
        }
        assert_eq!(output_of(&driver, task).await, "KEPT=1\nPATH=/usr/bin:/bin\n");
    });
}

fn a_task_whose_executor_was_killed_is_lost_but_not_left() {
    let host = Host::new(true);
    let driver = RawExec::new(host.options());
    on_runtime(async {
        let task = host.shell("echo $PPID; exec sleep 60");
        let handle = driver.start(task.clone()).await.expect("start");
        let log = task.logs.dir.join("web 1.stdout.0");
        let start = Instant::now();
        let executor: i32 = loop {
            if let Some(pid) = std::fs::read_to_string(&log).ok().and_then(|text| text.trim().parse().ok()) {
                break pid;
            }
            assert!(start.elapsed() < Duration::from_secs(10));
            tokio::time::sleep(Duration::from_millis(2)).await;
        };
        PidFd::open(executor).expect("pidfd").signal(9).expect("kill");
        let exit = driver.wait(&handle.id).await.expect("exit");
        assert!(exit.err.as_ref().is_some_and(|error| error.contains("executor was killed")), "{exit:?}");
        let later = RawExec::new(host.options());
        let recovered = later.recover(&handle).await;
        assert!(matches!(recovered, Err(RecoverError::Lost { .. })), "{recovered:?}");
        driver.destroy(&handle.id).await.expect("destroy");
        assert_eq!(host.leftovers(&task), Vec::<String>::new());
    });
}

fn a_start_sweeps_what_an_earlier_agent_forgot() {
    let host = Host::new(true);
    let earlier = RawExec::new(host.options());
    on_runtime(async {
        let kept = earlier.start(host.shell("exec sleep 60")).await.expect("start");
        let stale = earlier.start(host.shell("exec sleep 60")).await.expect("start");
        let driver = RawExec::new(host.options());
        let kept_alloc = kept.id.alloc.clone();
        let report = driver.sweep(move |alloc| alloc == kept_alloc).await.expect("sweep");
        assert_eq!((report.removed.len(), report.failed.len()), (1, 0));
        assert!(matches!(driver.recover(&stale).await, Err(RecoverError::Lost { .. })));
        driver.recover(&kept).await.expect("recover");
        driver.destroy(&kept.id).await.expect("destroy");
        earlier.destroy(&stale.id).await.expect("destroy");
        assert!(host.leftovers(&host.shell("true")).is_empty());
    });
}

fn working_directory() {
    let host = Host::new(false);
    let driver = RawExec::new(host.options());
    on_runtime(async {
        let task = host.shell("pwd");
        let expected = format!("{}\n", task.dirs.task.display());
        assert_eq!(output_of(&driver, task).await, expected);
        let task = host.config(json!({ "command": "pwd", "work_dir": "/usr" }));
        assert_eq!(output_of(&driver, task).await, "/usr\n");
        let task = host.config(json!({ "command": "pwd", "work_dir": "/no/such/dir" }));
        let error = driver.start(task).await.expect_err("error");
        assert_eq!(error.to_string(), "working directory /no/such/dir not found");
    });
}

fn too_much_memory_is_reported_as_such() {
    let host = Host::new(true);
    let driver = RawExec::new(host.options());
    on_runtime(async {
        let mut task = host.shell("head -c 200000000 /dev/zero | tail");
        task.resources.memory_mb = 32;
        let handle = driver.start(task.clone()).await.expect("start");
        let limited = std::path::Path::new("/proc/self/cgroup").exists() && !host.leftovers(&task).is_empty();
        let exit = driver.wait(&handle.id).await.expect("exit");
        assert_eq!(exit.oom_killed, limited && exit.exit_code != 0, "{exit:?}");
        driver.destroy(&handle.id).await.expect("destroy");
    });
}

#[expect(clippy::print_stdout, reason = "the figure is what one looks at")]
fn a_hundred_tasks_start_at_once() {
    let host = Host::new(true);
    let driver = RawExec::new(host.options());
    on_runtime(async {
        let start = Instant::now();
        let starts = (0..100).map(|_| driver.start(host.shell("exec sleep 60")));
        let mut handles = Vec::new();
        let mut pending: Vec<_> = starts.collect();
        std::future::poll_fn(|context| {
            pending.retain_mut(|start| match start.as_mut().poll(context) {
                std::task::Poll::Ready(handle) => {
                    handles.push(handle.expect("start"));
                    false
                }
                std::task::Poll::Pending => true,
            });
            if pending.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
        let took = start.elapsed();
        println!("100 tasks started in {took:?}");
        for handle in &handles {
            driver.destroy(&handle.id).await.expect("destroy");
        }
        assert!(host.leftovers(&host.shell("true")).is_empty());
        assert!(took < Duration::from_secs(10), "{took:?}");
    });
}
