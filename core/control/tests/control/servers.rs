//! A whole server: registration, placement, silence of nodes, leadership.

use control::request::{self, RegisterJob};
use control::{EvalIds, Event};
use expect_test::expect;
use model::{ClientStatus, Job, JobKey, Nanos, NodeStatus};
use state::Command;
use testkit::{eval_id, node, node_id};

use crate::cluster::Cluster;

pub(crate) fn register(cluster: &mut Cluster, job: Job, eval: u64) {
    let request = RegisterJob {
        job,
        submission: None,
        enforce_index: None,
        preserve_counts: false,
        eval_priority: None,
        management: false,
        eval: eval_id(eval),
    };
    let command =
        request::register_job(&cluster.state, cluster.now, "global", request).expect("valid in a test");
    cluster.commit(command);
}

pub(crate) fn add_node(cluster: &mut Cluster, number: u64) {
    let mut ids = EvalIds::new(u128::from(number) + 1_000);
    let command =
        request::register_node(&cluster.state, cluster.now, &mut ids, node(number)).expect("valid in a test");
    cluster.commit(command);
}

pub(crate) fn counted(id: &str, count: i64) -> Job {
    let mut job = testkit::job(id);
    job.task_groups[0].count = count;
    job
}

#[test]
fn a_registered_job_is_placed() {
    let mut cluster = Cluster::new(2);
    add_node(&mut cluster, 1);
    register(&mut cluster, counted("web", 3), 1);
    expect![[r#"
        1 × eval job-register complete
        3 × node-1 run/pending
    "#]]
    .assert_eq(&cluster.show("web"));
    assert_eq!(cluster.server.stats().tracked_evals, 0);
}

#[test]
fn a_job_that_does_not_fit_is_placed_as_soon_as_room_is_made() {
    let mut cluster = Cluster::new(2);
    add_node(&mut cluster, 1);
    register(&mut cluster, counted("web", 10), 1);
    expect![[r#"
        1 × eval job-register complete
        1 × eval queued-allocs blocked
        8 × node-1 run/pending
    "#]]
    .assert_eq(&cluster.show("web"));
    assert_eq!(cluster.server.stats().blocked_evals, 1);
    add_node(&mut cluster, 2);
    expect![[r#"
        1 × eval job-register complete
        1 × eval queued-allocs complete
        8 × node-1 run/pending
        2 × node-2 run/pending
    "#]]
    .assert_eq(&cluster.show("web"));
    assert_eq!(cluster.server.stats().blocked_evals, 0);
}

#[test]
fn workers_that_plan_for_the_same_room_do_not_over_commit_it() {
    let mut cluster = Cluster::new(4);
    add_node(&mut cluster, 1);
    let registrations = (1..=4)
        .map(|number| {
            let job = counted(&format!("job-{number}"), 3);
            let eval = Some(testkit::eval(number, &job));
            state::apply::JobRegistration {
                job,
                submission: None,
                enforce_index: None,
                eval,
                by: state::apply::RegisteredBy::Caller,
            }
        })
        .collect();
    // The double places on one snapshot for all four; the cluster checks that no node is over-committed.
    cluster.commit(Command::RegisterJobs(registrations));
    let placed = cluster.state.allocs().filter(|alloc| !alloc.is_terminal()).count();
    assert_eq!(placed, 8);
    assert!(cluster.server.stats().blocked_evals > 0);
    add_node(&mut cluster, 2);
    let placed = cluster.state.allocs().filter(|alloc| !alloc.is_terminal()).count();
    assert_eq!(placed, 12);
}

#[test]
fn allocations_of_a_silent_node_are_replaced_after_the_grace() {
    let mut cluster = Cluster::new(2);
    add_node(&mut cluster, 1);
    register(&mut cluster, counted("web", 2), 1);
    add_node(&mut cluster, 2);
    cluster.send(Event::Pings(vec![node_id(1), node_id(2)]));
    for _ in 0..2 {
        cluster.pass(Nanos::from_secs(2));
        cluster.send(Event::Pings(vec![node_id(2)]));
    }
    assert_eq!(cluster.state.node(node_id(1)).expect("valid in a test").status, NodeStatus::Disconnected);
    expect![[r#"
        1 × eval job-register complete
        2 × node-1 run/pending
    "#]]
    .assert_eq(&cluster.show("web"));
    for _ in 0..4 {
        cluster.pass(Nanos::from_secs(2));
        cluster.send(Event::Pings(vec![node_id(2)]));
    }
    assert_eq!(cluster.state.node(node_id(1)).expect("valid in a test").status, NodeStatus::Down);
    expect![[r#"
        1 × eval job-register complete
        1 × eval node-update complete
        2 × node-1 stop/lost
        2 × node-2 run/pending
    "#]]
    .assert_eq(&cluster.show("web"));
    cluster.send(Event::Pings(vec![node_id(1)]));
    assert_eq!(cluster.state.node(node_id(1)).expect("valid in a test").status, NodeStatus::Ready);
}

#[test]
fn a_new_leader_goes_on_with_what_the_state_holds() {
    let mut cluster = Cluster::new(0);
    add_node(&mut cluster, 1);
    register(&mut cluster, counted("web", 1), 1);
    cluster.send(Event::LostLeadership);
    assert!(!cluster.server.is_leader());
    let mut next = Cluster::new(1);
    next.state = std::sync::Arc::clone(&cluster.state);
    next.elect();
    next.send(Event::Tick);
    expect![[r#"
        1 × eval job-register complete
        1 × node-1 run/pending
    "#]]
    .assert_eq(&next.show("web"));
}

#[test]
fn an_evaluation_that_no_worker_finishes_is_followed_by_another() {
    let mut cluster = Cluster::new(1);
    cluster.lazy = true;
    register(&mut cluster, counted("web", 1), 1);
    cluster.pass(Nanos::from_mins(5));
    expect![[r#"
        1 × eval failed-follow-up pending
        1 × eval job-register failed
    "#]]
    .assert_eq(&cluster.show("web"));
}

#[test]
fn an_evaluation_at_which_the_scheduler_panics_is_quarantined_and_the_others_go_on() {
    let mut cluster = Cluster::new(2);
    add_node(&mut cluster, 1);
    cluster.poison = "bad".to_owned();
    register(&mut cluster, counted("bad", 1), 1);
    register(&mut cluster, counted("web", 3), 2);
    expect![[r#"
        1 × eval job-register complete
        3 × node-1 run/pending
    "#]]
    .assert_eq(&cluster.show("web"));
    cluster.pass(Nanos::from_mins(30));
    // Nothing follows it.
    expect![[r#"
        1 × eval job-register failed
    "#]]
    .assert_eq(&cluster.show("bad"));
    let eval = cluster.state.eval(eval_id(1)).expect("it is kept");
    let reason = "quarantined: the scheduler panicked 3 times, at last with: a planted panic";
    assert_eq!(&*eval.status_description, reason);
    assert!(eval.next.is_none());
    assert_eq!(cluster.server.stats().tracked_evals, 0);
    // The next change of the job is looked at anew.
    cluster.poison.clear();
    add_node(&mut cluster, 2);
    register(&mut cluster, counted("bad", 1), 3);
    expect![[r#"
        1 × eval job-register complete
        1 × eval job-register failed
        1 × node-2 run/pending
    "#]]
    .assert_eq(&cluster.show("bad"));
}

#[test]
fn the_end_of_an_allocation_makes_room_for_others() {
    let mut cluster = Cluster::new(1);
    add_node(&mut cluster, 1);
    register(&mut cluster, counted("web", 8), 1);
    register(&mut cluster, counted("api", 1), 2);
    assert_eq!(cluster.server.stats().blocked_evals, 1);
    register(&mut cluster, counted("web", 7), 3);
    assert_eq!(cluster.server.stats().blocked_evals, 1, "only the client's word frees the room");
    let key = JobKey::new("default", "web");
    let stopped = cluster
        .state
        .allocs_of_job(&key)
        .find(|alloc| alloc.desired.is_terminal())
        .expect("valid in a test")
        .clone();
    let update = model::AllocUpdate {
        id: stopped.id,
        status: ClientStatus::Complete,
        description: "".into(),
        tasks: model::TaskStates::default(),
        healthy: None,
        network: None,
        services: Vec::new(),
    };
    let call = cluster.call();
    cluster.send(Event::UpdateAllocs { call, node: node_id(1), updates: vec![update] });
    assert_eq!(cluster.answers.get(&call.0), Some(&true));
    assert_eq!(cluster.server.stats().blocked_evals, 0);
    expect![[r#"
        1 × eval job-register complete
        1 × eval queued-allocs complete
        1 × node-1 run/pending
    "#]]
    .assert_eq(&cluster.show("api"));
}

#[test]
fn forgetting_leaves_nothing_of_a_stopped_job() {
    let mut cluster = Cluster::new(1);
    register(&mut cluster, counted("web", 0), 1);
    let request = request::DeregisterJob {
        key: JobKey::new("default", "web"),
        purge: false,
        no_shutdown_delay: false,
        eval_priority: None,
        eval: eval_id(2),
    };
    let command = request::deregister_job(&cluster.state, cluster.now, request).expect("valid in a test");
    cluster.commit(command);
    cluster.pass(Nanos::from_secs(1));
    cluster.send(Event::ForceGc);
    assert_eq!(cluster.show("web"), "");
    assert_eq!(cluster.state.jobs().count(), 0);
}

#[test]
fn a_deployment_goes_on_as_its_allocations_become_healthy_and_ends_successfully() {
    roll_out(Cluster::new(2));
}

#[test]
fn nothing_is_proposed_twice_when_the_commit_is_known_before_its_effect() {
    let mut cluster = Cluster::new(2);
    cluster.committed_first = true;
    roll_out(cluster);
}

fn roll_out(mut cluster: Cluster) {
    add_node(&mut cluster, 1);
    register(&mut cluster, counted("web", 2), 1);
    let mut changed = counted("web", 2);
    changed.task_groups[0].tasks[0].env.insert("COLOUR".to_owned(), "green".to_owned());
    let mut steps = Vec::new();
    for round in 0..6 {
        if round == 2 {
            register(&mut cluster, changed.clone(), 2);
        }
        report_all_healthy(&mut cluster);
        let deployment =
            cluster.state.latest_deployment(&JobKey::new("default", "web")).expect("a deployment");
        let healthy: u32 = deployment.groups.values().map(|group| group.healthy).sum();
        steps.push(format!("version {} {} {healthy}/2", deployment.job_version, deployment.status));
    }
    steps.dedup();
    expect![[r#"
        version 0 successful 2/2
        version 1 running 1/2
        version 1 successful 2/2"#]]
    .assert_eq(&steps.join("\n"));
    expect![[r#"
        3 × eval deployment-watcher complete
        2 × eval job-register complete
        2 × node-1 run/running
        2 × node-1 stop/complete
    "#]]
    .assert_eq(&cluster.show("web"));
}

/// Every client reports: what should run is running and healthy, what should stop has ended.
fn report_all_healthy(cluster: &mut Cluster) {
    let now = cluster.now;
    let updates = cluster
        .state
        .allocs()
        .filter(|alloc| !alloc.client_terminal())
        .map(|alloc| model::AllocUpdate {
            id: alloc.id,
            status: if alloc.desired.is_terminal() { ClientStatus::Complete } else { ClientStatus::Running },
            description: "".into(),
            tasks: model::TaskStates::default(),
            healthy: (!alloc.desired.is_terminal()).then_some((true, now)),
            network: None,
            services: Vec::new(),
        })
        .collect();
    let call = cluster.call();
    cluster.send(Event::UpdateAllocs { call, node: node_id(1), updates });
    cluster.pass(Nanos::from_secs(1));
    cluster.send(Event::Pings(vec![node_id(1)]));
}
