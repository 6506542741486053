//! The poll loop around [`machine::Supervisor`]: waits, collects children, moves output, answers, kills.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, wait};
use sandbox::cgroup::Group;
use sandbox::descendants;
use sandbox::pidfd::Exit;
use sandbox::session::ChildSignals;

use crate::commands::Commands;
use crate::logs::Stream;
use crate::machine::{Action, Event, Supervisor};
use crate::protocol::{Request, Response};
use crate::socket::{Asked, Socket};
use crate::spec::LaunchSpec;
use crate::start::{join_files, now_ns};
use crate::state_file::{self, Phase, ProcessId, State, TaskExit};
use crate::usage;

/// How long one attempt to kill everything may take; output is not read meanwhile.
const KILL: Duration = Duration::from_secs(2);

/// A started task and all that belongs to it.
#[derive(Debug)]
pub(crate) struct Task {
    /// What was started: commands in the task run with the same rights.
    pub(crate) spec: LaunchSpec,
    pub(crate) task: ProcessId,
    pub(crate) state: State,
    pub(crate) state_dir: PathBuf,
    pub(crate) group: Option<Group>,
    pub(crate) signals: ChildSignals,
    pub(crate) socket: Socket,
    pub(crate) streams: Vec<Stream>,
    /// Held until the process ends.
    pub(crate) _lock: File,
}

/// Supervises the task until it has ended and its end is recorded.
pub(crate) fn run(task: Task) {
    let output_closed = task.streams.is_empty();
    let mut shell = Shell {
        task,
        supervisor: Supervisor::new(),
        start: Instant::now(),
        exit: None,
        commands: Commands::default(),
        done: false,
    };
    if output_closed {
        shell.handle(Event::OutputClosed);
    }
    // The task may have ended before SIGCHLD was looked at; afterwards every end wakes the poll.
    shell.collect();
    while !shell.done {
        shell.wait();
        shell.collect();
        shell.move_output();
        shell.answer();
        shell.handle(Event::Tick);
    }
}

/// Kills a task that could not be recorded, and removes its group.
pub(crate) fn abandon(task: Task) {
    let mut shell = Shell {
        task,
        supervisor: Supervisor::new(),
        start: Instant::now(),
        exit: None,
        commands: Commands::default(),
        done: false,
    };
    shell.kill_all();
    if let Some(group) = &shell.task.group {
        // A sweep removes what is left.
        let _ = group.remove();
    }
}

struct Shell {
    task: Task,
    supervisor: Supervisor,
    start: Instant,
    exit: Option<Exit>,
    commands: Commands,
    done: bool,
}

