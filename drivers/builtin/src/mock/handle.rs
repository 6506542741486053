//! A held mock task, and what finds it again: its plan and its start.

use std::time::Duration;

use driver::{CpuStats, MemoryStats};
use driver::{ExitResult, TaskError, TaskId, TaskStats};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::config::Config;
use super::plan::{End, Plan};
use crate::clock::now_ns;

/// The driver's part of a handle: enough to go on with the same plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) config: Config,
    pub(super) cpu_mhz: u64,
    pub(super) memory_mb: u64,
}

/// A mock task.
#[derive(Debug)]
pub(super) struct Task {
    id: TaskId,
    state: State,
    started: Instant,
    started_ns: u64,
    plan: watch::Sender<Plan>,
    printer: Option<AbortHandle>,
}

impl Task {
    /// A task that started at `started_ns`, which may be before this driver existed.
    pub(super) fn new(id: TaskId, state: State, started_ns: u64) -> Self {
        let age = Duration::from_nanos(now_ns().saturating_sub(started_ns));
        let now = Instant::now();
        let started = now.checked_sub(age).unwrap_or(now);
        let (plan, _) = watch::channel(Plan::new(&state.config));
        Self { id, state, started, started_ns, plan, printer: None }
    }

    /// Adopts the task that prints; it is aborted when this one is dropped.
    pub(super) fn set_printer(&mut self, printer: AbortHandle) {
        self.printer = Some(printer);
    }

    /// Waits until the plan is fulfilled, however often it changes meanwhile.
    pub(super) async fn wait(&self) -> ExitResult {
        let mut plans = self.plan.subscribe();
        loop {
            let plan = plans.borrow_and_update().clone();
            if plan.is_over(self.age()) {
                return self.exit_result(&plan);
            }
            tokio::select! {
                () = tokio::time::sleep_until(self.started + plan.at) => {}
                // The sender lives in `self`, so this is a change.
                _ = plans.changed() => {}
            }
        }
    }

    pub(super) fn stop(&self, timeout: Duration) {
        let (now, kill_after) = (self.age(), self.state.config.kill_after);
        self.plan.send_if_modified(|plan| replace(plan, plan.stopped(now, kill_after, timeout)));
    }

    /// # Errors
    /// [`TaskError::NotRunning`] at the end, and the configured `signal_error`.
    pub(super) fn signal(&self, number: i32) -> Result<(), TaskError> {
        self.running()?;
        if let Some(reason) = &self.state.config.signal_error {
            return Err(TaskError::Failed { id: self.id.clone(), reason: reason.clone() });
        }
        if number == driver::signal::Signal::KILL.number() {
            let now = self.age();
            self.plan.send_if_modified(|plan| replace(plan, plan.killed(now)));
        }
        Ok(())
    }

    /// Returns what the task would use if it used what it asked for.
    ///
    /// # Errors
    /// [`TaskError::NotRunning`] at the end.
    pub(super) fn stats(&self) -> Result<TaskStats, TaskError> {
        self.running()?;
        let nominal_mhz = 2_000;
        let age_ns = u64::try_from(self.age().as_nanos()).unwrap_or(u64::MAX);
        let total_ns = age_ns.saturating_mul(self.state.cpu_mhz) / nominal_mhz;
        let memory = self.state.memory_mb.max(1) << 20;
        Ok(TaskStats {
            cpu: CpuStats { total_ns, user_ns: total_ns, ..CpuStats::default() },
            memory: MemoryStats { usage: memory, max_usage: memory, rss: memory, ..MemoryStats::default() },
            pids: 1,
            at_ns: now_ns(),
        })
    }

    fn running(&self) -> Result<(), TaskError> {
        if self.plan.borrow().is_over(self.age()) {
            return Err(TaskError::NotRunning(self.id.clone()));
        }
        Ok(())
    }

    fn age(&self) -> Duration {
        self.started.elapsed()
    }

    fn exit_result(&self, plan: &Plan) -> ExitResult {
        let after_ns = u64::try_from(plan.at.as_nanos()).unwrap_or(u64::MAX);
        let finished_ns = self.started_ns.saturating_add(after_ns);
        match &plan.end {
            End::Exit { code, signal } => {
                ExitResult { exit_code: *code, signal: *signal, finished_ns, ..ExitResult::default() }
            }
            End::Error(message) => {
                ExitResult { err: Some(message.clone()), finished_ns, ..ExitResult::default() }
            }
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(printer) = &self.printer {
            printer.abort();
        }
    }
}

fn replace(plan: &mut Plan, new: Plan) -> bool {
    let changed = *plan != new;
    *plan = new;
    changed
}
