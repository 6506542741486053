//! Launches periodic jobs.
//!
//! ```text
//!  job noted ──▶ waits for its slot ──▶ child, or slot left out, is proposed ──▶ committed ──▶ waits …
//!                       ▲                                │
//!                       └──────── RETRY ── proposal lost ┘
//! ```
//!
//! The state says which slot was the last one, so that a new leader goes on where the old one stopped: of the
//! slots that nobody launched meanwhile, it launches the last. A job that prohibits overlap leaves a slot out while
//! a child of it is not dead. Limits: one entry per periodic job; [`BATCH`] launches at a time.

use std::collections::{BTreeMap, BTreeSet};

use model::{EvalId, EvalTrigger, Job, JobKey, Name, Nanos, Schedule, Timestamp};
use state::apply::{JobRegistration, RegisteredBy};
use state::{Command, State};

use crate::request::eval_of;

/// Launches that are proposed at a time; the others follow at once.
pub const BATCH: usize = 64;
/// A proposal that was lost is made again after this long.
pub const RETRY: Nanos = Nanos::from_secs(1);

/// The machine.
#[derive(Debug)]
pub struct Launcher {
    local_zone: Name,
    jobs: BTreeMap<JobKey, Tracked>,
    due: BTreeSet<(Timestamp, JobKey)>,
}

/// A job with a schedule.
#[derive(Debug)]
struct Tracked {
    /// The specification that the schedule was read from.
    job_modify_index: u64,
    schedule: Schedule,
    last_launch: Timestamp,
    wait: Wait,
}

/// What a job waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// Its next slot, or the next try.
    Until(Timestamp),
    /// Its proposal.
    Proposal,
    /// Nothing: its schedule has ended.
    Nothing,
}

impl Launcher {
    /// A machine without jobs; `local_zone` is what the time zone `Local` stands for.
    #[must_use]
    pub const fn new(local_zone: Name) -> Self {
        Self { local_zone, jobs: BTreeMap::new(), due: BTreeSet::new() }
    }

    /// A job may have changed: watches it while it has a schedule and runs.
    pub fn note(&mut self, state: &State, key: &JobKey) {
        let job = state.job(key).filter(|job| launches(job));
        let Some(job) = job else { return self.forget(key) };
        let known = self.jobs.get(key);
        if known.is_some_and(|known| known.job_modify_index == job.job_modify_index) {
            return;
        }
        let schedule = job.periodic.as_ref().and_then(|periodic| periodic.schedule(&self.local_zone).ok());
        let Some(schedule) = schedule else { return self.forget(key) };
        let open = known.is_some_and(|known| known.wait == Wait::Proposal);
        self.forget(key);
        let submitted = Timestamp(job.submit_time.unwrap_or(0));
        let tracked = Tracked {
            job_modify_index: job.job_modify_index,
            schedule,
            last_launch: state.last_launch(key).max(submitted),
            wait: if open { Wait::Proposal } else { Wait::Nothing },
        };
        self.jobs.insert(key.clone(), tracked);
        if !open {
            self.wait_for_slot(key);
        }
    }

    /// When something is to be launched next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// What to propose now, with the job that each proposal is for; each has to be answered by
    /// [`Launcher::settle`] or [`Launcher::lost`].
    pub fn launch(
        &mut self,
        state: &State,
        now: Timestamp,
        mut next_id: impl FnMut() -> EvalId,
    ) -> Vec<(JobKey, Command)> {
        let mut commands = Vec::new();
        while commands.len() < BATCH && self.next_deadline().is_some_and(|at| at <= now) {
            let Some((_, key)) = self.due.pop_first() else { break };
            let Some(tracked) = self.jobs.get_mut(&key) else { continue };
            let slot = tracked.schedule.latest_until(now).filter(|slot| *slot > tracked.last_launch);
            let (Some(slot), Some(job)) = (slot, state.job(&key)) else {
                self.wait_for_slot(&key);
                continue;
            };
            tracked.wait = Wait::Proposal;
            commands.push((key, launch_of(state, now, job, slot, &mut next_id)));
        }
        commands
    }

    /// The proposal for a job was carried out, or refused: goes on from what the state says now.
    pub fn settle(&mut self, state: &State, key: &JobKey) {
        if let Some(tracked) = self.jobs.get_mut(key) {
            tracked.last_launch = tracked.last_launch.max(state.last_launch(key));
            self.wait_for_slot(key);
        }
    }

    /// The proposal for a job was lost.
    pub fn lost(&mut self, now: Timestamp, key: &JobKey) {
        self.wait_until(key, Some(now + RETRY));
    }

    fn wait_for_slot(&mut self, key: &JobKey) {
        let next = self.jobs.get(key).and_then(|tracked| tracked.schedule.next_after(tracked.last_launch));
        self.wait_until(key, next);
    }

    fn wait_until(&mut self, key: &JobKey, at: Option<Timestamp>) {
        let Some(tracked) = self.jobs.get_mut(key) else { return };
        tracked.wait = at.map_or(Wait::Nothing, Wait::Until);
        self.due.extend(at.map(|at| (at, key.clone())));
    }

    fn forget(&mut self, key: &JobKey) {
        if let Some(Tracked { wait: Wait::Until(at), .. }) = self.jobs.remove(key) {
            self.due.remove(&(at, key.clone()));
        }
    }
}

/// Whether a job launches children by itself.
fn launches(job: &Job) -> bool {
    !job.stop && !job.is_parameterized() && job.periodic.as_ref().is_some_and(|periodic| periodic.enabled)
}

/// The command for a slot: a child, or a note that it was left out.
fn launch_of(
    state: &State,
    now: Timestamp,
    job: &Job,
    slot: Timestamp,
    next_id: impl FnOnce() -> EvalId,
) -> Command {
    let key = job.key();
    let exclusive = job.periodic.as_ref().is_some_and(|periodic| periodic.prohibit_overlap);
    let children = state.job_summary(&key).map(|summary| summary.children);
    if exclusive && children.is_some_and(|children| children.pending + children.running > 0) {
        return Command::SkipLaunch { key, slot };
    }
    Command::RegisterJob(Box::new(child_of(now, job, slot, next_id(), RegisteredBy::Launch { slot })))
}

/// The registration of the child that is launched at `slot`.
pub(crate) fn child_of(
    now: Timestamp,
    job: &Job,
    slot: Timestamp,
    eval: EvalId,
    by: RegisteredBy,
) -> JobRegistration {
    let child = job.periodic_child(slot);
    let eval = eval_of(now, eval, &child, EvalTrigger::PeriodicJob);
    JobRegistration { job: child, submission: None, enforce_index: None, eval: Some(eval), by }
}
