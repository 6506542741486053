//! The answer: the state before, the change, the state after, and what differs.

use std::sync::Arc;

use model::{Eval, EvalId, EvalTrigger, JobKey, Timestamp};
use scheduler::{Question, explain_group};
use state::{Snapshot, State};

use super::compare::{Move, Unplaced, Utilisation, moves, unplaced};
use super::hypothesis::{Hypothesis, WhatIfError};
use super::simulate::Simulation;

/// Groups for which is said why they would wait.
pub const EXPLAINED: usize = 20;

/// What would happen.
#[derive(Debug, Clone)]
pub struct WhatIf {
    /// The state once everything that is under way is done.
    pub before: Snapshot,
    /// The state once the change is carried out as well.
    pub after: Snapshot,
    /// How full nodes are before.
    pub full_before: Utilisation,
    /// How full they are after.
    pub full_after: Utilisation,
    /// Allocations that would be somewhere else, begin or end.
    pub moves: Vec<Move>,
    /// Groups that would wait for room.
    pub unplaced: Vec<Unplaced>,
    /// Jobs whose deployment would wait for somebody to promote its canaries.
    pub unpromoted: Vec<JobKey>,
}

/// Answers what would happen. `go_on` says whether there is time left.
///
/// # Errors
/// The question is about something that is not there, the change would be refused, or it does not come to rest.
pub fn what_if(
    state: &State,
    now: Timestamp,
    region: &str,
    hypothesis: &Hypothesis,
    seed: u128,
    go_on: &dyn Fn() -> bool,
) -> Result<WhatIf, WhatIfError> {
    let mut simulation = Simulation::new(state, now, seed, go_on);
    simulation.settle()?;
    let before = Arc::clone(&simulation.state);
    for cause in hypothesis.causes(&before, now, region, seed)? {
        simulation.cause(cause);
    }
    simulation.settle()?;
    let after = Arc::clone(&simulation.state);
    let mut unplaced = unplaced(&before, &after);
    for group in unplaced.iter_mut().take(EXPLAINED) {
        if !go_on() {
            break;
        }
        group.why = why(&after, group);
    }
    let waits = after.deployments().filter(|deployment| deployment.status.is_active());
    let waits = waits.filter(|deployment| {
        let groups = deployment.groups.values();
        groups.into_iter().any(|group| group.desired_canaries > 0 && !group.promoted)
    });
    let unpromoted = waits.map(|deployment| deployment.job.clone()).collect();
    let (full_before, full_after) = (Utilisation::of(&before), Utilisation::of(&after));
    let moves = moves(&before, &after);
    Ok(WhatIf { before, after, full_before, full_after, moves, unplaced, unpromoted })
}

fn why(state: &Snapshot, group: &Unplaced) -> Option<Box<scheduler::GroupExplained>> {
    let job = state.job(&group.job)?;
    let eval = Eval::new(EvalId::NONE, job.key(), job.kind(), 50, EvalTrigger::QueuedAllocs);
    let question = Question { job, group: &group.group, eval: &eval, index: 0, without: None, penalty: &[] };
    explain_group(state, &question).map(Box::new)
}
