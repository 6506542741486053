//! Commands that run in the task besides it: `alloc exec`, script checks.
//!
//! Each belongs to the connection that asked for it. Bounds: 32 at a time. Their output never passes through this
//! process: the agent hands over the descriptors.

use std::ffi::OsString;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use sandbox::isolate::{Entrance, Isolated};
use sandbox::pidfd::Exit;
use sandbox::spawn::{Spawn, spawn as spawn_plainly};

use crate::protocol::{Command, CommandExit};
use crate::spec::{Isolation, LaunchSpec};
use crate::start::chain;

const MAX_RUNNING: usize = 32;

/// The commands that run, by pid, with the connections that they belong to.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    running: Vec<(i32, u64)>,
}

impl Commands {
    /// Starts a command for a connection.
    ///
    /// # Errors
    /// Text that says what failed.
    pub(crate) fn start(
        &mut self,
        connection: u64,
        task: (&LaunchSpec, i32),
        command: &Command,
        streams: Vec<OwnedFd>,
        join: Vec<File>,
    ) -> Result<(), String> {
        if self.running.len() >= MAX_RUNNING {
            return Err(format!("{MAX_RUNNING} commands run in the task already"));
        }
        let Ok([stdin, stdout, stderr]) = <[OwnedFd; 3]>::try_from(streams) else {
            return Err("three descriptors must come with a command".to_owned());
        };
        let (spec, first) = task;
        let streams = [Some(stdin), Some(stdout), Some(stderr)];
        let pid = match &spec.isolation {
            None => plain(spec, command, streams, join)?,
            Some(isolation) => isolated(spec, isolation, first, command, streams, join)?,
        };
        self.running.push((pid, connection));
        Ok(())
    }

    /// Takes note that a child has ended; returns the connection that is to be told, if it was a command.
    pub(crate) fn ended(&mut self, pid: i32, exit: Exit) -> Option<(u64, CommandExit)> {
        let at = self.running.iter().position(|(running, _)| *running == pid)?;
        let (_, connection) = self.running.swap_remove(at);
        let exit = match exit {
            Exit::Code(code) => CommandExit { code, signal: 0 },
            Exit::Signal(signal) => CommandExit { code: 0, signal },
        };
        Some((connection, exit))
    }

    /// Kills the commands whose connections are not in `open`.
    pub(crate) fn hang_up(&self, open: &[u64]) {
        for (pid, _) in self.running.iter().filter(|(_, connection)| !open.contains(connection)) {
            let Some(pid) = Pid::from_raw(*pid) else { continue };
            // Each leads its session; one that has ended meanwhile is about to be collected.
            let _ = kill_process_group(pid, Signal::KILL);
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

fn pid_of(child: &std::process::Child) -> i32 {
    i32::try_from(child.id()).unwrap_or(0)
}

fn plain(
    spec: &LaunchSpec,
    command: &Command,
    streams: [Option<OwnedFd>; 3],
    join: Vec<File>,
) -> Result<i32, String> {
    let program = command.candidates.iter().map(Path::new).find(|path| path.is_file());
    let program = program.ok_or_else(|| not_found(command))?;
    let args: Vec<OsString> = command.args.iter().skip(1).map(OsString::from).collect();
    let started = spawn_plainly(Spawn {
        program,
        args: &args,
        env: &env(spec, command),
        cwd: Path::new(&spec.cwd),
        streams,
        terminal: command.terminal,
        join,
        identity: spec.identity.clone(),
        oom_score_adj: spec.oom_score_adj,
    });
    started.map(|child| pid_of(&child)).map_err(|error| format!("cannot run {}: {error}", program.display()))
}

fn isolated(
    spec: &LaunchSpec,
    isolation: &Isolation,
    first: i32,
    command: &Command,
    streams: [Option<OwnedFd>; 3],
    join: Vec<File>,
) -> Result<i32, String> {
    let entrance = Entrance::open(first, &isolation.plan)
        .map_err(|error| format!("cannot find the way into the task: {error}"))?;
    let args: Vec<OsString> = command.args.iter().map(OsString::from).collect();
    let started = entrance.spawn(Isolated {
        candidates: &command.candidates,
        args: &args,
        env: &env(spec, command),
        work_dir: &spec.cwd,
        streams,
        terminal: command.terminal,
        join,
        identity: spec.identity.clone().unwrap_or_else(sandbox::user::current),
        oom_score_adj: spec.oom_score_adj,
    });
    started.map(|child| pid_of(&child)).map_err(|error| match error {
        sandbox::isolate::SpawnError::NotFound => not_found(command),
        other => chain(&other),
    })
}

fn not_found(command: &Command) -> String {
    let name = command.args.first().map_or("", String::as_str);
    format!("command {name:?} not found; looked for {}", command.candidates.join(", "))
}

fn env(spec: &LaunchSpec, command: &Command) -> Vec<(OsString, OsString)> {
    spec.env.iter().chain(&command.env).map(|(key, value)| (key.into(), value.into())).collect()
}
