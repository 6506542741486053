//! Registering and stopping jobs.

use model::{ClientStatus, EvalStatus, JobKey, JobSubmission, Periodic, VersionTag};
use state::{ApplyError, Command, Reply};
use testkit::{job, node_id};

use crate::world::World;

fn stop(key: &JobKey, purge: bool) -> Command {
    Command::DeregisterJob { key: key.clone(), purge, no_shutdown_delay: false, eval: None }
}

#[test]
fn a_registration_stores_version_0_with_its_evaluation() {
    let mut world = World::new();
    let web = world.register(job("web"));
    assert_eq!((web.version, web.create_index, web.job_modify_index, web.modify_index), (0, 1, 1, 1));
    assert_eq!((web.status.as_str(), web.submit_time), ("pending", Some(1_000_000_000)));
    let eval = world.open_eval(&web.key());
    assert_eq!((eval.create_index, eval.modify_index, eval.job_modify_index), (1, 1, 1));
    let summary = world.state.job_summary(&web.key()).unwrap();
    assert_eq!((summary.create_index, summary.modify_index, summary.groups.len()), (1, 1, 1));
}

#[test]
fn the_same_specification_makes_no_version_but_an_evaluation() {
    let mut world = World::new();
    let first = world.register(job("web"));
    let again = world.register(job("web"));
    assert_eq!(first, again);
    assert_eq!(world.state.evals_of_job(&again.key()).count(), 2);
}

#[test]
fn a_changed_specification_makes_a_version() {
    let mut world = World::new();
    world.register(job("web"));
    let mut changed = job("web");
    changed.priority = 70;
    let changed = world.register(changed);
    assert_eq!((changed.version, changed.create_index, changed.job_modify_index), (1, 1, 2));
    assert_eq!(world.state.job_versions(&changed.key()).count(), 2);
}

#[test]
fn enforced_indexes_refuse_what_the_caller_did_not_expect() {
    let mut world = World::new();
    let mut enforced = |wanted: u64, name: &str| {
        let mut registration = world.registration(job(name));
        registration.enforce_index = Some(wanted);
        world.apply(Command::RegisterJob(Box::new(registration))).reply.map_err(|error| error.to_string())
    };
    assert_eq!(enforced(7, "web").unwrap_err(), "Enforcing job modify index 7: job does not exist");
    assert_eq!(enforced(0, "web"), Ok(Reply::Done));
    assert_eq!(enforced(0, "web").unwrap_err(), "Enforcing job modify index 0: job already exists");
    assert_eq!(
        enforced(7, "web").unwrap_err(),
        "Enforcing job modify index 7: job exists with conflicting job modify index: 2"
    );
    assert_eq!(enforced(2, "web"), Ok(Reply::Done));
}

#[test]
fn a_job_needs_its_namespace() {
    let mut world = World::new();
    let mut lost = job("web");
    lost.namespace = "nowhere".to_owned();
    let registration = world.registration(lost);
    let error = world.refused(Command::RegisterJob(Box::new(registration)));
    assert_eq!(error.to_string(), "namespace \"nowhere\" not found");
}

#[test]
fn many_registrations_succeed_or_fail_alone() {
    let mut world = World::new();
    let mut lost = job("lost");
    lost.namespace = "nowhere".to_owned();
    let registrations = vec![world.registration(lost), world.registration(job("web"))];
    let Ok(Reply::Each(each)) = world.apply(Command::RegisterJobs(registrations)).reply else { panic!() };
    assert!(each[0].is_err());
    assert!(each[1].is_ok());
}

#[test]
fn six_versions_are_kept_and_those_tagged_stable_or_in_use() {
    let mut world = World::with_nodes(1);
    let key = job("web").key();
    for priority in 1..=12 {
        let mut web = job("web");
        web.priority = priority;
        if priority == 2 {
            world.run(web, &[node_id(0)]);
        } else {
            world.register(web);
        }
        if priority == 3 {
            world.done(Command::SetJobStability { key: key.clone(), version: 2, stable: true });
        }
    }
    let versions: Vec<u64> = world.state.job_versions(&key).map(|job| job.version).collect();
    assert_eq!(versions, [1, 2, 6, 7, 8, 9, 10, 11]);
}

#[test]
fn a_tag_given_by_hand_protects_a_version() {
    let mut state = state::Builder::new();
    for version in 0..9 {
        let mut web = job("web");
        web.version = version;
        web.version_tag = (version == 0).then(VersionTag::default);
        state = state.job(web);
    }
    let mut world = World::new();
    world.state = state.build();
    let mut changed = job("web");
    changed.priority = 1;
    let changed = world.register(changed);
    let kept = world.state.job_versions(&changed.key()).map(|job| job.version).min();
    assert_eq!(kept, Some(0));
}

