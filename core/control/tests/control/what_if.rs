//! What would happen, on a copy: who moves, who finds no room and why, and that nothing is written.

use std::fmt::Write as _;

use control::whatif::{Hypothesis, Selector, WhatIf, WhatIfError, what_if};
use expect_test::{Expect, expect};
use model::{JobKey, NodeId};

use crate::cluster::Cluster;
use crate::servers::{add_node, counted, register};

/// Three nodes, a service of four and a system job.
fn world() -> Cluster {
    let mut cluster = Cluster::new(1);
    for number in 1..=3 {
        add_node(&mut cluster, number);
    }
    register(&mut cluster, counted("web", 4), 1);
    let mut system = testkit::job("agent");
    system.job_type = "system".to_owned();
    system.task_groups[0].reschedule = None;
    register(&mut cluster, system, 2);
    cluster
}

fn ask(cluster: &Cluster, hypothesis: &Hypothesis) -> Result<WhatIf, WhatIfError> {
    what_if(&cluster.state, cluster.now, "global", hypothesis, 7, &|| true)
}

fn tell(what: &WhatIf) -> String {
    let mut text = String::new();
    let name = |id: Option<NodeId>| {
        id.map_or("nothing".to_owned(), |id| {
            what.after.node(id).map_or("?".to_owned(), |node| node.name.to_string())
        })
    };
    for one in &what.moves {
        let preempted = if one.preempted { " preempted" } else { "" };
        writeln!(text, "{}[{}] {} -> {}{preempted}", one.job.id, one.index, name(one.from), name(one.to))
            .expect("text takes everything");
    }
    for group in &what.unplaced {
        let why = group.why.as_ref().expect("the first groups are explained");
        let (count, before) = (group.count, group.before);
        writeln!(
            text,
            "{} waits with {count}, before {before}: {} changes help",
            group.job.id,
            why.changes.len()
        )
        .expect("text takes everything");
    }
    let full = [&what.full_before, &what.full_after];
    for full in full {
        let (cpu, used) = full.cpu_mhz;
        writeln!(
            text,
            "{} nodes, {} ready, {} used, {} allocs, {used} of {cpu} MHz",
            full.nodes, full.ready, full.used, full.allocs
        )
        .expect("text takes everything");
    }
    text
}

fn check(hypothesis: &Hypothesis, expected: &Expect) {
    let cluster = world();
    let before = std::sync::Arc::clone(&cluster.state);
    let what = ask(&cluster, hypothesis).expect("the question can be answered");
    expected.assert_eq(&tell(&what));
    assert!(std::sync::Arc::ptr_eq(&before, &cluster.state), "nothing is written");
    assert_eq!(what.after.over_committed(), []);
    assert_eq!(what.after.check().0, Vec::<String>::new());
}

fn named(names: &[&str]) -> Selector {
    Selector { nodes: names.iter().map(|name| (*name).to_owned()).collect(), ..Selector::default() }
}

#[test]
fn a_drain_moves_what_runs_there() {
    check(
        &Hypothesis::Drain(named(&["node-1"])),
        &expect![[r#"
        agent[0] node-1 -> nothing
        web[1] node-1 -> node-2
        3 nodes, 3 ready, 3 used, 7 allocs, 3500 of 12000 MHz
        3 nodes, 2 ready, 2 used, 6 allocs, 3000 of 8000 MHz
    "#]],
    );
}

#[test]
fn what_is_lost_is_replaced_as_far_as_there_is_room() {
    check(
        &Hypothesis::Lose(named(&["node-1", "node-2"])),
        &expect![[r#"
            agent[0] node-1 -> nothing
            agent[0] node-2 -> nothing
            web[1] node-1 -> node-3
            web[2] node-2 -> node-3
            3 nodes, 3 ready, 3 used, 7 allocs, 3500 of 12000 MHz
            1 nodes, 1 ready, 1 used, 5 allocs, 2500 of 4000 MHz
        "#]],
    );
}

#[test]
fn new_nodes_take_what_waits_and_system_jobs() {
    check(
        &Hypothesis::Add { count: 2, like: "node-1".to_owned() },
        &expect![[r#"
        agent[0] nothing -> node-1+1
        agent[0] nothing -> node-1+2
        3 nodes, 3 ready, 3 used, 7 allocs, 3500 of 12000 MHz
        5 nodes, 5 ready, 5 used, 9 allocs, 4500 of 20000 MHz
    "#]],
    );
}

#[test]
fn a_rollout_is_carried_out_to_its_end() {
    let mut job = counted("web", 4);
    job.task_groups[0].tasks[0].resources.as_mut().unwrap().cpu += 1;
    check(
        &Hypothesis::Run(Box::new(job)),
        &expect![[r#"
            web[0] node-3 -> node-2
            web[1] node-1 -> node-1
            web[2] node-2 -> node-2
            web[3] node-3 -> node-3
            3 nodes, 3 ready, 3 used, 7 allocs, 3500 of 12000 MHz
            3 nodes, 3 ready, 3 used, 7 allocs, 3504 of 12000 MHz
        "#]],
    );
}

#[test]
fn scaling_says_what_would_wait_and_why() {
    let (job, group) = (JobKey::new("default", "web"), String::new());
    check(
        &Hypothesis::Scale { job, group, count: 40 },
        &expect![[r#"
        web[4] nothing -> node-3
        web[5] nothing -> node-3
        web[6] nothing -> node-3
        web[7] nothing -> node-3
        web[8] nothing -> node-3
        web[9] nothing -> node-1
        web[10] nothing -> node-1
        web[11] nothing -> node-1
        web[12] nothing -> node-1
        web[13] nothing -> node-1
        web[14] nothing -> node-1
        web[15] nothing -> node-2
        web[16] nothing -> node-2
        web[17] nothing -> node-2
        web[18] nothing -> node-2
        web[19] nothing -> node-2
        web[20] nothing -> node-2
        web waits with 19, before 0: 1 changes help
        3 nodes, 3 ready, 3 used, 7 allocs, 3500 of 12000 MHz
        3 nodes, 3 ready, 3 used, 24 allocs, 12000 of 12000 MHz
    "#]],
    );
}

#[test]
fn questions_about_what_is_not_there_are_refused() {
    let cluster = world();
    let refused = |hypothesis| ask(&cluster, &hypothesis).unwrap_err().to_string();
    let missing = Hypothesis::Scale { job: JobKey::new("default", "x"), group: String::new(), count: 1 };
    let rack = Selector { meta: [("rack".to_owned(), "r9".to_owned())].into(), ..Selector::default() };
    expect![[r#"
        no node has the name or id "nowhere"
        no node has all of what is asked for
        0 nodes cannot be added: between 1 and 10000 can
        job not found"#]]
    .assert_eq(
        &[
            refused(Hypothesis::Drain(named(&["nowhere"]))),
            refused(Hypothesis::Lose(rack)),
            refused(Hypothesis::Add { count: 0, like: "node-1".to_owned() }),
            refused(missing),
        ]
        .join("\n"),
    );
    let late =
        what_if(&cluster.state, cluster.now, "global", &Hypothesis::Drain(named(&["node-1"])), 7, &|| false);
    assert_eq!(late.unwrap_err(), WhatIfError::Unbounded("its time"));
}
