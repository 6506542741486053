//! What holds for every plan: threads change nothing, a fresh plan is never rejected, nothing is over-committed.

use std::sync::Arc;

use model::{Name, Plan};
use proptest::prelude::*;
use scheduler::verify;
use serde_json::{Value, json};
use state::{Command, Entry, Snapshot};

use crate::bench::{cluster, job, placed, register};

fn plan_in_pool(threads: usize, snapshot: &Snapshot, job: &model::Job) -> Plan {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| register(snapshot, job).plan)
}

#[test]
fn the_number_of_threads_changes_nothing() {
    for extra in [json!({}), json!({"Spreads": [{"Attribute": "${meta.rack}", "Weight": 50}]})] {
        let job = job("service", 300, &extra);
        let snapshot = cluster(6_000, &job, "pack");
        let plans: Vec<Plan> =
            [1, 2, 4].into_iter().map(|threads| plan_in_pool(threads, &snapshot, &job)).collect();
        assert_eq!(plans[0], plans[1]);
        assert_eq!(plans[0], plans[2]);
    }
}

#[test]
fn pack_fills_nodes_before_it_opens_others() {
    let job = job("batch", 2_000, &json!({}));
    let snapshot = cluster(500, &job, "pack");
    let outcome = register(&snapshot, &job);
    assert_eq!(placed(&outcome), 2_000);
    let mut used: std::collections::BTreeMap<_, u32> = std::collections::BTreeMap::new();
    for placement in outcome.plan.placements.iter().flat_map(|run| &run.placements) {
        *used.entry(placement.node).or_default() += 250;
    }
    let has: u32 = used.keys().map(|id| snapshot.node(*id).unwrap().resources.cpu_mhz).sum();
    let taken: u32 = used.values().sum();
    assert!(f64::from(taken) / f64::from(has) >= 0.95, "{taken} of {has} MHz on {} nodes", used.len());
}

#[test]
fn two_plans_on_one_snapshot_are_repaired_by_runners_up() {
    let group = json!([{
        "Name": "g", "Count": 1,
        "Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "http", "Value": 8080}]}],
        "Tasks": [{"Name": "t", "Driver": "exec", "Resources": {"CPU": 250, "MemoryMB": 256}}],
    }]);
    let first = job("service", 1, &json!({"TaskGroups": group}));
    let snapshot = cluster(20, &first, "pack");
    let plan = register(&snapshot, &first).plan;
    let mut second = plan.clone();
    let other = second.placements[0].placements[0].clone();
    second.placements[0].placements[0] = model::Placement { id: model::AllocId::derive(&[9, 9]), ..other };
    let verified = verify(&snapshot, &second, std::slice::from_ref(&plan));
    assert_eq!((verified.repaired, verified.rejected.len()), (1, 0));
    assert_ne!(verified.plan.placements[0].placements[0].node, plan.placements[0].placements[0].node);
}

fn ask() -> impl Strategy<Value = Value> {
    let resources = (1_u32..6_000, 1_u32..20_000, 0_u32..3);
    let ports = (0_usize..3, any::<bool>());
    (1_u32..40, resources, ports, 1_u32..60_000).prop_map(|(count, (cpu, memory, cores), (dynamic, fixed), disk)| {
        let dynamic: Vec<Value> = (0..dynamic).map(|port| json!({"Label": format!("p{port}")})).collect();
        let fixed = if fixed { vec![json!({"Label": "s", "Value": 8_080})] } else { Vec::new() };
        json!([{
            "Name": "g", "Count": count, "EphemeralDisk": {"SizeMB": disk},
            "Networks": [{"Mode": "host", "DynamicPorts": dynamic, "ReservedPorts": fixed}],
            "Tasks": [{"Name": "t", "Driver": "exec", "Resources": {"CPU": cpu, "MemoryMB": memory, "Cores": cores}}],
        }])
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_is_never_rejected_on_its_own_snapshot(
        groups in prop::collection::vec(ask(), 1..4), nodes in 1_u32..30, algorithm in 0_usize..3,
    ) {
        let algorithm = ["pack", "binpack", "spread"][algorithm];
        let mut snapshot = cluster(nodes, &job("service", 1, &json!({"TaskGroups": groups[0]})), algorithm);
        for (round, group) in groups.iter().enumerate() {
            let mut job = job("service", 1, &json!({"TaskGroups": group}));
            job.id = format!("bench-{round}");
            job.create_index = 10 + round as u64;
            let mut state = (*snapshot).clone();
            state = state::Builder::from_state(state).job(job.clone()).build();
            let before: Snapshot = Arc::new(state);
            let outcome = register(&before, &job);
            let verified = verify(&before, &outcome.plan, &[]);
            prop_assert!(verified.is_complete(), "{:?}", verified.rejected);
            prop_assert_eq!(&verified.plan, &outcome.plan);
            let queued = outcome.eval.queued.get(&Name::from("g")).copied().unwrap_or(0);
            prop_assert_eq!(placed(&outcome) as u64 + u64::from(queued), job.task_groups[0].count.unsigned_abs());
            let commit = state::apply::PlanCommit { plan: outcome.plan, evals: vec![outcome.eval] };
            let entry = Entry { now: model::Timestamp(5), command: Command::ApplyPlans(vec![commit]) };
            let mut state = (*before).clone();
            state.apply(1_001 + round as u64, &entry).reply.unwrap();
            prop_assert_eq!(state.over_committed(), Vec::new());
            snapshot = Arc::new(state);
        }
    }
}
