//! What holds for every plan: it is what the plainest reference would do, threads and the order of nodes change
//! nothing, it is never rejected on its snapshot, nothing is over-committed.
//!
//! Each property is tried on 2,000 generated clusters; `PROPTEST_CASES=100000` is the nightly run.

use std::sync::{Arc, LazyLock};

use model::{Job, NodeId, Outcome, Plan};
use proptest::prelude::*;
use rayon::ThreadPool;
use scheduler::verify;
use serde_json::json;
use state::{Builder, Snapshot};

use crate::bench::{cluster, job, placed, register};
use crate::generated::{Generated, committed, config, generated, with_job};
use crate::reference::Reference;

#[test]
fn the_number_of_threads_changes_nothing() {
    for extra in [json!({}), json!({"Spreads": [{"Attribute": "${meta.rack}", "Weight": 50}]})] {
        let job = job("service", 300, &extra);
        let snapshot = cluster(6_000, &job, "pack");
        let plans: Vec<Plan> =
            POOLS.iter().map(|pool| pool.install(|| register(&snapshot, &job).plan)).collect();
        for plan in &plans[1..] {
            assert_eq!(plan, &plans[0]);
        }
    }
}

#[test]
fn what_filters_said_is_forgotten_when_a_node_changes() {
    let rule = json!({"Constraints": [{"LTarget": "${meta.rack}", "Operand": "=", "RTarget": "new"}]});
    let job = job("service", 1, &rule);
    let before = cluster(20, &job, "pack");
    assert_eq!(placed(&register(&before, &job)), 0);
    let mut node = crate::bench::node(7);
    node.meta.insert("rack".into(), "new".into());
    let after = Builder::from_state((*before).clone()).node(node.clone()).build();
    let outcome = register(&Arc::new(after), &job);
    assert_eq!(placements(&outcome).collect::<Vec<_>>(), [node.id]);
    assert_eq!(placed(&register(&before, &job)), 0);
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

/// Lets the jobs of a cluster come one after the other; `look` sees every state and the plan that was made on it.
fn each_plan(
    generated: &Generated,
    mut look: impl FnMut(&Snapshot, &Job, &Outcome) -> Result<(), TestCaseError>,
) -> Result<Snapshot, TestCaseError> {
    let mut snapshot = generated.cluster();
    for job in &generated.jobs {
        let before = with_job(&snapshot, job);
        let outcome = register(&before, job);
        look(&before, job, &outcome)?;
        snapshot = committed(&before, outcome);
    }
    Ok(snapshot)
}

fn placements(outcome: &Outcome) -> impl Iterator<Item = NodeId> {
    outcome.plan.placements.iter().flat_map(|run| &run.placements).map(|placement| placement.node)
}

fn threads(count: usize) -> ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap()
}

/// Pools of 1, 2, 4 and 8 threads.
static POOLS: LazyLock<[ThreadPool; 4]> = LazyLock::new(|| [1, 2, 4, 8].map(threads));

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_placement_has_the_best_score_of_all_nodes(generated in generated()) {
        each_plan(&generated, |before, job, outcome| {
            let mut reference = Reference::new(before, job);
            for node in placements(outcome) {
                let (best, score) = (reference.best(), reference.score(node));
                let (best, score) = best.zip(score).ok_or_else(|| TestCaseError::fail("node may not be used"))?;
                prop_assert!((best - score).abs() <= 1e-12, "{score} where {best} was possible");
                reference.place(node);
            }
            let queued = outcome.eval.queued.get("g").copied().unwrap_or(0);
            prop_assert!(queued == 0 || reference.best().is_none(), "{queued} could be placed");
            Ok(())
        })?;
    }

    #[test]
    fn a_plan_is_never_rejected_on_its_own_snapshot(generated in generated()) {
        let end = each_plan(&generated, |before, _, outcome| {
            let verified = verify(before, &outcome.plan, &[]);
            prop_assert!(verified.is_complete(), "{:?}", verified.rejected);
            prop_assert_eq!(&verified.plan, &outcome.plan);
            Ok(())
        })?;
        prop_assert_eq!(end.over_committed(), Vec::new());
    }

    #[test]
    fn neither_the_order_of_nodes_nor_threads_change_a_plan(generated in generated(), seed in any::<u64>()) {
        let mut permuted = generated.clone();
        permuted.nodes.sort_by_key(|node| model::splitmix(node.id.0 as u64 ^ seed));
        let mut plans: Vec<Outcome> = Vec::new();
        each_plan(&generated, |_, _, outcome| {
            plans.push(outcome.clone());
            Ok(())
        })?;
        let mut number = 0;
        each_plan(&permuted, |before, job, outcome| {
            prop_assert_eq!(&outcome.plan, &plans[number].plan);
            let pool = &POOLS[number % POOLS.len()];
            prop_assert_eq!(&pool.install(|| register(before, job)).plan, &outcome.plan);
            number += 1;
            Ok(())
        })?;
    }

    #[test]
    fn an_empty_node_more_never_places_fewer(generated in generated()) {
        let mut larger = generated.clone();
        let spare = crate::bench::node(1_001);
        larger.nodes.push(spare);
        for job in &generated.jobs {
            let one = register(&with_job(&generated.cluster(), job), job);
            let two = register(&with_job(&larger.cluster(), job), job);
            prop_assert!(placed(&two) >= placed(&one), "{} of {}", placed(&two), placed(&one));
        }
    }
}
