//! Tests of the mock: its failures, its clock, and the suite that every driver passes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use driver::conformance::{self, Fixture, Script};
use driver::signal::Signal;
use driver::{
    ConfigMap, Driver, Health, LogConfig, Resources, StartError, StopRequest, TaskConfig, TaskDirs,
    TaskError, TaskId,
};
use serde_json::{Value, json};

use super::{Mock, MockOptions};

fn task(dir: &Path, name: &str, config: Value) -> TaskConfig {
    let Value::Object(config) = config else { panic!("no block") };
    let at = |name: &str| dir.join(name);
    TaskConfig {
        id: TaskId { alloc: "a".to_owned(), task: name.to_owned() },
        config,
        env: BTreeMap::new(),
        user: None,
        resources: Resources { cpu_mhz: 500, memory_mb: 64, ..Resources::default() },
        dirs: TaskDirs {
            alloc: dir.to_path_buf(),
            shared: at("alloc"),
            task: at("t"),
            local: at("t/local"),
            secrets: at("t/secrets"),
        },
        logs: LogConfig { disabled: false, dir: dir.to_path_buf(), max_files: 10, max_file_size_mb: 10 },
        cgroup_parent: None,
    }
}

struct MockFixture {
    dir: tempfile::TempDir,
    driver: Arc<Mock>,
}

impl Fixture for MockFixture {
    fn driver(&self) -> Arc<dyn Driver> {
        self.driver.clone()
    }

    fn task(&self, script: &Script) -> Option<TaskConfig> {
        let config = match script {
            Script::Exit(code) => json!({ "exit_code": code }),
            Script::Run => json!({ "run_for": "1h" }),
            Script::Graceful => json!({ "run_for": "1h", "stdout_string": "ready" }),
            Script::Stubborn => json!({ "run_for": "1h", "stdout_string": "ready", "kill_after": "1h" }),
            Script::Print(out, err) => {
                json!({ "stdout_string": format!("{out}\n"), "stderr_string": format!("{err}\n") })
            }
            Script::BadConfig => json!({ "no_such_key": 1 }),
            Script::Family | Script::Hog | Script::Missing => return None,
        };
        // Each case has its own task, hence its own log files.
        let name = format!("t{}", uniquely());
        Some(task(self.dir.path(), &name, config))
    }

    fn survives(&self) -> bool {
        false
    }

    fn leftovers(&self, _: &TaskConfig) -> Vec<String> {
        Vec::new()
    }
}

fn uniquely() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[tokio::test]
async fn the_mock_passes_the_suite() {
    let dir = tempfile::tempdir().expect("directory");
    let report =
        conformance::run(&MockFixture { dir, driver: Arc::new(Mock::new(MockOptions::default())) }).await;
    assert_eq!(
        report.not_applicable,
        [
            "a stop kills every descendant",
            "a command runs in the task, and ends with it",
            "a command in the task can have a terminal",
            "a fresh driver takes over a running task",
            "a fresh driver learns how a task ended meanwhile",
            "a task that takes too much memory is killed, and it is said why",
            "a missing program is an error that names it",
        ]
    );
    assert_eq!(report.passed.len(), 9);
}

#[tokio::test(start_paused = true)]
async fn failures_are_as_configured() {
    let dir = tempfile::tempdir().expect("directory");
    let mock = Mock::new(MockOptions::default());
    let start = |config| mock.start(task(dir.path(), "t", config));
    assert!(matches!(start(json!({"start_error": "no"})).await, Err(StartError::Fatal(m)) if m == "no"));
    let recoverable = start(json!({"start_error": "no", "start_error_recoverable": true})).await;
    assert!(recoverable.expect_err("error").is_recoverable());
    let before = tokio::time::Instant::now();
    let handle = start(json!({"start_block_for": "5s", "signal_error": "deaf", "run_for": "1h"}))
        .await
        .expect("start");
    assert_eq!(before.elapsed(), Duration::from_secs(5));
    let deaf = mock.signal(&handle.id, Signal::KILL).await;
    assert!(matches!(deaf, Err(TaskError::Failed { reason, .. }) if reason == "deaf"));
    let handle = start(json!({"exit_err_msg": "broken"})).await.expect("start");
    assert_eq!(mock.wait(&handle.id).await.expect("exit").err.as_deref(), Some("broken"));
    let handle = start(json!({"exit_signal": 11})).await.expect("start");
    assert_eq!(mock.wait(&handle.id).await.expect("exit").signal, 11);
}

