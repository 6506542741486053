//! A scheduler for tests: fills nodes in the order of their ids and replaces what is lost.

use model::{
    Alloc, AllocId, AllocStop, ClientStatus, DeploymentId, DesiredStatus, Eval, EvalId, EvalStatus,
    EvalTrigger, Name, NodeId, NodeStatus, Outcome, PassMetrics, PlacementRun, Plan, StopReason,
};
use state::State;
use state::columns::Room;

/// Whether everything on a node fits, by the columns of the state.
pub(crate) fn fits(state: &State, id: NodeId) -> bool {
    state.columns().node(id).is_some_and(|row| row.used.fits_in(&row.capacity))
}

fn is_live(state: &State, alloc: &Alloc) -> bool {
    let up = state.node(alloc.node).is_some_and(|node| node.status != NodeStatus::Down);
    up && !alloc.is_terminal()
}

/// Plans an evaluation.
pub(crate) fn schedule(state: &State, eval: &Eval) -> Outcome {
    let mut plan = Plan::new(eval, state.index);
    let mut done = eval.clone();
    done.status = EvalStatus::Complete;
    done.snapshot_index = state.index;
    let job = state.job(&eval.job).filter(|job| !job.stopped());
    let group = job.and_then(|job| job.task_groups.first());
    let count = group.map_or(0, |group| usize::try_from(group.count).expect("valid in a test"));
    let live: Vec<&Alloc> =
        state.allocs_of_job(&eval.job).map(AsRef::as_ref).filter(|alloc| is_live(state, alloc)).collect();
    for alloc in state.allocs_of_job(&eval.job).filter(|alloc| !alloc.is_terminal()) {
        let kept = live.iter().position(|other| other.id == alloc.id);
        if kept.is_none_or(|position| position >= count) {
            let client = kept.is_none().then_some(ClientStatus::Lost);
            plan.stops.push(stop(alloc.id, client));
        }
    }
    let mut missing = count.saturating_sub(live.len());
    let Some(job) = job else { return Outcome { plan, eval: done, created: Vec::new() } };
    let ask = model::GroupAsk::of(&job.task_groups[0]);
    let mut placements = Vec::new();
    for node in state.nodes().filter(|node| node.is_ready()) {
        let row = state.columns().node(node.id).expect("valid in a test");
        let mut left: Room = row.capacity.minus(&row.used);
        while missing > 0 && left.cpu_mhz >= i32::try_from(ask.cpu_mhz).expect("valid in a test") {
            left.cpu_mhz -= i32::try_from(ask.cpu_mhz).expect("valid in a test");
            missing -= 1;
            let number = placements.len() as u128;
            let id = AllocId::derive(&[eval.id.0, u128::from(state.index), number]);
            placements.push(testkit::placement(id, u32::try_from(number).expect("valid in a test"), node.id));
        }
    }
    plan.placements = vec![PlacementRun {
        job_version: job.version,
        group: Name::from(job.task_groups[0].name.as_str()),
        deployment: DeploymentId::NONE,
        pass: PassMetrics::default(),
        placements,
    }];
    let mut created = Vec::new();
    if missing > 0 && eval.status == EvalStatus::Blocked {
        done.status = EvalStatus::Blocked;
    } else if missing > 0 {
        let id = EvalId::derive(&[eval.id.0, 1]);
        let mut blocked =
            Eval::new(id, eval.job.clone(), eval.kind, eval.priority, EvalTrigger::QueuedAllocs);
        blocked.status = EvalStatus::Blocked;
        blocked.snapshot_index = state.index;
        blocked.previous = eval.id;
        done.blocked = id;
        done.failed.insert(Name::from("web"), model::AllocMetric::default());
        created.push(blocked);
    }
    Outcome { plan, eval: done, created }
}

fn stop(id: AllocId, client: Option<ClientStatus>) -> AllocStop {
    AllocStop {
        id,
        desired: DesiredStatus::Stop,
        reason: if client.is_some() { StopReason::Lost } else { StopReason::NotNeeded },
        client,
        state: None,
        followup: EvalId::NONE,
        reschedule_failed: false,
    }
}