impl Shell {
    /// Waits for output, a request, an ended child or the deadline of the supervisor.
    fn wait(&self) {
        let timeout = self.supervisor.deadline().map(|at| at.saturating_sub(self.start.elapsed()));
        let timeout = timeout.map(|left| Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        });
        let readable = |fd| PollFd::from_borrowed_fd(fd, PollFlags::IN);
        let mut fds: Vec<PollFd<'_>> = vec![readable(self.task.signals.as_fd())];
        fds.extend(self.task.streams.iter().filter_map(Stream::fd).map(readable));
        fds.extend(self.task.socket.fds().map(readable));
        // An interruption is a wake-up like any other.
        let _ = poll(&mut fds, timeout.as_ref());
    }

    /// Collects every ended child; the task's first process is told to the supervisor.
    fn collect(&mut self) {
        self.task.signals.drain();
        let mut ended = Vec::new();
        collect_ended(self.task.task, &mut self.exit, |pid, exit| {
            ended.extend(self.commands.ended(pid, exit))
        });
        for (connection, exit) in ended {
            self.task.socket.tell(connection, &Response::Exited(exit));
        }
        if self.exit.is_some() && self.task.state.phase_is_running() {
            self.record_exit();
            self.handle(Event::TaskEnded);
        }
    }

    fn record_exit(&mut self) {
        let Phase::Running { task, started_ns } = self.task.state.phase else { return };
        let (code, signal) = match self.exit {
            Some(Exit::Code(code)) => (code, 0),
            Some(Exit::Signal(signal)) => (0, signal),
            None => (0, 0),
        };
        let oom_killed = self.task.group.as_ref().is_some_and(|group| group.events().oom_kills > 0);
        let exit = TaskExit { code, signal, oom_killed, finished_ns: now_ns(), output_lost: 0 };
        self.task.state.phase = Phase::Ended { task, started_ns, exit };
    }

    fn move_output(&mut self) {
        for stream in &mut self.task.streams {
            stream.drain();
        }
        if self.task.streams.iter().all(|stream| stream.fd().is_none()) {
            self.handle(Event::OutputClosed);
        }
    }

    fn answer(&mut self) {
        let mut stops = Vec::new();
        let Task { spec, task, state, group, socket, .. } = &mut self.task;
        let commands = &mut self.commands;
        let running = state.phase_is_running();
        let done = |result: Result<(), String>| match result {
            Ok(()) => Response::Done,
            Err(reason) => Response::Refused(reason),
        };
        socket.serve(|Asked { connection, request, descriptors }| {
            Some(match request {
                Request::Status => Response::Status(state.clone()),
                Request::Stats => Response::Stats(usage::read(group.as_ref(), state.executor.pid, now_ns())),
                Request::Signal(_) | Request::Stop { .. } | Request::Exec(_) if !running => {
                    Response::Refused("the task has ended".to_owned())
                }
                Request::Signal(number) => done(send_signal(*task, number)),
                Request::Stop { signal, .. } if Signal::from_named_raw(signal).is_none() => {
                    Response::Refused(format!("{signal} is not a signal"))
                }
                Request::Stop { signal, timeout_ms } => {
                    stops.push(Event::Stop { signal, grace: Duration::from_millis(timeout_ms) });
                    Response::Done
                }
                Request::Exec(command) => {
                    let join = join_files(group.as_ref(), &spec.cgroup).map_err(|error| error.to_string());
                    done(join.and_then(|join| {
                        commands.start(connection, (spec, task.pid), &command, descriptors, join)
                    }))
                }
            })
        });
        commands.hang_up(&socket.open());
        stops.into_iter().for_each(|stop| self.handle(stop));
    }

    fn handle(&mut self, event: Event) {
        let actions = self.supervisor.handle(self.start.elapsed(), event);
        for action in actions {
            match action {
                // The process may have ended this moment; then there is nothing to signal.
                Action::Signal(number) => drop(send_signal(self.task.task, number)),
                Action::KillAll => self.kill_all(),
                Action::Finish => self.finish(),
            }
        }
    }

    /// Kills every process of the task: by its group, and by ancestry what left or never joined it.
    fn kill_all(&mut self) {
        if let Some(group) = &self.task.group {
            // A process that hangs in the kernel: the supervisor tries again.
            let _ = group.kill(KILL);
        }
        let own = self.task.state.executor.pid;
        let (task, exit) = (self.task.task, &mut self.exit);
        let commands = &mut self.commands;
        descendants::kill_all(own, KILL, || {
            // Whoever waits for a command learns by the end of the connection that the task is over.
            collect_ended(task, exit, |pid, exit| {
                let _ = commands.ended(pid, exit);
            });
        });
    }

    /// Writes the end into the state file, which is what the agent reads, and lets the group go.
    fn finish(&mut self) {
        let lost = self.task.streams.iter().map(Stream::lost).sum();
        if let Phase::Ended { exit, .. } = &mut self.task.state.phase {
            exit.output_lost = lost;
        }
        if let Some(group) = &self.task.group {
            // A sweep removes what is left.
            let _ = group.remove();
        }
        // Without a record the agent sees an executor that vanished, and cleans up.
        let _ = state_file::write(&self.task.state_dir, &self.task.state);
        self.done = true;
    }
}

impl State {
    fn phase_is_running(&self) -> bool {
        matches!(self.phase, Phase::Running { .. })
    }
}

/// Collects every ended child, orphans of the task included; keeps how the task's first process ended, and tells of
/// the others.
fn collect_ended(task: ProcessId, exit: &mut Option<Exit>, mut other: impl FnMut(i32, Exit)) {
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        let code = status.exit_status().map(Exit::Code);
        let Some(end) = code.or_else(|| status.terminating_signal().map(Exit::Signal)) else { continue };
        if pid.as_raw_pid() == task.pid {
            *exit = Some(end);
        } else {
            other(pid.as_raw_pid(), end);
        }
    }
}

/// Sends a signal to the task's first process, which only this process can collect: its pid is not reused.
fn send_signal(task: ProcessId, number: i32) -> Result<(), String> {
    let signal = Signal::from_named_raw(number).ok_or_else(|| format!("{number} is not a signal"))?;
    let pid = Pid::from_raw(task.pid).ok_or_else(|| "the task has no process".to_owned())?;
    kill_process(pid, signal).map_err(|error| format!("cannot signal the task: {error}"))
}
