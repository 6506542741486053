//! Periodic jobs: one child a slot, whoever leads; dispatches and scaling by request.

use control::request::{self, Dispatch, DispatchJob, RequestError, ScaleJob};
use model::{EvalId, Job, JobKey, Nanos, Parameterized, Periodic, Scaling, Timestamp};
use state::Command;
use state::apply::{JobRegistration, RegisteredBy};

use crate::cluster::Cluster;

/// 2001-09-09T01:46:40Z: twenty seconds before a full minute.
const START: i64 = 1_000_000_000;

fn periodic(name: &str, spec: &str, prohibit_overlap: bool) -> Job {
    let periodic =
        Periodic { enabled: true, specs: vec![spec.to_owned()], prohibit_overlap, ..Periodic::default() };
    Job { job_type: "batch".to_owned(), periodic: Some(periodic), ..testkit::job(name) }
}

fn register(cluster: &mut Cluster, job: Job) -> JobKey {
    let key = job.key();
    let registration =
        JobRegistration { job, submission: None, enforce_index: None, eval: None, by: RegisteredBy::Caller };
    cluster.commit(Command::RegisterJob(Box::new(registration)));
    key
}

/// Seconds after [`START`] that children of a job were launched for.
fn launches(cluster: &Cluster, key: &JobKey) -> Vec<i64> {
    let second = |child: &JobKey| child.id.rsplit_once('-')?.1.parse::<i64>().ok();
    cluster.state.job_children(key).filter_map(second).map(|second| second - START).collect()
}

fn stop(cluster: &mut Cluster, key: &JobKey) {
    let command =
        Command::DeregisterJob { key: key.clone(), purge: false, no_shutdown_delay: false, eval: None };
    cluster.commit(command);
}

#[test]
fn every_slot_has_one_child_with_an_evaluation() {
    let mut cluster = Cluster::new(1);
    let key = register(&mut cluster, periodic("report", "* * * * *", false));
    cluster.pass(Nanos::from_secs(200));
    assert_eq!(launches(&cluster, &key), [20, 80, 140, 200]);
    let child = JobKey::new("default", format!("report/periodic-{}", START + 20));
    let eval = cluster.state.evals_of_job(&child).next().unwrap();
    assert_eq!((eval.trigger.as_str(), eval.priority), ("periodic-job", 50));
    let child = cluster.state.job(&child).unwrap();
    assert_eq!((child.parent_id.as_str(), child.periodic.is_some()), ("report", false));
}

#[test]
fn a_new_leader_launches_the_last_missed_slot_and_goes_on() {
    let mut cluster = Cluster::new(0);
    let key = register(&mut cluster, periodic("report", "* * * * *", false));
    cluster.pass(Nanos::from_secs(30));
    cluster.send(control::Event::LostLeadership);
    cluster.pass(Nanos::from_secs(170));
    assert_eq!(launches(&cluster, &key), [20], "nobody leads");
    cluster.now = cluster.now + Nanos::from_secs(25);
    cluster.elect();
    cluster.send(control::Event::Tick);
    cluster.pass(Nanos::from_secs(40));
    assert_eq!(launches(&cluster, &key), [20, 200, 260]);
}

#[test]
fn a_new_leader_launches_no_slot_twice() {
    let mut cluster = Cluster::new(0);
    let key = register(&mut cluster, periodic("report", "* * * * *", false));
    for _ in 0..12 {
        cluster.pass(Nanos::from_secs(10));
        cluster.elect();
    }
    cluster.pass(Nanos::from_secs(1));
    assert_eq!(launches(&cluster, &key), [20, 80]);
}

#[test]
fn a_job_without_overlap_leaves_slots_out_while_a_child_is_alive() {
    let mut cluster = Cluster::new(1);
    let key = register(&mut cluster, periodic("report", "* * * * *", true));
    cluster.pass(Nanos::from_secs(100));
    assert_eq!(launches(&cluster, &key), [20], "without nodes the first child waits");
    let child = cluster.state.job_children(&key).next().unwrap().clone();
    stop(&mut cluster, &child);
    let evals: Vec<_> = cluster.state.evals_of_job(&child).map(|eval| eval.as_ref().clone()).collect();
    let over = evals.into_iter().map(|mut eval| {
        eval.status = model::EvalStatus::Complete;
        eval
    });
    cluster.commit(Command::UpsertEvals(over.collect()));
    cluster.elect();
    cluster.pass(Nanos::from_secs(10));
    assert_eq!(launches(&cluster, &key), [20], "what was left out does not come later");
    cluster.pass(Nanos::from_secs(60));
    assert_eq!(launches(&cluster, &key), [20, 140]);
}

