//! Commands in a running task: their streams, and how they end.

use std::io;
use std::os::fd::OwnedFd;

use driver::{ExecExit, ExecRequest, ExecSession, TaskError, TerminalSize};
use executor::Command;
use executor::link::RunningCommand;
use rustix::termios::{Winsize, tcsetwinsize};
use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;

use super::handle::Task;

/// Where most terminals can do what `xterm` does.
const TERMINAL: &str = "xterm";

/// Both sides of a command's standard streams.
struct Streams {
    of_command: [OwnedFd; 3],
    input: OwnedFd,
    output: OwnedFd,
    errors: Option<OwnedFd>,
}

/// Starts a command in a task. `candidates` are the places of its program.
pub(super) async fn start(
    task: &Task,
    request: ExecRequest,
    candidates: Vec<String>,
) -> Result<ExecSession, TaskError> {
    let made = match request.terminal {
        Some(size) => terminal(size),
        None => pipes(),
    };
    let Streams { of_command, input, output, errors } = made.map_err(|error| task.failed(&error))?;
    let terminal = request.terminal.is_some();
    let env = if terminal { vec![("TERM".to_owned(), TERMINAL.to_owned())] } else { Vec::new() };
    let command = Command { candidates, args: request.command, env, terminal };
    let running = task.ask(move |executor| executor.run(command, of_command)).await?;
    let (not_running, failed) = (TaskError::NotRunning(task.id().clone()), task.id().clone());
    let exit = Box::pin(async move {
        match exit(running).await {
            Ok(Some(exit)) => Ok(exit),
            Ok(None) => Err(not_running),
            Err(error) => Err(TaskError::Failed { id: failed, reason: error.to_string() }),
        }
    });
    Ok(ExecSession { input, output, errors, exit })
}

/// Waits for the message that says how a command ended; `None` when the task ended first.
async fn exit(running: RunningCommand) -> io::Result<Option<ExecExit>> {
    let stream = running.into_stream();
    stream.set_nonblocking(true)?;
    let mut stream = UnixStream::from_std(stream)?;
    let length = match stream.read_u32().await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
        length => length? as usize,
    };
    if length > RunningCommand::MAX_MESSAGE {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the executor's message is too long"));
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message).await?;
    let exit = RunningCommand::exit(&message).map_err(io::Error::other)?;
    Ok(Some(ExecExit { exit_code: exit.code, signal: exit.signal }))
}

fn pipes() -> io::Result<Streams> {
    let (stdin, input) = io::pipe()?;
    let (output, stdout) = io::pipe()?;
    let (errors, stderr) = io::pipe()?;
    Ok(Streams {
        of_command: [stdin.into(), stdout.into(), stderr.into()],
        input: input.into(),
        output: output.into(),
        errors: Some(errors.into()),
    })
}

fn terminal(size: TerminalSize) -> io::Result<Streams> {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let own = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&own)?;
    unlockpt(&own)?;
    let name = ptsname(&own, Vec::new())?;
    let other = open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let size = Winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&own, size)?;
    Ok(Streams {
        of_command: [other.try_clone()?, other.try_clone()?, other],
        input: own.try_clone()?,
        output: own,
        errors: None,
    })
}
