//! Real executors with real tasks. This binary is also the executor that it starts, hence its own `main`.

mod isolated;
mod kill;
mod run;
mod sandboxed;
mod scale;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use executor::link::{Executor, Outcome, Program, launch};
use executor::{CgroupPlan, LaunchSpec, LogSpec, TaskExit};
use libtest_mimic::{Arguments, Trial};
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(10);

fn main() {
    if executor::is_executor(std::env::args_os()) {
        std::process::exit(executor::main(std::env::args_os()));
    }
    let mut trials = Vec::new();
    trials.extend(run::TESTS.iter().map(trial));
    trials.extend(isolated::TESTS.iter().map(trial));
    trials.extend(kill::TESTS.iter().map(trial));
    trials.extend(sandboxed::TESTS.iter().map(trial));
    trials.extend(scale::TESTS.iter().map(trial));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

type Test = (&'static str, fn());

fn trial((name, test): &'static Test) -> Trial {
    Trial::test(*name, move || {
        test();
        Ok(())
    })
}

/// A directory for one task: state, logs, working directory. Checks at its end that nothing is left in it to kill.
struct Host {
    dir: TempDir,
    program: Program,
}

impl Host {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("directory");
        std::fs::create_dir(dir.path().join("logs")).expect("directory");
        Self { dir, program: Program::current() }
    }

    fn state_dir(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A task that runs a shell script in its own cgroup.
    fn shell(&self, script: &str) -> LaunchSpec {
        let unique = self.dir.path().file_name().expect("name").to_string_lossy().replace('.', "");
        LaunchSpec {
            program: "/bin/sh".to_owned(),
            args: vec!["-c".to_owned(), script.to_owned()],
            env: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
            cwd: self.dir.path().to_string_lossy().into_owned(),
            identity: None,
            oom_score_adj: 0,
            cgroup: CgroupPlan::Own {
                name: format!("nomad-test-{}-{unique}", std::process::id()),
                limits: sandbox::cgroup::Limits::default(),
                required: false,
            },
            logs: Some(LogSpec {
                dir: self.path("logs").to_string_lossy().into_owned(),
                stdout: "t.stdout".to_owned(),
                stderr: "t.stderr".to_owned(),
                max_files: 10,
                max_bytes: 1 << 20,
            }),
            isolation: None,
        }
    }

    fn launch(&self, spec: &LaunchSpec) -> Executor {
        launch(&self.program, &self.state_dir(), spec).expect("launch")
    }

    fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.path("logs").join(name)).unwrap_or_default()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if self.state_dir().exists() {
            executor::link::destroy(&self.state_dir()).expect("destroy");
        }
    }
}

fn ended(executor: &Executor) -> TaskExit {
    assert!(executor.wait_ended(DEADLINE).expect("wait"), "still running");
    match executor.outcome().expect("outcome") {
        Outcome::Ended(exit) => exit,
        Outcome::Lost => panic!("the executor vanished"),
    }
}

fn eventually(what: &str, mut check: impl FnMut() -> bool) {
    let start = Instant::now();
    while !check() {
        assert!(start.elapsed() < DEADLINE, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn lives(pid: i32) -> bool {
    sandbox::proc_stat::read(pid).is_ok_and(|stat| !stat.is_zombie())
}

/// Reads the pids that a script wrote into a file, one per line.
fn pids(file: &Path, count: usize) -> Vec<i32> {
    let read = || -> Vec<i32> {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    };
    eventually("pids in a file", || read().len() == count);
    read()
}

/// Asserts that no directory of the task's cgroup is left.
fn no_group_is_left(spec: &LaunchSpec) {
    let CgroupPlan::Own { name, .. } = &spec.cgroup else { return };
    let Ok(hierarchies) = sandbox::cgroup::Hierarchies::detect() else { return };
    for root in hierarchies.roots() {
        assert!(!root.join(name).exists(), "{} is left", root.join(name).display());
    }
}
