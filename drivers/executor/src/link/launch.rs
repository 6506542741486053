//! Starting an executor and, through it, a task.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::attach::Executor;
use super::{LaunchError, LinkError, leftovers};
use crate::envelope;
use crate::protocol::{self, ProtocolError};
use crate::spec::LaunchSpec;
use crate::start::Reply;

/// How long an executor may take to report: it makes a cgroup and starts one program.
const REPORT: Duration = Duration::from_secs(20);

/// The program that is an executor: in production this very binary with [`crate::SUBCOMMAND`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Path of the binary.
    pub path: PathBuf,
    /// Arguments before the state directory.
    pub args: Vec<OsString>,
}

impl Program {
    /// Returns `binary executor`.
    #[must_use]
    pub fn subcommand_of(binary: PathBuf) -> Self {
        Self { path: binary, args: vec![OsString::from(crate::SUBCOMMAND)] }
    }

    /// Returns the running binary, also when its file was replaced by an upgrade: the kernel resolves it.
    #[must_use]
    pub fn current() -> Self {
        Self::subcommand_of(PathBuf::from("/proc/self/exe"))
    }
}

/// Starts an executor with its state in `state_dir` (created, mode 0700), and the task in it.
///
/// Blocks until the task runs or could not be started: milliseconds, at most 20 s. On an error no process, no cgroup
/// and no state directory is left. What an earlier executor left in `state_dir` is killed first: a task never runs twice.
///
/// # Errors
/// [`LaunchError::Task`] is about the task, the others about the executor.
pub fn launch(program: &Program, state_dir: &Path, spec: &LaunchSpec) -> Result<Executor, LaunchError> {
    let earlier = if state_dir.exists() { leftovers::destroy(state_dir) } else { Ok(()) };
    earlier.map_err(LaunchError::Earlier)?;
    create_state_dir(state_dir)?;
    let started = start(program, state_dir, spec);
    if started.is_err() {
        // Nothing was recorded, or what was recorded is ended here.
        let _ = leftovers::destroy(state_dir);
    }
    started
}

fn create_state_dir(path: &Path) -> Result<(), LaunchError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| LaunchError::StateDir { path: path.to_path_buf(), source })
}

fn start(program: &Program, state_dir: &Path, spec: &LaunchSpec) -> Result<Executor, LaunchError> {
    let failed = |source| LaunchError::Executor { program: program.path.clone(), source };
    let mut child = Command::new(&program.path)
        .arg0("nomadctl")
        .args(&program.args)
        .arg(state_dir)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let state = match exchange(&mut child, spec) {
        Ok(Ok(state)) => state,
        Ok(Err(failure)) => {
            let _ = child.wait();
            return Err(LaunchError::Task(failure));
        }
        Err(error) => {
            // What it may have started is found by its state file.
            let _ = child.kill();
            let _ = child.wait();
            return Err(LaunchError::NoReport(error));
        }
    };
    match Executor::open(state_dir, &state) {
        Ok(executor) => Ok(executor),
        // A short task: its executor has recorded the end and is gone; it is still ours to collect.
        Err(LinkError::Ended) => {
            let _ = child.wait();
            Ok(Executor::ended(state_dir, &state))
        }
        Err(error) => Err(LaunchError::Vanished(error)),
    }
}

fn exchange(child: &mut Child, spec: &LaunchSpec) -> Result<Reply, ProtocolError> {
    let stdin = child.stdin.take().ok_or(io::Error::from(io::ErrorKind::BrokenPipe))?;
    let stdout = child.stdout.take().ok_or(io::Error::from(io::ErrorKind::BrokenPipe))?;
    protocol::send(stdin, spec, envelope::MAX_BYTES)?;
    let until = Instant::now() + REPORT;
    protocol::receive(Until { reader: stdout, until }, envelope::MAX_BYTES)
}

/// A reader that fails with `TimedOut` at a moment.
struct Until<R> {
    reader: R,
    until: Instant,
}

impl<R: Read + AsFd> Read for Until<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        let timeout = Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        };
        match poll(&mut [PollFd::new(&self.reader, PollFlags::IN)], Some(&timeout))? {
            0 => Err(io::ErrorKind::TimedOut.into()),
            _ => self.reader.read(buffer),
        }
    }
}
