//! Any sequence of commands keeps every invariant, and gives the same state twice.

use std::sync::Arc;

use model::{
    Alloc, AllocId, AllocStop, AllocTransition, ClientStatus, DeploymentId, DeploymentStatus,
    DeploymentUpdate, DesiredStatus, DrainStrategy, EvalId, InPlaceUpdate, Job, Name, Nanos, Node,
    NodeStatus, PlacementRare, Preemption, StopReason, Timestamp,
};
use proptest::prelude::*;
use state::Command;
use state::apply::{GcBatch, PlanCommit};
use testkit::{alloc_id, deployment_id, node_id};

use crate::world::{World, update};

/// One random step: which command, and four choices within it.
type Step = (u8, u16, u16, u16, u16);

const JOBS: [&str; 4] = ["a", "b", "c", "d"];

fn pick<T>(items: &[T], choice: u16) -> Option<&T> {
    if items.is_empty() { None } else { items.get(usize::from(choice) % items.len()) }
}

/// What the next commands may refer to.
struct Known {
    jobs: Vec<Arc<Job>>,
    allocs: Vec<Arc<Alloc>>,
    nodes: Vec<Arc<Node>>,
    deployments: Vec<DeploymentId>,
}

impl Known {
    fn of(world: &World) -> Self {
        Self {
            jobs: world.state.jobs().cloned().collect(),
            allocs: world.state.allocs().cloned().collect(),
            nodes: world.state.nodes().cloned().collect(),
            deployments: world.state.deployments().map(|deployment| deployment.id).collect(),
        }
    }
}

fn random_job(a: u16, b: u16) -> Job {
    let id = JOBS[usize::from(a) % JOBS.len()];
    let mut job = if a.is_multiple_of(3) { testkit::batch_job(id) } else { testkit::job(id) };
    job.priority = i64::from(b % 4 + 1);
    job.task_groups[0].tasks[0].resources.as_mut().unwrap().cpu = i64::from(b % 3) * 100;
    if b.is_multiple_of(5) {
        job.parent_id = JOBS[usize::from(b / 5) % JOBS.len()].to_owned();
    }
    if b.is_multiple_of(7) {
        job.task_groups.push(testkit::group("extra", 1));
    }
    job
}

fn status(choice: u16) -> ClientStatus {
    ClientStatus::ALL[usize::from(choice) % ClientStatus::ALL.len()]
}

fn random_plan(world: &mut World, known: &Known, (_, a, b, c, d): Step) -> Option<Command> {
    let job = pick(&known.jobs, a)?;
    let mut eval = world.eval(job);
    let nodes: Vec<_> = (0..b % 4).map(|number| node_id(u64::from(number))).collect();
    let deployment = if c.is_multiple_of(2) { deployment_id(u64::from(c % 8)) } else { DeploymentId::NONE };
    let mut plan = testkit::plan_of(&eval, job, deployment, &nodes);
    plan.deployment = c.is_multiple_of(4).then(|| testkit::deployment(u64::from(c % 8), job));
    for (place, placement) in (0..).zip(&mut plan.placements[0].placements) {
        placement.id = alloc_id(&job.id, u64::from(d) * 4 + place);
        placement.canary = d.is_multiple_of(2);
        if let Some(previous) = pick(&known.allocs, d)
            && d.is_multiple_of(3)
        {
            placement.rare =
                Some(Box::new(PlacementRare { previous: previous.id, ..PlacementRare::default() }));
        }
    }
    let stop = |alloc: &Arc<Alloc>| AllocStop {
        id: alloc.id,
        desired: DesiredStatus::ALL[usize::from(b) % 3],
        reason: StopReason::NotNeeded,
        client: d.is_multiple_of(5).then(|| status(b)),
        state: None,
        followup: EvalId::NONE,
        reschedule_failed: d.is_multiple_of(7),
    };
    plan.stops = pick(&known.allocs, b).into_iter().map(stop).collect();
    plan.preemptions = pick(&known.allocs, c)
        .filter(|_| c.is_multiple_of(6))
        .map(|alloc| Preemption { id: alloc.id, by: AllocId(1) })
        .into_iter()
        .collect();
    let theirs: Vec<_> = known.allocs.iter().filter(|alloc| alloc.job_key() == job.key()).collect();
    plan.updates = pick(&theirs, d)
        .map(|alloc| InPlaceUpdate {
            id: alloc.id,
            job_version: Some(job.version),
            deployment,
            client: b.is_multiple_of(3).then(|| status(c)),
            state: None,
            followup: EvalId::NONE,
            reason: StopReason::InPlace,
        })
        .into_iter()
        .collect();
    if a.is_multiple_of(2) {
        eval.status = model::EvalStatus::Complete;
    }
    eval.queued.insert(Name::from("web"), u32::from(d % 3));
    Some(Command::ApplyPlans(vec![PlanCommit { plan, evals: vec![eval] }]))
}

