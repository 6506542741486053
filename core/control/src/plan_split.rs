//! Splits what a plan commits into pieces that each fit into one entry of the log.
//!
//! Stops and evictions come first, so that the room they make is there when placements come; the evaluation
//! is stored with the last piece, so that it is complete only when all of the plan is committed.
//! Limits: sizes are estimates that err upwards; an entry must stay below 1 MiB, pieces aim at half of that.

use model::{PlacementRun, Plan};
use state::apply::PlanCommit;

use crate::plan_verify::empty;

/// Estimated bytes of one entry.
pub const ENTRY_BYTES: usize = 512 * 1024;

/// Estimated bytes of a commit in the log.
#[must_use]
pub fn size(commit: &PlanCommit) -> usize {
    let plan = &commit.plan;
    let placements: usize = plan.placements.iter().map(run_size).sum();
    let deployment = plan.deployment.as_ref().map_or(0, |deployment| 512 + 256 * deployment.groups.len());
    let evals: usize = commit
        .evals
        .iter()
        .map(|eval| {
            700 + 4_000 * eval.failed.len() + 16 * eval.class_eligibility.len() + 300 * eval.queued.len()
        })
        .sum();
    400 + 160 * plan.stops.len()
        + 80 * plan.preemptions.len()
        + 200 * plan.updates.len()
        + placements
        + deployment
        + 200 * plan.deployment_updates.len()
        + evals
}

fn run_size(run: &PlacementRun) -> usize {
    let pass = 500 + 60 * (run.pass.constraint_filtered.len() + run.pass.class_filtered.len());
    pass + run.placements.iter().map(placement_size).sum::<usize>()
}

fn placement_size(placement: &model::Placement) -> usize {
    let scores: usize = placement.scores.iter().map(|score| 70 + 24 * score.parts.len()).sum();
    let exclusive = placement.assigned.exclusive.as_ref().map_or(0, |exclusive| 400 * exclusive.tasks.len());
    let rare = placement.rare.as_ref().map_or(0, |rare| {
        120 + 32 * rare.preempted.len() + 160 * rare.reschedule.as_ref().map_or(0, |r| r.events.len())
    });
    150 + 130 * placement.assigned.ports.len() + exclusive + rare + scores
}

/// Splits a commit; one that is small enough stays whole.
#[must_use]
pub fn split(commit: PlanCommit) -> Vec<PlanCommit> {
    if size(&commit) <= ENTRY_BYTES {
        return vec![commit];
    }
    let PlanCommit { plan, evals } = commit;
    let head = empty(&plan);
    let mut pieces = Pieces { head, current: None, bytes: 0, done: Vec::new() };
    let Plan { stops, preemptions, placements, updates, deployment, deployment_updates, .. } = plan;
    pieces.current().deployment = deployment;
    for stop in stops {
        pieces.room(160).stops.push(stop);
    }
    for preemption in preemptions {
        pieces.room(80).preemptions.push(preemption);
    }
    for update in updates {
        pieces.room(200).updates.push(update);
    }
    for run in placements {
        pieces.add_run(run);
    }
    pieces.current().deployment_updates = deployment_updates;
    let mut commits = pieces.finish();
    if let Some(last) = commits.last_mut() {
        last.evals = evals;
    }
    commits
}

struct Pieces {
    head: Plan,
    current: Option<Plan>,
    bytes: usize,
    done: Vec<PlanCommit>,
}

impl Pieces {
    fn current(&mut self) -> &mut Plan {
        let head = &self.head;
        self.current.get_or_insert_with(|| head.clone())
    }

    /// The piece that `bytes` more go into.
    fn room(&mut self, bytes: usize) -> &mut Plan {
        if self.bytes + bytes > ENTRY_BYTES {
            self.close();
        }
        self.bytes += bytes;
        self.current()
    }

    fn close(&mut self) {
        self.bytes = 0;
        if let Some(plan) = self.current.take() {
            self.done.push(PlanCommit { plan, evals: Vec::new() });
        }
    }

    fn add_run(&mut self, run: PlacementRun) {
        let PlacementRun { job_version, group, deployment, pass, placements } = run;
        for placement in placements {
            let bytes = placement_size(&placement);
            let piece = self.room(bytes);
            let open = piece.placements.last().is_some_and(|last| {
                last.group == group && last.job_version == job_version && last.deployment == deployment
            });
            if !open {
                let pass = pass.clone();
                let group = group.clone();
                piece.placements.push(PlacementRun {
                    job_version,
                    group,
                    deployment,
                    pass,
                    placements: Vec::new(),
                });
            }
            if let Some(last) = piece.placements.last_mut() {
                last.placements.push(placement);
            }
        }
    }

    fn finish(mut self) -> Vec<PlanCommit> {
        self.current();
        self.close();
        self.done
    }
}
