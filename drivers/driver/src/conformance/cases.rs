//! The cases, one function each.

use std::io::Read;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Fixture, Script};
use crate::signal::Signal;
use crate::{
    BoxFuture, Driver, ExecRequest, ExitResult, Health, RecoverError, StartError, StopRequest, TaskConfig,
    TaskError, TaskHandle, TerminalSize,
};

/// How a case ended; a broken promise panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    NotApplicable,
}

type Case = for<'a> fn(&'a dyn Fixture, &'static str) -> BoxFuture<'a, Verdict>;

/// Every case, with the promise that it tests.
pub(super) const ALL: [(&str, Case); 16] = [
    ("a usable driver says so", |f, n| Box::pin(healthy(f, n))),
    ("an exit code is reported, to everybody and again", |f, n| Box::pin(exit_code(f, n))),
    ("output is in the log files when wait returns", |f, n| Box::pin(output(f, n))),
    ("a stop asks first", |f, n| Box::pin(graceful_stop(f, n))),
    ("a task that ignores the request is killed after the timeout", |f, n| Box::pin(stubborn_stop(f, n))),
    ("a stop kills every descendant", |f, n| Box::pin(descendants(f, n))),
    ("a signal reaches the task", |f, n| Box::pin(signal(f, n))),
    ("a command runs in the task, and ends with it", |f, n| Box::pin(command(f, n))),
    ("a command in the task can have a terminal", |f, n| Box::pin(terminal(f, n))),
    ("a running task has statistics, an ended one has none", |f, n| Box::pin(stats(f, n))),
    ("a fresh driver takes over a running task", |f, n| Box::pin(recover_running(f, n))),
    ("a fresh driver learns how a task ended meanwhile", |f, n| Box::pin(recover_ended(f, n))),
    ("a destroyed task leaves nothing and cannot be recovered", |f, n| Box::pin(destroyed(f, n))),
    ("a task that takes too much memory is killed, and it is said why", |f, n| Box::pin(out_of_memory(f, n))),
    ("a missing program is an error that names it", |f, n| Box::pin(missing(f, n))),
    ("a wrong config is an error with its place", |f, n| Box::pin(bad_config(f, n))),
];

const DEADLINE: Duration = Duration::from_secs(20);

/// A started task of a case.
struct Running {
    driver: Arc<dyn Driver>,
    task: TaskConfig,
    handle: TaskHandle,
    case: &'static str,
}

async fn start(fixture: &dyn Fixture, case: &'static str, script: &Script) -> Option<Running> {
    let task = fixture.task(script)?;
    let driver = fixture.driver();
    let handle = driver.start(task.clone()).await.unwrap_or_else(|error| panic!("{case}: start: {error:?}"));
    assert_eq!(handle.id, task.id, "{case}");
    Some(Running { driver, task, handle, case })
}

impl Running {
    async fn wait(&self) -> ExitResult {
        wait_with(&*self.driver, &self.task, self.case).await
    }

    async fn stop(&self, timeout: Duration) {
        let request = StopRequest { signal: Signal::INTERRUPT, timeout };
        let stopped = self.driver.stop(&self.task.id, request).await;
        stopped.unwrap_or_else(|error| panic!("{}: stop: {error}", self.case));
    }

    fn output(&self, stream: &str) -> String {
        let file = format!("{}.{stream}.0", self.task.id.task);
        std::fs::read_to_string(self.task.logs.dir.join(file)).unwrap_or_default()
    }