#[test]
fn stopped_disabled_and_changed_schedules_are_obeyed() {
    let mut cluster = Cluster::new(0);
    let key = register(&mut cluster, periodic("report", "* * * * *", false));
    cluster.pass(Nanos::from_secs(25));
    register(&mut cluster, periodic("report", "*/2 * * * *", false));
    cluster.pass(Nanos::from_secs(120));
    assert_eq!(launches(&cluster, &key), [20, 80]);
    let mut disabled = periodic("report", "* * * * *", false);
    disabled.periodic.iter_mut().for_each(|periodic| periodic.enabled = false);
    register(&mut cluster, disabled);
    cluster.pass(Nanos::from_secs(120));
    assert_eq!(launches(&cluster, &key), [20, 80]);
    register(&mut cluster, periodic("report", "* * * * *", false));
    stop(&mut cluster, &key);
    cluster.pass(Nanos::from_secs(120));
    assert_eq!(launches(&cluster, &key), [20, 80]);
}

#[test]
fn a_launch_can_be_forced_at_any_time() {
    let mut cluster = Cluster::new(0);
    let key = register(&mut cluster, periodic("report", "0 0 1 1 *", false));
    for second in [0, 1] {
        let eval = EvalId(second);
        let (child, command) = request::force_launch(&cluster.state, cluster.now, &key, eval).unwrap();
        assert_eq!(*child.id, format!("report/periodic-{}", START + i64::try_from(second).unwrap()));
        cluster.commit(command);
    }
    assert_eq!(launches(&cluster, &key), [0, 1]);
    let web = register(&mut cluster, testkit::job("web"));
    let refused = request::force_launch(&cluster.state, cluster.now, &web, EvalId(9)).unwrap_err();
    assert_eq!(refused.to_string(), "can't force launch non-periodic job");
}

fn dispatch(key: &JobKey) -> DispatchJob {
    DispatchJob {
        key: key.clone(),
        payload_bytes: 0,
        payload: None,
        meta: [("size".to_owned(), "10".to_owned())].into(),
        id_prefix: String::new(),
        priority: None,
        idempotency_token: String::new(),
        random: 0x2c42_dbb9,
        eval: EvalId(1),
    }
}

fn parameterized(cluster: &mut Cluster) -> JobKey {
    let rules = Parameterized {
        payload: "optional".to_owned(),
        meta_required: vec!["size".to_owned()],
        meta_optional: vec!["format".to_owned()],
    };
    let meta = [("owner".to_owned(), "ops".to_owned())].into();
    let job =
        Job { job_type: "batch".to_owned(), parameterized: Some(rules), meta, ..testkit::job("resize") };
    register(cluster, job)
}

#[test]
fn a_dispatch_makes_a_child_with_its_meta_and_payload() {
    let mut cluster = Cluster::new(0);
    let key = parameterized(&mut cluster);
    let wish = DispatchJob {
        payload_bytes: 6,
        payload: Some("cGl4ZWxz".to_owned()),
        id_prefix: "blue".to_owned(),
        priority: Some(70),
        idempotency_token: "once".to_owned(),
        ..dispatch(&key)
    };
    let made = request::dispatch_job(&cluster.state, cluster.now, wish.clone()).unwrap();
    let Dispatch::New(child, command) = made else { panic!("{made:?}") };
    assert_eq!(*child.id, format!("resize/dispatch-blue-{START}-2c42dbb9"));
    cluster.commit(*command);
    let stored = cluster.state.job(&child).unwrap();
    let meta: Vec<&str> = stored.meta.values().map(String::as_str).collect();
    assert_eq!((meta, stored.payload.as_deref(), stored.priority), (vec!["ops", "10"], Some("cGl4ZWxz"), 70));
    assert!(stored.dispatched && stored.parameterized.is_some());
    assert_eq!(cluster.state.evals_of_job(&child).count(), 1);
    let again = request::dispatch_job(&cluster.state, cluster.now, wish).unwrap();
    assert_eq!(again, Dispatch::Existing(child));
}

