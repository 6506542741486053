//! Simulated nodes in a process of their own, so that the server's memory is measured apart from theirs.
//!
//! Limits: one command at a time; the process is killed when this is dropped, which is how its nodes die.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::server::Server;

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(10);

/// A process of simulated nodes.
pub(crate) struct Fleet {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Fleet {
    /// Starts `count` nodes with the numbers from `first` on, which run what is placed on them.
    pub(crate) fn start(program: &Path, server: &Server, first: u32, count: u32) -> Result<Self> {
        Self::start_as("running", program, server, first, count)
    }

    /// Starts `count` nodes that are alive but never ask for what is placed on them.
    pub(crate) fn start_idle(program: &Path, server: &Server, count: u32) -> Result<Self> {
        Self::start_as("idle", program, server, 0, count)
    }

    fn start_as(kind: &str, program: &Path, server: &Server, first: u32, count: u32) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(server.client_files());
        command.args([server.rpc.to_string(), first.to_string(), count.to_string(), kind.to_owned()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("cannot run {}", program.display()))?;
        let commands = child.stdin.take().context("the fleet has no standard input")?;
        let answers = child.stdout.take().context("the fleet has no standard output")?;
        Ok(Self { child, commands, answers: BufReader::new(answers) })
    }

    /// Its pid.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Cuts every connection; returns what the nodes had seen then.
    pub(crate) fn cut(&mut self) -> Result<Value> {
        self.ask("cut")
    }

    /// What the nodes have seen.
    pub(crate) fn counts(&mut self) -> Result<Value> {
        self.ask("counts")
    }

    /// Waits until what the nodes have seen is as wanted; returns the time since `started`.
    pub(crate) fn wait(
        &mut self,
        started: Instant,
        limit: Duration,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Duration> {
        loop {
            let counts = self.counts()?;
            let elapsed = started.elapsed();
            if wanted(&counts) {
                return Ok(elapsed);
            }
            if elapsed > limit {
                bail!("after {} s the nodes are only as far as {counts}", limit.as_secs());
            }
            sleep(LOOK);
        }
    }

    fn ask(&mut self, command: &str) -> Result<Value> {
        writeln!(self.commands, "{command}").context("the fleet has ended")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        serde_json::from_str(&answer).with_context(|| format!("the fleet answered {answer:?}"))
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
