//! Requests that are refused, and what others become.

use std::sync::Arc;

use control::EvalIds;
use control::request::{self, EvaluateJob, RegisterJob, RequestError};
use model::{AllocUpdate, ClientStatus, EvalTrigger, Job, JobKey, Nanos, NodeStatus, TaskStates, Timestamp};
use state::{Builder, Command, State};
use testkit::{alloc, eval_id, node, node_id};

const NOW: Timestamp = Timestamp(1_000_000_000_000);

fn registration(job: Job) -> RegisterJob {
    RegisterJob {
        job,
        submission: None,
        enforce_index: None,
        preserve_counts: false,
        eval_priority: None,
        management: false,
        eval: eval_id(1),
    }
}

fn refuse(state: &State, request: RegisterJob, expected: &str) {
    let error = request::register_job(state, NOW, "global", request).expect_err("refused");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_job_that_cannot_live_here_is_refused() {
    let state = Builder::new().build();
    let with = |change: fn(&mut Job)| {
        let mut job = testkit::job("web");
        change(&mut job);
        registration(job)
    };
    refuse(&state, with(|job| job.id.clear()), "Job ID hasn't been provided");
    refuse(
        &state,
        with(|job| job.namespace = "team".to_owned()),
        "job \"web\" is in nonexistent namespace \"team\"",
    );
    refuse(
        &state,
        with(|job| job.node_pool = "gpu".to_owned()),
        "job \"web\" is in nonexistent node pool \"gpu\"",
    );
    refuse(
        &state,
        with(|job| job.region = "mars".to_owned()),
        "job belongs to region \"mars\", this is region \"global\"",
    );
    refuse(
        &state,
        with(|job| job.task_groups[0].count = -1),
        "1 error occurred:\n\t* Task group web validation failed: Task group count can't be negative\n\n",
    );
}

#[test]
fn a_registration_checks_the_index_it_is_told() {
    let mut known = testkit::job("web");
    known.job_modify_index = 286;
    let state = Builder::new().job(known).build();
    let check = |index| RegisterJob { enforce_index: Some(index), ..registration(testkit::job("web")) };
    refuse(
        &state,
        check(2),
        "Enforcing job modify index 2: job exists with conflicting job modify index: 286",
    );
    refuse(&state, check(0), "Enforcing job modify index 0: job already exists");
    let check = |index| RegisterJob { enforce_index: Some(index), ..registration(testkit::job("api")) };
    refuse(&state, check(2), "Enforcing job modify index 2: job does not exist");
}

#[test]
fn a_periodic_job_is_registered_without_an_evaluation() {
    let mut job = testkit::batch_job("nightly");
    job.periodic = Some(model::Periodic::default());
    let command =
        request::register_job(&State::new(), NOW, "global", registration(job)).expect("valid in a test");
    let Command::RegisterJob(registration) = command else { panic!() };
    assert!(registration.eval.is_none());
    let state = Builder::new().job(registration.job).build();
    let request =
        EvaluateJob { key: JobKey::new("default", "nightly"), force_reschedule: false, eval: eval_id(2) };
    let error = request::evaluate_job(&state, NOW, &request).expect_err("refused");
    assert_eq!(error.to_string(), "can't evaluate periodic job");
}

fn report(id: model::AllocId, status: ClientStatus) -> AllocUpdate {
    AllocUpdate {
        id,
        status,
        description: "".into(),
        tasks: TaskStates::default(),
        healthy: None,
        network: None,
        services: Vec::new(),
    }
}

#[test]
fn failures_of_one_job_make_one_evaluation_and_foreign_reports_are_dropped() {
    let job = Arc::new(testkit::job("web"));
    let allocs: Vec<_> = (1..=3).map(|number| alloc(&job, number, &node(1))).collect();
    let ids: Vec<_> = allocs.iter().map(|alloc| alloc.id).collect();
    let state = Builder::new().node(node(1)).job(job).allocs(allocs).build();
    let updates = || ids.iter().map(|id| report(*id, ClientStatus::Failed)).collect();
    let mut source = EvalIds::new(1);
    let command =
        request::update_allocs(&state, NOW, &mut source, node_id(1), updates()).expect("valid in a test");
    let Command::UpdateAllocs { updates: kept, evals } = command else { panic!() };
    assert_eq!((kept.len(), evals.len()), (3, 1));
    assert_eq!(evals[0].trigger, EvalTrigger::AllocFailure);
    let command =
        request::update_allocs(&state, NOW, &mut source, node_id(2), updates()).expect("valid in a test");
    assert_eq!(command, Command::UpdateAllocs { updates: Vec::new(), evals: Vec::new() });
    let flood = vec![report(ids[0], ClientStatus::Running); 5_000];
    let error = request::update_allocs(&state, NOW, &mut source, node_id(1), flood).expect_err("refused");
    assert_eq!(error, RequestError::TooManyUpdates { got: 5_000, limit: 4_096 });
}

#[test]
fn a_service_that_ended_although_it_is_wanted_is_looked_at_again() {
    let evals = |kind: &str, status| {
        let mut job = testkit::job("web");
        kind.clone_into(&mut job.job_type);
        let job = Arc::new(job);
        let one = alloc(&job, 1, &node(1));
        let updates = vec![report(one.id, status)];
        let state = Builder::new().node(node(1)).job(job).allocs([one]).build();
        let command = request::update_allocs(&state, NOW, &mut EvalIds::new(1), node_id(1), updates);
        let Ok(Command::UpdateAllocs { evals, .. }) = command else { panic!("valid in a test") };
        evals.len()
    };
    assert_eq!(evals("service", ClientStatus::Complete), 1);
    assert_eq!(evals("batch", ClientStatus::Complete), 0);
    assert_eq!(evals("service", ClientStatus::Running), 0);
}

#[test]
fn a_node_whose_allocations_may_come_back_is_not_given_up() {
    let plain = testkit::job("web");
    let mut patient = testkit::job("db");
    patient.task_groups[0].disconnect =
        Some(model::Disconnect { lost_after: Some(Nanos::from_mins(60)), ..model::Disconnect::default() });
    let (plain, patient) = (Arc::new(plain), Arc::new(patient));
    let state = |jobs: &[&Arc<Job>]| {
        let allocs = jobs.iter().map(|job| alloc(job, 1, &node(1)));
        let built = jobs.iter().fold(Builder::new().node(node(1)), |built, job| built.job(Arc::clone(job)));
        built.allocs(allocs).build()
    };
    let change = |state: &State, status| {
        let command = request::set_status(state, NOW, &mut EvalIds::new(1), node_id(1), status)
            .expect("valid in a test");
        let Command::SetNodeStatus { status, evals, .. } = command else { panic!() };
        let jobs: Vec<String> = evals.iter().map(|eval| eval.job.id.to_string()).collect();
        (status, jobs.join(" "))
    };
    let both = state(&[&plain, &patient]);
    assert_eq!(change(&both, NodeStatus::Disconnected), (NodeStatus::Disconnected, "db".to_owned()));
    assert_eq!(change(&both, NodeStatus::Down), (NodeStatus::Disconnected, "web".to_owned()));
    assert_eq!(change(&both, NodeStatus::Ready), (NodeStatus::Ready, "db web".to_owned()));
    let one = state(&[&plain]);
    assert_eq!(change(&one, NodeStatus::Disconnected), (NodeStatus::Disconnected, String::new()));
    assert_eq!(change(&one, NodeStatus::Down), (NodeStatus::Down, "web".to_owned()));
}

#[test]
fn a_dry_run_says_what_a_registration_would_do_and_changes_nothing() {
    let state = Builder::new().index(10).node(node(1)).build();
    let mut job = testkit::job("web");
    job.task_groups[0].count = 10;
    let report = request::plan_job(&state, NOW, "global", job, 1).expect("a valid job");
    let updates = report.annotations.expect("annotations").groups["web"];
    assert_eq!((updates.place, updates.stop), (10, 0));
    assert_eq!(report.failed["web"].coalesced_failures, 1);
    assert_eq!(state.jobs().count(), 0);
}