#[test]
fn dispatches_that_break_the_rules_are_refused() {
    let mut cluster = Cluster::new(0);
    let key = parameterized(&mut cluster);
    let web = register(&mut cluster, testkit::job("web"));
    let cases = [
        (
            DispatchJob { meta: Default::default(), ..dispatch(&key) },
            "Dispatch did not provide required meta keys: [size]",
        ),
        (
            DispatchJob {
                meta: [("size".to_owned(), String::new()), ("zz".to_owned(), String::new())].into(),
                ..dispatch(&key)
            },
            "Dispatch request included unpermitted metadata keys: [zz]",
        ),
        (
            DispatchJob { payload_bytes: 16_385, ..dispatch(&key) },
            "Payload exceeds maximum size; 16385 > 16384",
        ),
        (
            DispatchJob { id_prefix: "a b".to_owned(), ..dispatch(&key) },
            "Dispatch id prefix \"a b\" must not contain spaces or null characters",
        ),
        (DispatchJob { priority: Some(101), ..dispatch(&key) }, "Job priority must be between [1, 100]"),
        (dispatch(&web), "Specified job \"web\" is not a parameterized job"),
        (dispatch(&JobKey::new("default", "ghost")), "parameterized job not found"),
    ];
    for (wish, problem) in cases {
        let refused = request::dispatch_job(&cluster.state, cluster.now, wish).unwrap_err();
        assert_eq!(refused.to_string(), problem);
    }
    stop(&mut cluster, &key);
    let refused = request::dispatch_job(&cluster.state, cluster.now, dispatch(&key)).unwrap_err();
    assert_eq!(refused.to_string(), "Specified job \"resize\" is stopped");
}

fn scale(key: &JobKey, count: Option<i64>) -> ScaleJob {
    ScaleJob {
        key: key.clone(),
        group: testkit::job("web").task_groups[0].name.clone(),
        count,
        message: String::new(),
        error: false,
        meta: None,
        enforce_index: None,
        management: false,
        eval: EvalId(5),
    }
}

#[test]
fn scaling_obeys_policy_and_says_what_was_wrong() {
    let mut cluster = Cluster::new(0);
    let mut job = testkit::job("web");
    job.task_groups[0].scaling = Some(Scaling { min: 1, max: 5, ..Scaling::default() });
    let key = register(&mut cluster, job);
    let ask = |cluster: &Cluster, wish: ScaleJob| -> Result<Command, RequestError> {
        request::scale_job(&cluster.state, cluster.now, wish)
    };
    let cases = [
        (scale(&key, Some(0)), "group count was less than scaling policy minimum: 0 < 1"),
        (scale(&key, Some(50)), "group count was greater than scaling policy maximum: 50 > 5"),
        (scale(&key, Some(-1)), "scaling action count can't be negative"),
        (
            scale(&key, Some(1_000_000_000)),
            "total count was greater than configured job_max_count: 1000000000 > 50000",
        ),
        (
            ScaleJob { error: true, ..scale(&key, Some(3)) },
            "scaling action should not contain count if error is true",
        ),
        (
            ScaleJob { group: "x".to_owned(), ..scale(&key, Some(3)) },
            "task group \"x\" specified for scaling does not exist in job",
        ),
    ];
    for (wish, problem) in cases {
        assert_eq!(ask(&cluster, wish).unwrap_err().to_string(), problem);
    }
    let command = ask(&cluster, scale(&key, Some(4))).unwrap();
    cluster.commit(command);
    assert_eq!(cluster.state.job(&key).unwrap().task_groups[0].count, 4);
    let eval = cluster.state.eval(EvalId(5)).unwrap();
    assert_eq!(eval.trigger.as_str(), "job-scaling");
    let record = cluster.state.job_record(&key).unwrap();
    let events = record.scaling.values().next().unwrap();
    assert_eq!((events[0].count, events[0].eval), (Some(4), Some(EvalId(5))));
    assert_eq!(events[0].time, Timestamp(START * 1_000_000_000));
}
