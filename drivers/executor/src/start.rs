//! From an empty process to a supervised task, and the answer to the agent that waits for it.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use sandbox::cgroup::{CgroupError, Group, GroupName, Hierarchies, Limits};
use sandbox::session::{self, ChildSignals};
use sandbox::{pidfd, proc_stat};
use serde::{Deserialize, Serialize};

use crate::envelope;
use crate::first;
use crate::logs::{RotatingFiles, Stream};
use crate::protocol;
use crate::socket::Socket;
use crate::spec::{CgroupPlan, LaunchSpec};
use crate::state_file::{self, Phase, ProcessId, State};
use crate::supervise::{self, Task};

/// Why a task could not be started. Serialised: the executor tells it to the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum StartFailure {
    /// The program does not exist, or its interpreter does not.
    #[error("program {0} not found")]
    ProgramNotFound(String),
    /// None of the places in the task's root has the program.
    #[error("command {command:?} not found in the task's root; looked for {}", searched.join(", "))]
    CommandNotFound {
        /// As the job has it.
        command: String,
        /// Where was looked.
        searched: Vec<String>,
    },
    /// The program may not be executed, or the user may not be changed.
    #[error("not permitted to run {program}: {reason}")]
    NotPermitted {
        /// The program.
        program: String,
        /// The system's answer.
        reason: String,
    },
    /// The working directory is not there.
    #[error("working directory {0} not found")]
    DirectoryNotFound(String),
    /// The task's world could not be made.
    #[error("cannot isolate the task: {0}")]
    Isolation(String),
    /// The limits could not be set.
    #[error("cannot set up the task's cgroup: {0}")]
    Cgroup(String),
    /// Anything else; the text has the step and the reason.
    #[error("{0}")]
    Other(String),
}

/// What the executor writes to its standard output, once.
pub(crate) type Reply = Result<State, StartFailure>;

/// Runs an executor in `state_dir`; see [`crate::main`].
pub(crate) fn run(state_dir: &Path) -> i32 {
    session::close_inherited();
    let started = prepare(state_dir).and_then(|prepared| prepared.start());
    let reply: Reply = started.as_ref().map(|task| task.state.clone()).map_err(Clone::clone);
    // An agent that has died meanwhile finds the task by the state file.
    let _ = protocol::send(io::stdout(), &reply, envelope::MAX_BYTES);
    let _ = io::stdout().flush();
    detach_standard_streams();
    match started {
        Ok(task) => {
            supervise::run(task);
            0
        }
        Err(_) => 1,
    }
}

/// An executor that is ready to start its task.
struct Prepared {
    spec: LaunchSpec,
    state_dir: PathBuf,
    state: State,
    socket: Socket,
    signals: ChildSignals,
    group: Option<Group>,
    lock: File,
}

/// Log streams, and the write ends for the task; empty when output is discarded.
#[derive(Default)]
struct Output {
    streams: Vec<Stream>,
    stdout: Option<OwnedFd>,
    stderr: Option<OwnedFd>,
}

fn other(step: &'static str) -> impl Fn(io::Error) -> StartFailure {
    move |error| StartFailure::Other(format!("{step}: {error}"))
}

fn prepare(state_dir: &Path) -> Result<Prepared, StartFailure> {
    let spec: LaunchSpec = protocol::receive(io::stdin(), envelope::MAX_BYTES)
        .map_err(|error| StartFailure::Other(format!("cannot read the launch spec: {error}")))?;
    // Fails only when this process leads its session already, and then it has what it wants.
    let _ = session::leave_session();
    session::adopt_orphans().map_err(other("cannot become a subreaper"))?;
    let signals = ChildSignals::open().map_err(other("cannot watch for children"))?;
    std::env::set_current_dir(state_dir).map_err(other("cannot enter the state directory"))?;
    let lock = lock_state_dir()?;
    let socket = Socket::listen().map_err(other("cannot listen for the agent"))?;
    let group = own_group(&spec.cgroup).map_err(|error| StartFailure::Cgroup(chain(&error)))?;
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    let state = State {
        boot_id: pidfd::boot_id().map_err(other("cannot read the boot id"))?,
        executor: process_id(own).map_err(other("cannot read the own start time"))?,
        cgroup: group.as_ref().map(|group| group.name().as_str().to_owned()),
        phase: Phase::Starting,
    };
    // A relative path now: the state directory is the current one, and stays right if a parent is renamed.
    let state_dir = PathBuf::from(".");
    let prepared = Prepared { spec, state_dir, state, socket, signals, group, lock };
    prepared.record()?;
    Ok(prepared)
}

impl Prepared {
    fn record(&self) -> Result<(), StartFailure> {
        state_file::write(&self.state_dir, &self.state).map_err(|error| StartFailure::Other(chain(&error)))
    }

