//! How the cluster and its pools say that placing is done: every field has an effect.

use std::sync::Arc;

use scheduler::{Options, schedule};

use crate::story::story;
use crate::world::World;

/// An empty node, and one that is half full.
const NODES: &str = "
    node empty cpu=4000 mem=4000 POOL
    node half cpu=4000 mem=4000 POOL
    job old service cpu=2000 mem=2000
    alloc old 0 half running
";

fn placed_on(lines: &str) -> String {
    let pool = if lines.contains("pool {") { "pool=p" } else { "" };
    let job = if pool.is_empty() { "{}" } else { r#"{"NodePool": "p"}"# };
    let world = format!(
        "{lines}\n{}\njob web service cpu=100 mem=100 {job}\neval web job-register",
        NODES.replace("POOL", pool)
    );
    story(&world).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_algorithm_of_the_cluster_counts_and_that_of_a_pool_goes_before_it() {
    let cluster = |algorithm: &str| format!(r#"config {{"SchedulerAlgorithm": "{algorithm}"}}"#);
    let pool = |algorithm: &str| {
        format!(r#"pool {{"Name": "p", "SchedulerConfiguration": {{"SchedulerAlgorithm": "{algorithm}"}}}}"#)
    };
    for (algorithm, node) in [("pack", "half"), ("binpack", "half"), ("spread", "empty")] {
        assert_eq!(placed_on(&cluster(algorithm)), format!("place g[0] on {node}"), "{algorithm}");
        let other = if algorithm == "spread" { "pack" } else { "spread" };
        let both = format!("{}\n{}", cluster(other), pool(algorithm));
        assert_eq!(placed_on(&both), format!("place g[0] on {node}"), "pool {algorithm}");
    }
    let unsaid = format!("{}\n{}", cluster("spread"), pool(""));
    assert_eq!(
        placed_on(&unsaid),
        "place g[0] on empty",
        "a pool that says nothing leaves it to the cluster"
    );
}

#[test]
fn each_type_of_job_preempts_only_where_its_own_field_allows_it() {
    let fields = [
        ("service", "ServiceSchedulerEnabled"),
        ("batch", "BatchSchedulerEnabled"),
        ("system", "SystemSchedulerEnabled"),
        ("sysbatch", "SysBatchSchedulerEnabled"),
    ];
    for (kind, own) in fields {
        for (_, field) in fields {
            let all = fields.map(|(_, name)| format!(r#""{name}": {}"#, name == field)).join(", ");
            let text = story(&format!(
                "config {{\"PreemptionConfig\": {{{all}}}}}\nnode a cpu=1000\njob low service prio=10 cpu=900\n\
                 job web {kind} prio=70 cpu=900\nalloc low 0 a running\neval web job-register"
            ));
            assert_eq!(text.contains("evicts low/0"), field == own, "{kind} {field}: {text}");
        }
    }
}

/// Whether the allocation that is placed may go up to its `memory_max`.
fn oversubscribes(lines: &str) -> bool {
    let pool = if lines.contains("pool {") { "p" } else { "default" };
    let world = World::parse(&format!(
        "{lines}\nnode a pool={pool}\n\
         job web service mem=100 {{\"NodePool\": \"{pool}\", \"Task\": {{\"Resources\": {{\"MemoryMaxMB\": 999}}}}}}\n\
         eval web job-register"
    ));
    let eval = world.eval.as_ref().unwrap();
    let outcome = schedule(&Arc::new(world.state.clone()), eval, &Options::default()).unwrap();
    outcome.plan.placements[0].placements[0].assigned.memory_max
}

#[test]
fn memory_max_counts_where_the_cluster_or_the_pool_allows_it() {
    let cluster = |on: bool| format!(r#"config {{"MemoryOversubscriptionEnabled": {on}}}"#);
    let pool = |on: &str| {
        let said =
            if on.is_empty() { String::new() } else { format!(r#""MemoryOversubscriptionEnabled": {on}"#) };
        format!(r#"pool {{"Name": "p", "SchedulerConfiguration": {{{said}}}}}"#)
    };
    for on in [true, false] {
        assert_eq!(oversubscribes(&cluster(on)), on);
        assert_eq!(oversubscribes(&format!("{}\n{}", cluster(!on), pool(&on.to_string()))), on);
        assert_eq!(oversubscribes(&format!("{}\n{}", cluster(on), pool(""))), on);
    }
}
