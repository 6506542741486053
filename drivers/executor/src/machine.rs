//! What the executor does next. Does no I/O: `supervise.rs` runs the actions.
//!
//! ```text
//!              Stop                kill_at passed: KillAll, again every second
//!   Running ──────────▶ Stopping ──────────┐
//!      │                    │  ◀───────────┘
//!      │ TaskEnded          │ TaskEnded            (both: KillAll, for what the task left behind)
//!      ▼                    ▼
//!   Draining ── output closed, or two seconds ──▶ Done
//! ```

use std::time::Duration;

/// How long output of an ended task is waited for: a descendant that cannot be killed may hold the pipe open.
const DRAIN: Duration = Duration::from_secs(2);
/// Pause between attempts to kill a process that does not go (it may hang in the kernel).
const KILL_AGAIN: Duration = Duration::from_secs(1);
/// The longest grace; a longer one is cut to it.
const MAX_GRACE: Duration = Duration::from_secs(366 * 24 * 3600);

/// Something that happened. Times are since the executor's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The task's first process has ended and was collected.
    TaskEnded,
    /// The agent wants it stopped.
    Stop {
        /// Signal number.
        signal: i32,
        /// Time until everything is killed.
        grace: Duration,
    },
    /// Both output pipes are at their end.
    OutputClosed,
    /// Time passed.
    Tick,
}

/// Something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Send a signal to the task's first process.
    Signal(i32),
    /// Kill every process of the task.
    KillAll,
    /// Record the end and exit.
    Finish,
}

/// Decides over one task.
#[derive(Debug)]
pub(crate) struct Supervisor {
    phase: Phase,
    output_closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running,
    Stopping { kill_at: Duration },
    Draining { until: Duration },
    Done,
}

impl Supervisor {
    /// A task that was just started.
    pub(crate) fn new() -> Self {
        Self { phase: Phase::Running, output_closed: false }
    }

    /// Returns when [`Event::Tick`] is wanted.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        match self.phase {
            Phase::Stopping { kill_at } => Some(kill_at),
            Phase::Draining { until } => Some(until),
            Phase::Running | Phase::Done => None,
        }
    }

    /// Takes an event and returns what to do.
    #[must_use]
    pub(crate) fn handle(&mut self, now: Duration, event: Event) -> Vec<Action> {
        match event {
            Event::Stop { signal, grace } => self.stop(now, signal, grace.min(MAX_GRACE)),
            Event::TaskEnded => self.task_ended(now),
            Event::OutputClosed => {
                self.output_closed = true;
                self.finish_if(matches!(self.phase, Phase::Draining { .. }))
            }
            Event::Tick => match self.phase {
                Phase::Stopping { kill_at } if now >= kill_at => {
                    self.phase = Phase::Stopping { kill_at: now + KILL_AGAIN };
                    vec![Action::KillAll]
                }
                Phase::Draining { until } => self.finish_if(now >= until),
                Phase::Stopping { .. } | Phase::Running | Phase::Done => Vec::new(),
            },
        }
    }

    fn stop(&mut self, now: Duration, signal: i32, grace: Duration) -> Vec<Action> {
        let asked = now + grace;
        let kill_at = match self.phase {
            Phase::Running => asked,
            // A second request may only shorten the grace.
            Phase::Stopping { kill_at } => kill_at.min(asked),
            Phase::Draining { .. } | Phase::Done => return Vec::new(),
        };
        if grace.is_zero() {
            self.phase = Phase::Stopping { kill_at: now + KILL_AGAIN };
            return vec![Action::KillAll];
        }
        self.phase = Phase::Stopping { kill_at };
        vec![Action::Signal(signal)]
    }

    fn task_ended(&mut self, now: Duration) -> Vec<Action> {
        match self.phase {
            Phase::Running | Phase::Stopping { .. } => {
                self.phase = Phase::Draining { until: now + DRAIN };
                let mut actions = vec![Action::KillAll];
                actions.extend(self.finish_if(self.output_closed));
                actions
            }
            Phase::Draining { .. } | Phase::Done => Vec::new(),
        }
    }

    fn finish_if(&mut self, finished: bool) -> Vec<Action> {
        if !finished {
            return Vec::new();
        }
        self.phase = Phase::Done;
        vec![Action::Finish]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(steps: &[(u64, Event, &[Action])]) {
        let mut supervisor = Supervisor::new();
        for (at_ms, event, expected) in steps {
            let actions = supervisor.handle(Duration::from_millis(*at_ms), *event);
            assert_eq!(actions, *expected, "at {at_ms} ms after {event:?}");
        }
    }

    fn stop(grace_ms: u64) -> Event {
        Event::Stop { signal: 2, grace: Duration::from_millis(grace_ms) }
    }

    #[test]
    fn an_ended_task_takes_its_descendants_along_and_its_output_is_drained() {
        check(&[
            (10, Event::TaskEnded, &[Action::KillAll]),
            (11, Event::Tick, &[]),
            (12, Event::OutputClosed, &[Action::Finish]),
            (13, Event::Tick, &[]),
        ]);
        check(&[(10, Event::OutputClosed, &[]), (20, Event::TaskEnded, &[Action::KillAll, Action::Finish])]);
    }

    #[test]
    fn output_that_never_ends_is_given_up() {
        check(&[
            (10, Event::TaskEnded, &[Action::KillAll]),
            (2_009, Event::Tick, &[]),
            (2_010, Event::Tick, &[Action::Finish]),
        ]);
    }

    #[test]
    fn a_task_that_ignores_its_signal_is_killed_after_the_grace_and_again() {
        check(&[
            (0, stop(500), &[Action::Signal(2)]),
            (499, Event::Tick, &[]),
            (500, Event::Tick, &[Action::KillAll]),
            (1_499, Event::Tick, &[]),
            (1_500, Event::Tick, &[Action::KillAll]),
            (1_501, Event::TaskEnded, &[Action::KillAll]),
        ]);
    }

    #[test]
    fn a_second_stop_may_only_shorten_the_grace() {
        check(&[
            (0, stop(500), &[Action::Signal(2)]),
            (100, stop(9_000), &[Action::Signal(2)]),
            (500, Event::Tick, &[Action::KillAll]),
        ]);
        check(&[(0, stop(5_000), &[Action::Signal(2)]), (1, stop(0), &[Action::KillAll])]);
        check(&[(0, Event::TaskEnded, &[Action::KillAll]), (1, stop(0), &[])]);
    }

    #[test]
    fn an_endless_grace_does_not_overflow() {
        let mut supervisor = Supervisor::new();
        let event = Event::Stop { signal: 2, grace: Duration::from_millis(u64::MAX) };
        assert_eq!(supervisor.handle(Duration::from_secs(1), event), [Action::Signal(2)]);
        assert_eq!(supervisor.deadline(), Some(MAX_GRACE + Duration::from_secs(1)));
    }
}
