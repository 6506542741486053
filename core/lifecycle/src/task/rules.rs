//! What the machine must know of its task, from its job and its client.

use model::{AllocId, Job, Name, Nanos, Restart, Task, splitmix};

use crate::Phase;

/// Signal that asks a task to stop when its job names none.
pub const DEFAULT_KILL_SIGNAL: &str = "SIGINT";

/// What the machine must know of its task.
#[derive(Debug, Clone)]
pub struct TaskRules {
    /// Its name.
    pub name: Name,
    /// When it runs relative to the others.
    pub phase: Phase,
    /// Its end ends the group.
    pub leader: bool,
    /// Wait between the signal and SIGKILL.
    pub kill_timeout: Nanos,
    /// Signal that asks it to stop.
    pub kill_signal: Name,
    /// Wait before the signal.
    pub shutdown_delay: Nanos,
    pub(super) restart: Restart,
    pub(super) runs_to_end: bool,
    pub(super) seed: u64,
}

impl TaskRules {
    /// The rules of `task` in an allocation of `job`. `max_kill_timeout` is the client's.
    #[must_use]
    pub fn new(
        alloc: AllocId,
        job: &Job,
        task: &Task,
        group_restart: Option<&Restart>,
        max_kill_timeout: Nanos,
    ) -> Self {
        let phase = Phase::of(task);
        let restart = task.restart.as_ref().or(group_restart).cloned().unwrap_or_default();
        let kill_signal =
            if task.kill_signal.is_empty() { DEFAULT_KILL_SIGNAL } else { task.kill_signal.as_str() };
        let seed = task
            .name
            .bytes()
            .chain(alloc.0.to_be_bytes())
            .fold(0, |seed, byte| splitmix(seed ^ u64::from(byte)));
        Self {
            name: Name::from(task.name.as_str()),
            phase,
            leader: task.leader,
            kill_timeout: task.kill_timeout.min(max_kill_timeout),
            kill_signal: Name::from(kill_signal),
            shutdown_delay: task.shutdown_delay,
            restart,
            runs_to_end: phase.runs_to_end() || (job.kind().is_batch() && !phase.is_sidecar()),
            seed,
        }
    }
}
