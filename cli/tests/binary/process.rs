//! Programs: run to their end, or started and watched. Only what a test started is ever killed, by its pid.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// The binary under test.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("NOMADCTL_BINARY")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_nomadctl")), PathBuf::from)
}

/// What a program printed and how it ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    /// Asserts the exit code and returns standard output.
    pub(crate) fn expect(self, code: i32) -> String {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self.stdout
    }
}

/// Runs the binary with arguments against an address; nothing of the caller's environment that could matter.
pub(crate) fn nomadctl(address: &str, args: &[&str]) -> Finished {
    run(Command::new(binary()).args(args).env("NOMAD_ADDR", address).env("NO_COLOR", "1"))
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Finished {
    let output = command.stdin(Stdio::null()).output().unwrap();
    Finished {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A program that goes on; killed at the end of its test.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    /// Starts the binary with arguments in a directory.
    pub(crate) fn start(dir: &Path, args: &[&str]) -> Self {
        Self::spawn(Command::new(binary()).args(args).current_dir(dir))
    }

    /// Starts a program with arguments in a directory, as the first of a group of its own.
    pub(crate) fn start_group(program: &Path, dir: &Path, args: &[&str]) -> Self {
        Self::spawn(Command::new(program).args(args).current_dir(dir).process_group(0))
    }

    fn spawn(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let stdout = child.stdout.take().unwrap();
        let stderr = child.stderr.take().unwrap();
        let other = sender.clone();
        std::thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        std::thread::spawn(move || {
            BufReader::new(stderr).lines().map_while(Result::ok).try_for_each(|line| other.send(line))
        });
        Self { child, lines, seen: Vec::new() }
    }

    /// Its pid.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line that contains a text.
    pub(crate) fn await_line(&mut self, text: &str, limit: Duration) -> String {
        let deadline = Instant::now() + limit;
        loop {
            let rest = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(rest) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.contains(text) {
                        return line;
                    }
                }
                Err(_) => {
                    panic!("no line with {text:?} within {limit:?}; it printed:\n{}", self.seen.join("\n"))
                }
            }
        }
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// Waits for its end and returns the exit code.
    pub(crate) fn wait(&mut self, limit: Duration) -> i32 {
        eventually(limit, || self.child.try_wait().unwrap()).code().unwrap_or(-1)
    }

    /// Whether it ends by itself in time.
    pub(crate) fn ends_within(&mut self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }

    /// Kills it together with what it started, if any of that is left.
    pub(crate) fn kill_group(&mut self) {
        // Nobody of the group may be left, which `kill` calls a failure.
        run(Command::new("kill").args(["-KILL", "--"]).arg(format!("-{}", self.pid())));
        self.child.wait().unwrap();
    }

    /// Kills it as a crash would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Everything it printed so far.
    pub(crate) fn output(&mut self) -> String {
        self.seen.extend(self.lines.try_iter());
        self.seen.join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- output of process {}:\n{}\n---", self.pid(), self.output());
        }
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process that this test started.
pub(crate) fn signal(pid: u32, name: &str) {
    let done = run(Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()));
    assert_eq!(done.code, 0, "{}", done.stderr);
}

/// Whether a process exists and is no zombie.
pub(crate) fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// Tries until there is an answer.
pub(crate) fn eventually<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "not within {limit:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