fn node_command(known: &Known, (_, a, b, c, _): Step) -> Option<Command> {
    let id = pick(&known.nodes, a)?.id;
    let drain = DrainStrategy {
        deadline: Nanos(i64::from(c)),
        ignore_system_jobs: false,
        force_deadline: Timestamp::NEVER,
        started_at: Timestamp(1),
    };
    Some(match b % 4 {
        0 => Command::SetNodeDrain {
            id,
            drain: c.is_multiple_of(2).then_some(drain),
            mark_eligible: c.is_multiple_of(3),
            event: None,
            evals: Vec::new(),
        },
        1 => {
            Command::SetNodeEligibility { id, eligible: c.is_multiple_of(2), event: None, evals: Vec::new() }
        }
        2 => Command::PurgeNodes { ids: vec![id], evals: Vec::new() },
        _ => Command::SetNodeStatus {
            id,
            status: NodeStatus::ALL[usize::from(c) % NodeStatus::ALL.len()],
            event: None,
            evals: Vec::new(),
        },
    })
}

fn deployment_command(known: &Known, (_, a, b, c, _): Step) -> Option<Command> {
    let id = *pick(&known.deployments, a)?;
    let theirs: Vec<AllocId> =
        known.allocs.iter().filter(|alloc| alloc.deployment == id).map(|alloc| alloc.id).collect();
    Some(match b % 3 {
        0 => Command::PromoteDeployment { id, groups: None, eval: None },
        1 => Command::SetAllocHealth {
            deployment: id,
            healthy: theirs.iter().copied().filter(|id| id.0 % 2 == u128::from(c % 2)).collect(),
            unhealthy: theirs.iter().copied().filter(|id| id.0 % 2 != u128::from(c % 2)).collect(),
            update: None,
            job: None,
            eval: None,
        },
        _ => {
            let status = DeploymentStatus::ALL[usize::from(c) % DeploymentStatus::ALL.len()];
            let update = DeploymentUpdate { id, status, description: Name::from("") };
            Command::SetDeploymentStatus { update, job: None, eval: None }
        }
    })
}

fn garbage(world: &World, (_, a, ..): Step) -> Command {
    let chosen = |number: u128| number % 3 != u128::from(a % 3);
    Command::Gc(GcBatch {
        evals: world.state.evals().map(|eval| eval.id).filter(|id| chosen(id.0)).collect(),
        allocs: world.state.allocs().map(|alloc| alloc.id).filter(|id| chosen(id.0)).collect(),
        jobs: world.state.jobs().map(|job| job.key()).collect(),
        deployments: world.state.deployments().map(|deployment| deployment.id).collect(),
        nodes: world.state.nodes().map(|node| node.id).filter(|id| chosen(id.0)).collect(),
    })
}

fn command(world: &mut World, step: Step) -> Option<Command> {
    let known = Known::of(world);
    let (kind, a, b, c, _) = step;
    Some(match kind % 10 {
        0 | 1 => {
            let registration = world.registration(random_job(a, b));
            Command::RegisterJob(Box::new(registration))
        }
        2 => Command::RegisterNode { node: Box::new(testkit::node(u64::from(a % 4))), evals: Vec::new() },
        3 | 4 => return random_plan(world, &known, step),
        5 => {
            let mut report = update(pick(&known.allocs, a)?.id, status(b));
            report.healthy = c.is_multiple_of(2).then_some((c.is_multiple_of(4), Timestamp(1)));
            Command::UpdateAllocs { updates: vec![report], evals: Vec::new() }
        }
        6 => {
            let key = pick(&known.jobs, a)?.key();
            Command::DeregisterJob {
                key,
                purge: b.is_multiple_of(3),
                no_shutdown_delay: b.is_multiple_of(2),
                eval: None,
            }
        }
        7 => {
            return if a.is_multiple_of(2) {
                node_command(&known, step)
            } else {
                deployment_command(&known, step)
            };
        }
        8 => {
            let wish = AllocTransition { migrate: Some(b.is_multiple_of(2)), ..AllocTransition::default() };
            Command::SetAllocTransitions {
                transitions: vec![(pick(&known.allocs, a)?.id, wish)],
                evals: Vec::new(),
            }
        }
        _ => garbage(world, step),
    })
}

/// Runs the steps; the world checks every invariant after each.
fn run(steps: &[Step]) -> World {
    let mut world = World::with_nodes(2);
    for step in steps {
        if let Some(command) = command(&mut world, *step) {
            world.apply(command);
        }
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_commands_keeps_every_invariant(steps in prop::collection::vec(any::<Step>(), 1..60)) {
        let world = run(&steps);
        let again = run(&steps);
        prop_assert_eq!(world.state.hash(), again.state.hash());
        let mut bytes = Vec::new();
        world.state.write_snapshot(&mut bytes).unwrap();
        let read = state::State::read_snapshot(&mut bytes.as_slice()).unwrap();
        prop_assert_eq!(read.check().0, Vec::<String>::new());
        prop_assert_eq!(read.hash(), world.state.hash());
    }
}