    async fn until_output(&self, what: &str) -> String {
        let start = Instant::now();
        loop {
            let output = self.output("stdout");
            if output.contains(what) {
                return output;
            }
            assert!(start.elapsed() < DEADLINE, "{}: no {what:?} in {output:?}", self.case);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn end(self, fixture: &dyn Fixture) -> Verdict {
        let destroyed = self.driver.destroy(&self.task.id).await;
        destroyed.unwrap_or_else(|error| panic!("{}: destroy: {error}", self.case));
        assert_eq!(fixture.leftovers(&self.task), Vec::<String>::new(), "{}", self.case);
        let gone = self.driver.wait(&self.task.id).await;
        assert!(matches!(gone, Err(TaskError::NotFound(_))), "{}: {gone:?}", self.case);
        Verdict::Passed
    }
}

async fn wait_with(driver: &dyn Driver, task: &TaskConfig, case: &str) -> ExitResult {
    let ended = tokio::time::timeout(DEADLINE, driver.wait(&task.id)).await;
    let ended = ended.unwrap_or_else(|_| panic!("{case}: the task does not end"));
    ended.unwrap_or_else(|error| panic!("{case}: wait: {error}"))
}

async fn healthy(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let driver = fixture.driver();
    let found = driver.fingerprint().await;
    assert_eq!(found.health, Health::Healthy, "{case}: {found:?}");
    let attribute = format!("driver.{}", driver.name());
    assert!(found.attributes.contains_key(&attribute), "{case}: {found:?}");
    Verdict::Passed
}

async fn exit_code(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(running) = start(fixture, case, &Script::Exit(7)).await else { return Verdict::NotApplicable };
    let exit = running.wait().await;
    assert_eq!((exit.exit_code, exit.signal, exit.is_success()), (7, 0, false), "{case}");
    assert!(exit.finished_ns >= running.handle.started_ns, "{case}: {exit:?}");
    assert_eq!(running.wait().await, exit, "{case}");
    // Asking an ended task to stop is fine.
    running.stop(Duration::ZERO).await;
    running.end(fixture).await
}

async fn output(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let script = Script::Print("to stdout", "to stderr");
    let Some(running) = start(fixture, case, &script).await else { return Verdict::NotApplicable };
    assert!(running.wait().await.is_success(), "{case}");
    assert_eq!(running.output("stdout"), "to stdout\n", "{case}");
    assert_eq!(running.output("stderr"), "to stderr\n", "{case}");
    running.end(fixture).await
}

async fn graceful_stop(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(running) = start(fixture, case, &Script::Graceful).await else { return Verdict::NotApplicable };
    running.until_output("ready").await;
    running.stop(DEADLINE).await;
    let exit = running.wait().await;
    assert!(exit.is_success(), "{case}: {exit:?}");
    running.end(fixture).await
}

async fn stubborn_stop(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(running) = start(fixture, case, &Script::Stubborn).await else { return Verdict::NotApplicable };
    running.until_output("ready").await;
    let start = Instant::now();
    let timeout = Duration::from_millis(300);
    running.stop(timeout).await;
    let exit = running.wait().await;
    assert_eq!(exit.signal, Signal::KILL.number(), "{case}: {exit:?}");
    assert!(start.elapsed() >= timeout, "{case}: killed after {:?}", start.elapsed());
    running.end(fixture).await
}

async fn descendants(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(running) = start(fixture, case, &Script::Family).await else { return Verdict::NotApplicable };
    let output = running.until_output("family").await;
    let printed: Vec<i32> = output.lines().filter_map(|line| line.parse().ok()).collect();
    let pids = fixture.host_pids(&running.task, &printed);
    assert!(printed.len() >= 2 && pids.len() == printed.len(), "{case}: {pids:?} of {output:?}");
    let living = |pids: &[i32]| -> Vec<i32> {
        let status = |pid: &&i32| std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let lives =
            |pid: &&i32| status(pid).lines().any(|l| l.starts_with("State:") && !l.contains("zombie"));
        pids.iter().filter(lives).copied().collect()
    };
    assert_eq!(living(&pids), pids, "{case}");
    running.stop(Duration::from_millis(100)).await;
    running.wait().await;
    assert_eq!(living(&pids), Vec::<i32>::new(), "{case}");
    running.end(fixture).await
}

async fn signal(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(running) = start(fixture, case, &Script::Run).await else { return Verdict::NotApplicable };
    if !running.driver.capabilities().send_signals {
        return running.end(fixture).await;
    }
    let sent = running.driver.signal(&running.task.id, Signal::KILL).await;
    sent.unwrap_or_else(|error| panic!("{case}: {error}"));
    let exit = running.wait().await;
    assert_eq!((exit.exit_code, exit.signal), (0, Signal::KILL.number()), "{case}");
    let late = running.driver.signal(&running.task.id, Signal::KILL).await;
    assert!(matches!(late, Err(TaskError::NotRunning(_))), "{case}: {late:?}");
    running.end(fixture).await
}

fn request(command: &[&str]) -> ExecRequest {
    ExecRequest { command: command.iter().map(|word| (*word).to_owned()).collect(), terminal: None }
}

/// Reads to the end, on a thread that may wait.
async fn read_all(from: OwnedFd) -> String {
    let read = move || {
        let mut bytes = Vec::new();
        // The other side of a terminal ends in an error.
        let _ = std::fs::File::from(from).read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    tokio::task::spawn_blocking(read).await.expect("a thread")
}

async fn command(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(running) = start(fixture, case, &Script::Run).await else { return Verdict::NotApplicable };
    let (driver, id) = (running.driver.clone(), running.task.id.clone());
    if !driver.capabilities().exec {
        let refused = driver.exec(&id, request(&["true"])).await;
        assert!(matches!(refused, Err(TaskError::Failed { .. })), "{case}");
        running.end(fixture).await;
        return Verdict::NotApplicable;
    }
    let run = async |words: &[&str]| {
        driver.exec(&id, request(words)).await.unwrap_or_else(|error| panic!("{case}: {error}"))
    };
    let session = run(&["sh", "-c", "cat; echo to stderr >&2; exit 5"]).await;
    let mut input = std::fs::File::from(session.input);
    std::io::Write::write_all(&mut input, b"given\n").expect("input");
    drop(input);
    assert_eq!(read_all(session.output).await, "given\n", "{case}");
    assert_eq!(read_all(session.errors.expect("errors")).await, "to stderr\n", "{case}");
    let exit = session.exit.await.unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!((exit.exit_code, exit.signal), (5, 0), "{case}");

    let missing = driver.exec(&id, request(&["no-such-program"])).await.err().expect(case);
    assert!(missing.to_string().contains("not found"), "{case}: {missing}");

    // Hanging up kills; the end of the pipe tells.
    let session = run(&["sh", "-c", "echo up; exec sleep 60"]).await;
    let mut output = std::fs::File::from(session.output);
    let mut line = [0; 3];
    output.read_exact(&mut line).expect("a line");
    drop(session.exit);
    assert_eq!((&line, read_all(output.into()).await.as_str()), (b"up\n", ""), "{case}");

    // The end of the task is the end of its commands.
    let session = run(&["sleep", "60"]).await;
    running.stop(Duration::ZERO).await;
    running.wait().await;
    assert!(session.exit.await.is_err_and(|error| matches!(error, TaskError::NotRunning(_))), "{case}");
    let late = driver.exec(&id, request(&["true"])).await.err().expect(case);
    assert!(matches!(late, TaskError::NotRunning(_)), "{case}: {late}");
    running.end(fixture).await
}

async fn terminal(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(running) = start(fixture, case, &Script::Run).await else { return Verdict::NotApplicable };
    if !running.driver.capabilities().exec {
        running.end(fixture).await;
        return Verdict::NotApplicable;
    }
    let size = TerminalSize { rows: 33, columns: 99 };
    let asked = ExecRequest { terminal: Some(size), ..request(&["sh", "-c", "stty size </dev/tty; exit 3"]) };
    let session = running.driver.exec(&running.task.id, asked).await;
    let session = session.unwrap_or_else(|error| panic!("{case}: {error}"));
    drop(session.input);
    assert_eq!(read_all(session.output).await, "33 99\r\n", "{case}");
    let exit = session.exit.await.unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(exit.exit_code, 3, "{case}");
    running.end(fixture).await
}

async fn stats(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(running) = start(fixture, case, &Script::Run).await else { return Verdict::NotApplicable };
    let stats = running.driver.stats(&running.task.id).await;
    let stats = stats.unwrap_or_else(|error| panic!("{case}: {error}"));
    assert!(stats.at_ns >= running.handle.started_ns, "{case}: {stats:?}");
    assert!(stats.memory.usage > 0, "{case}: {stats:?}");
    running.stop(Duration::ZERO).await;
    running.wait().await;
    let late = running.driver.stats(&running.task.id).await;
    assert!(matches!(late, Err(TaskError::NotRunning(_))), "{case}: {late:?}");
    running.end(fixture).await
}

async fn recover_running(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    if !fixture.survives() {
        return Verdict::NotApplicable;
    }
    let Some(running) = start(fixture, case, &Script::Run).await else { return Verdict::NotApplicable };
    let Running { driver, task, handle, case } = running;
    drop(driver);
    let text = serde_json::to_string(&handle).expect("handles are JSON");
    let handle: TaskHandle = serde_json::from_str(&text).expect("handles are JSON");
    let running = Running { driver: fixture.driver(), task, handle, case };
    let recovered = running.driver.recover(&running.handle).await;
    recovered.unwrap_or_else(|error| panic!("{case}: {error}"));
    running.driver.stats(&running.task.id).await.unwrap_or_else(|error| panic!("{case}: {error}"));
    running.stop(Duration::ZERO).await;
    assert_eq!(running.wait().await.signal, Signal::KILL.number(), "{case}");
    running.end(fixture).await
}

async fn recover_ended(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    if !fixture.survives() {
        return Verdict::NotApplicable;
    }
    let Some(running) = start(fixture, case, &Script::Exit(5)).await else { return Verdict::NotApplicable };
    let Running { driver, task, handle, case } = running;
    // Only to know that it has ended; the fresh driver has not heard of it.
    wait_with(&*driver, &task, case).await;
    drop(driver);
    let running = Running { driver: fixture.driver(), task, handle, case };
    let recovered = running.driver.recover(&running.handle).await;
    recovered.unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(running.wait().await.exit_code, 5, "{case}");
    running.end(fixture).await
}

async fn destroyed(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(running) = start(fixture, case, &Script::Run).await else { return Verdict::NotApplicable };
    let (driver, handle, id) = (running.driver.clone(), running.handle.clone(), running.task.id.clone());
    running.end(fixture).await;
    driver.destroy(&id).await.unwrap_or_else(|error| panic!("{case}: twice: {error}"));
    if fixture.survives() {
        let recovered = fixture.driver().recover(&handle).await;
        assert!(matches!(recovered, Err(RecoverError::Lost { .. })), "{case}: {recovered:?}");
    }
    Verdict::Passed
}

async fn out_of_memory(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(running) = start(fixture, case, &Script::Hog).await else { return Verdict::NotApplicable };
    let exit = running.wait().await;
    assert!(exit.oom_killed && !exit.is_success(), "{case}: {exit:?}");
    running.end(fixture).await
}

async fn missing(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(task) = fixture.task(&Script::Missing) else { return Verdict::NotApplicable };
    let error = fixture.driver().start(task.clone()).await.expect_err(case);
    assert!(!matches!(error, StartError::Config(_)), "{case}: {error:?}");
    assert!(error.to_string().contains("not found"), "{case}: {error}");
    assert_eq!(fixture.leftovers(&task), Vec::<String>::new(), "{case}");
    Verdict::Passed
}

async fn bad_config(fixture: &dyn Fixture, case: &'static str) -> Verdict {
    let Some(task) = fixture.task(&Script::BadConfig) else { return Verdict::NotApplicable };
    let driver = fixture.driver();
    let errors = driver.validate(&task.config).expect_err(case);
    assert!(errors.to_string().contains("config.no_such_key"), "{case}: {errors}");
    match driver.start(task.clone()).await {
        Err(StartError::Config(found)) => assert_eq!(found, errors, "{case}"),
        other => panic!("{case}: {other:?}"),
    }
    assert_eq!(fixture.leftovers(&task), Vec::<String>::new(), "{case}");
    Verdict::Passed
}
