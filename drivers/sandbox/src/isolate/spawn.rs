//! Starting the first process of a task in its own world.

use std::ffi::{CString, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use super::child::{self, Failed, Program, RUN, STEPS, Texts, WORK_DIR};
use super::plan::{Rights, Share};
use super::prepare::Prepared;
use crate::spawn::{Identity, oom_score};

/// What to start in a prepared world.
#[derive(Debug)]
pub struct Isolated<'a> {
    /// Absolute paths in the task's root; the first that is there is run.
    pub candidates: &'a [String],
    /// Arguments, with the program's name first.
    pub args: &'a [OsString],
    /// The whole environment.
    pub env: &'a [(OsString, OsString)],
    /// Working directory in the task's root.
    pub work_dir: &'a str,
    /// Standard streams; `None` is `/dev/null`.
    pub streams: [Option<OwnedFd>; 3],
    /// Whether standard input is a terminal, to be the one of the new session.
    pub terminal: bool,
    /// `cgroup.procs` files of the groups to join.
    pub join: Vec<File>,
    /// Who runs it.
    pub identity: Identity,
    /// Value for `oom_score_adj`; 0 leaves it alone.
    pub oom_score_adj: i32,
}

/// Why a process was not started.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// None of the programs is there.
    #[error("program not found")]
    NotFound,
    /// The program cannot be run.
    #[error("cannot run the program")]
    Run(#[source] io::Error),
    /// The working directory is not there, or not for this user.
    #[error("cannot enter the working directory")]
    WorkDir(#[source] io::Error),
    /// A step before.
    #[error("cannot {step}")]
    Step {
        /// What was tried.
        step: &'static str,
        /// The system's answer.
        source: io::Error,
    },
}

/// Starts the process. With [`Share::Private`] it is the first of a pid namespace, to which all later children of the
/// calling thread belong as well: meant for the executor, which has one thread and one task.
///
/// # Errors
/// The step that failed; nothing is left then.
pub fn spawn(isolated: Isolated<'_>, world: Prepared) -> Result<Child, SpawnError> {
    if world.pid == Share::Private {
        // SAFETY: only says where future children of this thread live; memory and descriptors stay as they are.
        if unsafe { libc::unshare(libc::CLONE_NEWPID) } != 0 {
            let source = io::Error::last_os_error();
            return Err(SpawnError::Step { step: "make a pid namespace", source });
        }
    }
    let (rights, filter) = (world.rights, world.filter.clone());
    start(isolated, rights, filter, move || child::enter(&world))
}

/// Forks, has the child enter a world and become the program, and finds out what failed.
pub(super) fn start(
    isolated: Isolated<'_>,
    rights: Rights,
    filter: Vec<libc::sock_filter>,
    enter: impl Fn() -> Result<(), Failed> + Send + Sync + 'static,
) -> Result<Child, SpawnError> {
    let failed = |step| move |source| SpawnError::Step { step, source };
    let (mut notes, report) = io::pipe().map_err(failed("make a pipe"))?;
    let [stdin, stdout, stderr] = isolated.streams;
    let stream = |stream: Option<OwnedFd>| stream.map_or_else(Stdio::null, Stdio::from);
    let texts = failed("pass a text with a zero byte");
    let program = Program {
        candidates: isolated
            .candidates
            .iter()
            .map(|path| text(path.as_bytes()))
            .collect::<io::Result<_>>()
            .map_err(&texts)?,
        args: Texts::new(
            isolated
                .args
                .iter()
                .map(|arg| text(arg.as_bytes()))
                .collect::<io::Result<_>>()
                .map_err(&texts)?,
        ),
        env: Texts::new(variables(isolated.env).map_err(&texts)?),
        work_dir: text(isolated.work_dir.as_bytes()).map_err(&texts)?,
        identity: isolated.identity,
        rights,
        filter,
        join: child::raw(&isolated.join),
        oom_score: oom_score(isolated.oom_score_adj),
        terminal: isolated.terminal,
        report: report.into(),
    };
    // Never run: the child execs by itself, because which program is there shows only in the task's root.
    let mut command = Command::new("/proc/self/exe");
    command.stdin(stream(stdin)).stdout(stream(stdout)).stderr(stream(stderr));
    // SAFETY: the closure runs in the child between fork and exec, and never returns. It makes system calls only, on
    // descriptors and texts that were made before the fork, and allocates nothing.
    unsafe { command.pre_exec(move || program.become_it(|_| enter())) };
    // Waits until the child has closed what it inherited.
    let spawned = command.spawn();
    // The write end in this process goes with the closure.
    drop(command);
    drop(isolated.join);
    let mut child = spawned.map_err(failed("fork"))?;
    match read_note(&mut notes) {
        None => Ok(child),
        Some((step, error)) => {
            // It ends right after its note.
            let _ = child.wait();
            Err(name(step, error))
        }
    }
}

/// Waits for the note of a failure; `None` once the program runs.
fn read_note(notes: &mut io::PipeReader) -> Option<(u8, io::Error)> {
    let mut note = [0; child::NOTE];
    notes.read_exact(&mut note).ok()?;
    let [step, errno @ ..] = note;
    Some((step, io::Error::from_raw_os_error(i32::from_ne_bytes(errno))))
}

/// Names the step that failed.
fn name(step: u8, source: io::Error) -> SpawnError {
    match step {
        RUN if source.kind() == io::ErrorKind::NotFound => SpawnError::NotFound,
        RUN => SpawnError::Run(source),
        WORK_DIR => SpawnError::WorkDir(source),
        step => SpawnError::Step { step: STEPS.get(usize::from(step)).copied().unwrap_or("start"), source },
    }
}

fn text(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| io::ErrorKind::InvalidInput.into())
}

fn variables(env: &[(OsString, OsString)]) -> io::Result<Vec<CString>> {
    env.iter().map(|(key, value)| text(&[key.as_bytes(), b"=", value.as_bytes()].concat())).collect()
}