#[tokio::test(start_paused = true)]
async fn a_waiter_sees_a_plan_that_changes() {
    let dir = tempfile::tempdir().expect("directory");
    let mock = Mock::new(MockOptions::default());
    let handle =
        mock.start(task(dir.path(), "t", json!({"run_for": "1h", "kill_after": "2s"}))).await.expect("start");
    let before = tokio::time::Instant::now();
    let stop = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        let request = StopRequest { signal: Signal::INTERRUPT, timeout: Duration::from_secs(5) };
        mock.stop(&handle.id, request).await.expect("stop");
    };
    let (exit, ()) = tokio::join!(mock.wait(&handle.id), stop);
    assert_eq!(exit.expect("exit").signal, 0);
    assert_eq!(before.elapsed().as_secs(), 12);
}

#[tokio::test(start_paused = true)]
async fn output_is_repeated_and_ends_with_the_task() {
    let dir = tempfile::tempdir().expect("directory");
    let mock = Mock::new(MockOptions::default());
    let config =
        json!({"run_for": "1h", "stdout_string": "x", "stdout_repeat": 3, "stdout_repeat_duration": "10s"});
    let handle = mock.start(task(dir.path(), "t", config)).await.expect("start");
    let printed = || std::fs::read_to_string(dir.path().join("t.stdout.0")).expect("log");
    assert_eq!(printed(), "x");
    tokio::time::sleep(Duration::from_secs(25)).await;
    assert_eq!(printed(), "xxx");
    mock.destroy(&handle.id).await.expect("destroy");
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(printed(), "xxx");
}

#[tokio::test]
async fn a_later_driver_goes_on_with_the_same_plan() {
    let dir = tempfile::tempdir().expect("directory");
    let first = Mock::new(MockOptions::default());
    let running = first.start(task(dir.path(), "r", json!({"run_for": "1h"}))).await.expect("start");
    let ended = first.start(task(dir.path(), "e", json!({"exit_code": 4}))).await.expect("start");
    let second = Mock::new(MockOptions::default());
    for handle in [&running, &ended] {
        second.recover(handle).await.expect("recover");
    }
    assert_eq!(second.wait(&ended.id).await.expect("exit").exit_code, 4);
    assert!(second.stats(&running.id).await.expect("stats").at_ns >= running.started_ns);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_tasks_are_cheap() {
    let dir = tempfile::tempdir().expect("directory");
    let mock = Mock::new(MockOptions::default());
    let mut ids = Vec::new();
    for index in 0..10_000 {
        let config = json!({"run_for": "10m", "exit_code": index % 2});
        ids.push(mock.start(task(dir.path(), &format!("t{index}"), config)).await.expect("start").id);
    }
    let mut failed = 0;
    for id in &ids {
        failed += mock.wait(id).await.expect("exit").exit_code;
    }
    assert_eq!(failed, 5_000);
}

#[test]
fn mistakes_are_named_with_their_place() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("runtime");
    let _inside = runtime.enter();
    let mock = Mock::new(MockOptions::default());
    let error = |config: Value| {
        let config: ConfigMap = config.as_object().expect("block").clone();
        mock.validate(&config).expect_err("a mistake").to_string()
    };
    assert_eq!(
        error(json!({"run_fro": "1s"})),
        "config.run_fro: unknown key \"run_fro\", did you mean \"run_for\"?"
    );
    assert_eq!(
        error(json!({"exec_command": [{"exit_signal": 99}]})),
        "config.exec_command.exit_signal: expected a whole number from 0 to 31, found 99"
    );
    assert_eq!(
        error(json!({"driver_port_map": "http"})),
        "config.driver_port_map: expected label:port, found \"http\""
    );
}

#[tokio::test(start_paused = true)]
async fn the_driver_can_be_shut_down_for_a_while() {
    let mock = Mock::new(MockOptions {
        shutdown_periodic_after: true,
        shutdown_periodic_duration: Duration::from_secs(30),
        ..MockOptions::default()
    });
    assert_eq!(mock.fingerprint().await.health, Health::Unhealthy);
    tokio::time::sleep(Duration::from_secs(31)).await;
    assert_eq!(mock.fingerprint().await.health, Health::Healthy);
}