#[test]
fn a_name_belongs_to_one_version_until_it_is_taken_away() {
    let mut world = World::new();
    let key = job("web").key();
    for priority in 1..=2 {
        let mut web = job("web");
        web.priority = priority;
        world.register(web);
    }
    let tag = |version, description: &str| Command::TagJobVersion {
        key: key.clone(),
        version,
        tag: Box::new(VersionTag {
            name: "good".to_owned(),
            description: description.to_owned(),
            tagged_time: 0,
        }),
    };
    world.done(tag(0, "first"));
    world.done(tag(0, "again"));
    let tagged = world.state.job_version(&key, 0).unwrap().version_tag.clone().unwrap();
    assert_eq!((tagged.description.as_str(), tagged.tagged_time), ("again", world.state.now.0));
    assert_eq!(
        world.refused(tag(1, "")).to_string(),
        "tag \"good\" already exists on a different version of job \"web\""
    );
    let untag = Command::UntagJobVersion { key: key.clone(), tag: "good".into() };
    world.done(untag.clone());
    assert_eq!(world.state.job_version(&key, 0).unwrap().version_tag, None);
    assert_eq!(world.refused(untag).to_string(), "tag \"good\" not found on job \"web\"");
    assert_eq!(world.refused(tag(7, "")).to_string(), "job \"web\" version 7 not found");
}

#[test]
fn stability_of_a_missing_version_is_refused() {
    let mut world = World::new();
    let key = job("ghost").key();
    let error = world.refused(Command::SetJobStability { key: key.clone(), version: 0, stable: true });
    assert_eq!(error, ApplyError::VersionNotFound(key, 0));
}

#[test]
fn a_job_is_pending_then_running_then_dead() {
    let mut world = World::with_nodes(1);
    let key = job("web").key();
    let ids = world.run(job("web"), &[node_id(0)]);
    assert_eq!(world.job_status(&key), "running");
    world.report(&ids, ClientStatus::Running);
    world.report(&ids, ClientStatus::Complete);
    assert_eq!(world.job_status(&key), "dead");
    world.register(job("web"));
    assert_eq!(world.job_status(&key), "pending");
}

#[test]
fn allocations_share_the_version_that_the_table_keeps() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    assert!(std::sync::Arc::ptr_eq(&world.alloc(ids[0]).job, world.state.job(&job("web").key()).unwrap()));
}

#[test]
fn a_stopped_job_has_a_version_that_says_so() {
    let mut world = World::new();
    let web = world.register(job("web"));
    world.done(stop(&web.key(), false));
    let stopped = world.state.job(&web.key()).unwrap();
    assert!(stopped.stop);
    assert_eq!((stopped.version, stopped.job_modify_index), (1, 2));
    world.done(stop(&web.key(), false));
    assert_eq!(world.state.job(&web.key()).unwrap().version, 1);
}

#[test]
fn a_purged_job_is_gone_and_its_allocations_keep_what_they_run() {
    let mut world = World::with_nodes(1);
    let key = job("web").key();
    let ids = world.run(job("web"), &[node_id(0)]);
    world.done(stop(&key, true));
    assert!(world.state.job(&key).is_none());
    assert!(world.state.job_summary(&key).is_none());
    assert_eq!(world.alloc(ids[0]).job.id, "web");
    let web = world.register(job("web"));
    world.report(&ids, ClientStatus::Running);
    let summary = world.state.job_summary(&web.key()).unwrap();
    assert_eq!(summary.groups["web"].running, 0, "an allocation of the purged job is not counted");
    assert_eq!(world.refused(stop(&job("ghost").key(), false)), ApplyError::JobNotFound(job("ghost").key()));
}

#[test]
fn a_parent_counts_its_children() {
    let mut world = World::with_nodes(1);
    let mut parent = job("nightly");
    parent.periodic = Some(Periodic::default());
    let parent = world.register(parent);
    assert_eq!(world.job_status(&parent.key()), "running");
    let mut child = job("nightly/periodic-1");
    child.parent_id = "nightly".to_owned();
    let key = child.key();
    let ids = world.run(child, &[node_id(0)]);
    let children = |world: &World| {
        let children = world.state.job_summary(&parent.key()).unwrap().children;
        (children.pending, children.running, children.dead)
    };
    assert_eq!(children(&world), (0, 1, 0));
    world.report(&ids, ClientStatus::Complete);
    assert_eq!(children(&world), (0, 0, 1));
    world.done(stop(&key, true));
    assert_eq!(children(&world), (0, 0, 0));
    assert_eq!(world.state.job_children(&parent.key()).count(), 0);
}

#[test]
fn a_submission_belongs_to_the_version_it_made() {
    let mut world = World::new();
    let mut registration = world.registration(job("web"));
    registration.submission = Some(JobSubmission { source: "job {}".to_owned(), ..JobSubmission::default() });
    world.done(Command::RegisterJob(Box::new(registration)));
    let submission = world.state.submission(&job("web").key(), 0).unwrap();
    assert_eq!((submission.job_id.as_str(), submission.job_modify_index), ("web", 1));
}

#[test]
fn a_successful_evaluation_cancels_blocked_ones_of_its_job() {
    let mut world = World::new();
    let web = world.register(job("web"));
    let mut blocked = world.eval(&web);
    blocked.status = EvalStatus::Blocked;
    let mut done = world.eval(&web);
    done.status = EvalStatus::Complete;
    world.done(Command::UpsertEvals(vec![blocked.clone(), done.clone()]));
    let canceled = world.state.eval(blocked.id).unwrap();
    assert_eq!(canceled.status, EvalStatus::Canceled);
    assert_eq!(&*canceled.status_description, format!("evaluation \"{}\" successful", done.id));
}
