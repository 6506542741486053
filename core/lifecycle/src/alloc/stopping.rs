//! Why tasks are to stop, in which order, and not before the shutdown delay of the group is over.
//!
//! ```text
//!  a cause appears ▶ services are withdrawn ▶ shutdown_delay of the group ▶ leader ▶ main ▶ sidecars ▶ poststop runs
//! ```
//! Only tasks that run are worth the delay; the others are stopped at once. A hurried stop leaves it out.

use model::{Name, Nanos, RunState, TaskEventKind, Timestamp};

use super::Action;
use super::machine::AllocMachine;
use crate::Phase;
use crate::task::{self, StopCause, TaskMachine};

/// Where the shutdown delay of the group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// Nothing is to stop.
    NotYet,
    /// Running tasks go on until then.
    Until(Timestamp),
    /// Tasks are stopped.
    Over,
}

impl AllocMachine {
    /// Stops what must not go on: those of the lowest rank first, the others once these are dead.
    pub(super) fn stop_tasks(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        let Some(cause) = self.stop_cause() else { return };
        let holds = self.holds(now);
        let last = if self.forgotten { 3 } else { 2 };
        for rank in 0..=last {
            let alive: Vec<Name> = self
                .tasks
                .iter()
                .filter(|task| rank_of(task) == rank && !task.is_dead() && !(holds && is_running(task)))
                .map(|task| task.rules().name.clone())
                .collect();
            for name in &alive {
                let hurry = self.stop == Some(true);
                self.tell_task(now, name, stop(cause.clone(), hurry), actions);
            }
            let waits = self.tasks.iter().any(|task| rank_of(task) == rank && !task.is_dead());
            if waits && !holds {
                return;
            }
        }
    }

    /// Whether the shutdown delay of the group goes on; it begins with the first look at something that stops.
    fn holds(&mut self, now: Timestamp) -> bool {
        if self.hold == Hold::NotYet {
            let delay = self.rules.task_group().and_then(|group| group.shutdown_delay).unwrap_or(Nanos::ZERO);
            self.hold = Hold::Until(now + delay);
            if delay > Nanos::ZERO && self.stop != Some(true) {
                for task in self.tasks.iter_mut().filter(|task| is_running(task)) {
                    task.record(now, TaskEventKind::WaitingShutdownDelay { delay });
                }
            }
        }
        let hurried = self.stop == Some(true);
        if hurried || !self.tasks.iter().any(is_running) || matches!(self.hold, Hold::Until(at) if at <= now)
        {
            self.hold = Hold::Over;
        }
        self.hold != Hold::Over
    }

    pub(super) fn stop_cause(&self) -> Option<StopCause> {
        if self.stop.is_some() {
            return Some(StopCause::Requested);
        }
        let others = || self.tasks.iter().filter(|task| task.rules().phase != Phase::Poststop);
        if let Some(failed) = others().find(|task| task.is_dead() && task.state().failed) {
            return Some(StopCause::SiblingFailed(failed.rules().name.clone()));
        }
        if others().any(|task| task.rules().leader && task.is_dead()) {
            return Some(StopCause::LeaderDead);
        }
        let mut main = others().filter(|task| task.rules().phase == Phase::Main).peekable();
        let some = main.peek().is_some();
        (some && main.all(TaskMachine::is_dead)).then_some(StopCause::MainDead)
    }
}

/// Tells a task to stop.
pub(super) fn stop(cause: StopCause, no_shutdown_delay: bool) -> task::Event {
    task::Event::Stop { cause, no_shutdown_delay }
}

fn rank_of(task: &TaskMachine) -> u8 {
    task.rules().phase.stop_rank(task.rules().leader)
}

/// Poststop tasks are to run: nothing waits for them.
fn is_running(task: &TaskMachine) -> bool {
    task.state().state == RunState::Running && task.rules().phase != Phase::Poststop
}
