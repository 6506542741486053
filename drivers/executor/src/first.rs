//! Starting a task's first process, in the host's world or in its own.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Child;

use sandbox::isolate::{self, Isolated, SpawnError};
use sandbox::spawn::{Spawn, spawn as spawn_plainly};

use crate::spec::{Isolation, LaunchSpec};
use crate::start::{StartFailure, chain};

/// Standard input, output and errors; `None` is `/dev/null`.
pub(crate) type Streams = [Option<OwnedFd>; 3];

/// Starts it; returns its pid as this process sees it.
pub(crate) fn spawn(spec: &LaunchSpec, streams: Streams, join: Vec<File>) -> Result<i32, StartFailure> {
    let child = match &spec.isolation {
        None => plain(spec, streams, join)?,
        Some(isolation) => isolated(spec, isolation, streams, join)?,
    };
    Ok(i32::try_from(child.id()).unwrap_or(0))
}

fn plain(spec: &LaunchSpec, streams: Streams, join: Vec<File>) -> Result<Child, StartFailure> {
    if !fs::metadata(&spec.cwd).is_ok_and(|found| found.is_dir()) {
        return Err(StartFailure::DirectoryNotFound(spec.cwd.clone()));
    }
    let started = spawn_plainly(Spawn {
        program: Path::new(&spec.program),
        args: &args(spec),
        env: &env(spec),
        cwd: Path::new(&spec.cwd),
        streams,
        terminal: false,
        join,
        identity: spec.identity.clone(),
        oom_score_adj: spec.oom_score_adj,
    });
    started.map_err(|error| failure(&spec.program, &error))
}

fn isolated(
    spec: &LaunchSpec,
    isolation: &Isolation,
    streams: Streams,
    join: Vec<File>,
) -> Result<Child, StartFailure> {
    let world = isolate::prepare(&isolation.plan).map_err(|error| StartFailure::Isolation(chain(&error)))?;
    let mut args = args(spec);
    args.insert(0, OsString::from(&spec.program));
    let started = isolate::spawn(
        Isolated {
            candidates: &isolation.candidates,
            args: &args,
            env: &env(spec),
            work_dir: &spec.cwd,
            streams,
            terminal: false,
            join,
            identity: spec.identity.clone().unwrap_or_else(sandbox::user::current),
            oom_score_adj: spec.oom_score_adj,
        },
        world,
    );
    started.map_err(|error| isolated_failure(spec, isolation, error))
}

fn isolated_failure(spec: &LaunchSpec, isolation: &Isolation, error: SpawnError) -> StartFailure {
    match error {
        SpawnError::NotFound => StartFailure::CommandNotFound {
            command: spec.program.clone(),
            searched: isolation.candidates.clone(),
        },
        SpawnError::Run(error) => failure(&spec.program, &error),
        SpawnError::WorkDir(error) if error.kind() == io::ErrorKind::NotFound => {
            StartFailure::DirectoryNotFound(spec.cwd.clone())
        }
        other @ (SpawnError::WorkDir(_) | SpawnError::Step { .. }) => StartFailure::Isolation(chain(&other)),
    }
}

fn failure(program: &str, error: &io::Error) -> StartFailure {
    let program = program.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => StartFailure::ProgramNotFound(program),
        io::ErrorKind::PermissionDenied => StartFailure::NotPermitted { program, reason: error.to_string() },
        _ => StartFailure::Other(format!("cannot run {program}: {error}")),
    }
}

fn args(spec: &LaunchSpec) -> Vec<OsString> {
    spec.args.iter().map(OsString::from).collect()
}

fn env(spec: &LaunchSpec) -> Vec<(OsString, OsString)> {
    spec.env.iter().map(|(key, value)| (key.into(), value.into())).collect()
}