    fn start(mut self) -> Result<Task, StartFailure> {
        let started = self.output().and_then(|output| self.spawn(output));
        let (pid, streams) = match started {
            Ok(started) => started,
            Err(error) => {
                if let Some(group) = &self.group {
                    // Empty: nothing was started in it. If it cannot be removed, a sweep will.
                    let _ = group.remove();
                }
                return Err(error);
            }
        };
        let task = process_id(pid).map_err(other("cannot read the task's start time"))?;
        self.state.phase = Phase::Running { task, started_ns: now_ns() };
        let recorded = self.record();
        let Self { spec, state, state_dir, group, signals, socket, lock } = self;
        let task = Task { spec, task, state, state_dir, group, signals, socket, streams, _lock: lock };
        match recorded {
            Ok(()) => Ok(task),
            Err(error) => {
                // A task that nobody could find again must not run.
                supervise::abandon(task);
                Err(error)
            }
        }
    }

    /// Starts the task's first process; returns its pid with the streams to supervise.
    fn spawn(&self, output: Output) -> Result<(i32, Vec<Stream>), StartFailure> {
        let Output { streams, stdout, stderr } = output;
        let pid = first::spawn(
            &self.spec,
            [None, stdout, stderr],
            join_files(self.group.as_ref(), &self.spec.cgroup)?,
        )?;
        Ok((pid, streams))
    }

    /// Opens the log streams; returns them with the write ends for the task.
    fn output(&self) -> Result<Output, StartFailure> {
        let Some(logs) = &self.spec.logs else { return Ok(Output::default()) };
        let open = |prefix: &str| {
            RotatingFiles::open(Path::new(&logs.dir), prefix, logs.max_files, logs.max_bytes)
                .and_then(Stream::open)
                .map_err(|error| {
                    StartFailure::Other(format!("cannot open log files in {}: {error}", logs.dir))
                })
        };
        let (stdout, stdout_write) = open(&logs.stdout)?;
        let (stderr, stderr_write) = open(&logs.stderr)?;
        let streams = vec![stdout, stderr];
        Ok(Output { streams, stdout: Some(stdout_write), stderr: Some(stderr_write) })
    }
}

/// Opens the files by which a process joins the groups of a task.
pub(crate) fn join_files(group: Option<&Group>, plan: &CgroupPlan) -> Result<Vec<File>, StartFailure> {
    if let Some(group) = group {
        return group.join_files().map_err(|error| StartFailure::Cgroup(chain(&error)));
    }
    let CgroupPlan::Join { dirs } = plan else { return Ok(Vec::new()) };
    let open = |dir: &String| {
        let path = Path::new(dir).join("cgroup.procs");
        let failure = |error| StartFailure::Cgroup(format!("cannot join {}: {error}", path.display()));
        File::options().write(true).open(&path).map_err(failure)
    };
    dirs.iter().map(open).collect()
}

/// Locks the current directory for the life of this process: two executors must never share one.
fn lock_state_dir() -> Result<File, StartFailure> {
    let dir = File::open(".").map_err(other("cannot open the state directory"))?;
    rustix::fs::flock(&dir, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| StartFailure::Other("another executor runs in this state directory".to_owned()))?;
    Ok(dir)
}

/// Creates the task's own group, if one is wanted and the host allows it.
///
/// A host that allows a group but no limits still gets the group: it is what holds the processes together.
fn own_group(plan: &CgroupPlan) -> Result<Option<Group>, CgroupError> {
    let CgroupPlan::Own { name, limits, required } = plan else { return Ok(None) };
    let name = GroupName::new(name)?;
    if *required {
        return Group::create(&Hierarchies::detect()?, &name, limits).map(Some);
    }
    let created =
        Hierarchies::detect().and_then(|hierarchies| match Group::create(&hierarchies, &name, limits) {
            Err(error) if error.is_unsupported() => Group::create(&hierarchies, &name, &Limits::default()),
            other => other,
        });
    match created {
        Err(error) if error.is_unsupported() => Ok(None),
        other => other.map(Some),
    }
}

fn process_id(pid: i32) -> io::Result<ProcessId> {
    Ok(ProcessId { pid, start_ticks: proc_stat::read(pid)?.start_ticks })
}

/// Lets go of the agent's pipes, so that it sees their end.
fn detach_standard_streams() {
    let Ok(null) = File::options().read(true).write(true).open("/dev/null") else { return };
    let _ = rustix::stdio::dup2_stdin(&null);
    let _ = rustix::stdio::dup2_stdout(&null);
    let _ = rustix::stdio::dup2_stderr(&null);
}

/// Returns an error with its causes, as text: it crosses a process boundary.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Returns the time of the host, in nanoseconds since the epoch.
pub(crate) fn now_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
