//! Starting a dev cluster, and ending it as Ctrl-C does.
//!
//! Limits: every wait has an end. What a cluster started is found by its process tree; only that is ever killed,
//! by pid, and only when the cluster did not end it.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::process::{self, Process};

/// How long a cluster may take to be ready.
const READY: Duration = Duration::from_secs(40);
/// How long it may take to end, with its tasks.
const END: Duration = Duration::from_secs(60);
/// Time between two looks whether it has ended.
const LOOK: Duration = Duration::from_millis(10);
/// Lines of output kept for an error message.
const KEPT_LINES: usize = 40;
/// Bytes of a line that are read; a longer one counts as several.
const MAX_LINE: u64 = 64 << 10;

/// A running dev cluster.
pub(crate) struct Cluster {
    child: Child,
    /// Address of its HTTP API.
    pub(crate) address: SocketAddr,
    /// Time from the start of the process to the line that says it is ready.
    pub(crate) ready_after: Duration,
}

impl Cluster {
    /// Starts one with these arguments and waits until it is ready.
    pub(crate) fn start(binary: &Path, args: &[&str]) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(binary);
        command.args(["dev", "-http-port", &address.port().to_string()]).args(args);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("NOMAD")) {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn().with_context(|| format!("cannot run {}", binary.display()))?;
        let (sender, lines) = sync_channel(KEPT_LINES);
        read_lines(child.stdout.take(), Source::Stdout, sender.clone());
        read_lines(child.stderr.take(), Source::Stderr, sender);
        // From here on the child is ended whatever happens.
        let mut cluster = Self { child, address, ready_after: Duration::ZERO };
        cluster.ready_after = await_ready(&lines, started)?;
        // Nobody reads the pipes further than this; the readers go on and drop what comes.
        Ok(cluster)
    }

    /// Its pid.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as Ctrl-C does, and checks that it exits with 0 and that no process of it is left.
    pub(crate) fn interrupt(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        let family = process::descendants(self.pid())?;
        signal("INT", &[self.pid()])?;
        let Some(status) = self.await_exit()? else {
            self.child.kill()?;
            self.child.wait()?;
            kill(&family);
            bail!("the cluster still ran {} s after Ctrl-C", END.as_secs());
        };
        let left = alive(&family);
        kill(&family);
        if !status.success() {
            bail!("after Ctrl-C the cluster ended with {status} instead of exit status: 0");
        }
        if !left.is_empty() {
            let some: Vec<&u32> = left.iter().take(5).collect();
            bail!("after Ctrl-C {} processes were left, among them {some:?}; they were killed", left.len());
        }
        Ok(())
    }

    /// How it ended; none when it still runs at the end of the wait.
    fn await_exit(&mut self) -> Result<Option<ExitStatus>> {
        let deadline = Instant::now() + END;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            sleep(LOOK);
        }
        Ok(None)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        // Whoever lets go of a running cluster has another error to report.
        let _ = self.end();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a line came from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Stdout,
    Stderr,
}

/// A line and when it was read.
struct Line {
    source: Source,
    at: Instant,
    text: String,
}

/// Reads lines until the end of the pipe; drops them once nobody listens.
fn read_lines(pipe: Option<impl Read + Send + 'static>, source: Source, sender: SyncSender<Line>) {
    let Some(pipe) = pipe else { return };
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            // A failure means that the cluster is ready and the rest of its output does not matter.
            let _ = sender.send(Line { source, at: Instant::now(), text });
            bytes.clear();
        }
    });
}

/// Waits for the line that says that the cluster is ready.
fn await_ready(lines: &Receiver<Line>, started: Instant) -> Result<Duration> {
    let mut seen = VecDeque::new();
    loop {
        let rest = READY.saturating_sub(started.elapsed());
        let line = match lines.recv_timeout(rest) {
            Ok(line) => line,
            Err(problem) => {
                let output: Vec<String> = seen.into();
                let problem = match problem {
                    RecvTimeoutError::Timeout => format!("is not ready within {} s", READY.as_secs()),
                    RecvTimeoutError::Disconnected => "ended before it was ready".to_owned(),
                };
                bail!("the cluster {problem}; its last lines:\n{}", output.join("\n"));
            }
        };
        if line.source == Source::Stdout && line.text.contains("ready") {
            return Ok(line.at - started);
        }
        if seen.len() == KEPT_LINES {
            seen.pop_front();
        }
        seen.push_back(line.text);
    }
}

/// A port of loopback that is free now.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port of loopback is free")?;
    Ok(listener.local_addr()?)
}

/// Pids of those that still run.
fn alive(family: &[Process]) -> Vec<u32> {
    family.iter().filter(|process| process.is_alive()).map(|process| process.pid).collect()
}

/// Kills those that still run.
fn kill(family: &[Process]) {
    let alive = alive(family);
    if !alive.is_empty() {
        // They may have ended at this moment.
        let _ = signal("KILL", &alive);
    }
}

/// Sends a signal, by the shell's own `kill`: the program of that name is not installed everywhere.
fn signal(name: &str, pids: &[u32]) -> Result<()> {
    let mut command = Command::new("sh");
    command.args(["-c", "signal=$1; shift; kill -s \"$signal\" \"$@\"", "sh", name]);
    command.args(pids.iter().map(u32::to_string));
    let output = command.output().context("cannot run sh")?;
    if !output.status.success() {
        bail!("cannot send {name} to {pids:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
