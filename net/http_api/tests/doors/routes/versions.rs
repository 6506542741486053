//! Versions, names, counts, children and statuses of jobs, as recorded.

use model::JobKey;
use serde_json::{Value, json};

use http_api::Watch;

use super::populate::World;
use super::replay::Recording;
use super::shapes::RULES;

/// Sends recorded requests in turn.
async fn check(world: &World, recordings: &[&str]) {
    let mut found = Vec::new();
    for name in recordings {
        let recording = Recording::load(name);
        let answer = recording.send(world, None).await;
        found.extend(recording.differences(&answer, RULES));
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

async fn register(world: &World, job: &Value) {
    let answer = world.put("/v1/jobs", &json!({ "Job": job })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// A job of the recordings in two versions.
async fn with_two_versions() -> World {
    let world = World::populated().await;
    let first = Recording::load("503-job-register");
    assert_eq!(first.send(&world, None).await.status, 200);
    let mut job = world.get("/v1/job/w-one").await.json();
    job["Priority"] = 9.into();
    register(&world, &job).await;
    world
}

#[tokio::test]
async fn versions_are_gone_back_to_as_recorded() {
    let world = with_two_versions().await;
    check(
        &world,
        &[
            "535-jobw-revert",
            "536-jobw-revert-current",
            "538-jobw-revert-enforce",
            "539-jobw-revert-mismatch",
            "541-jobw-stable-404",
        ],
    )
    .await;
    let job = world.get("/v1/job/w-one").await.json();
    assert_eq!((&job["Version"], &job["Priority"]), (&json!(2), &json!(50)));
    let revert = json!({ "JobID": "w-one", "JobVersion": 1, "EnforcePriorVersion": 2 });
    assert_eq!(world.put("/v1/job/w-one/revert", &revert).await.status, 200);
    let missing = json!({ "JobID": "w-one", "JobVersion": 88 });
    let answer = world.put("/v1/job/w-one/revert", &missing).await;
    let text = "job \"w-one\" in namespace \"default\" at version 88 not found";
    assert_eq!((answer.status, answer.text.as_str()), (500, text));
}

#[tokio::test]
async fn an_old_version_comes_back_with_its_text() {
    let world = World::populated().await;
    let revert = json!({ "JobID": "versioned", "JobVersion": 0 });
    assert_eq!(world.put("/v1/job/versioned/revert", &revert).await.status, 200);
    let text = |answer: super::populate::Answer| answer.json()["Source"].clone();
    let first = text(world.get("/v1/job/versioned/submission?version=0").await);
    let newest = text(world.get("/v1/job/versioned/submission?version=3").await);
    assert!(first.as_str().is_some_and(|source| source.contains("job \"versioned\"")), "{first}");
    assert_eq!(first, newest);
}

#[tokio::test]
async fn versions_are_named_as_recorded() {
    let world = with_two_versions().await;
    check(&world, &["542-jobw-tag", "544-jobw-tag-404", "545-jobw-tag-badversion", "548-jobw-tag-get"]).await;
    let versions = world.get("/v1/job/w-one/versions?diffs=true&diff_tag=mytag").await.json();
    assert_eq!(versions["Versions"][1]["VersionTag"]["Name"], "mytag");
    assert_eq!(versions["Diffs"][0]["Fields"][0]["Name"], "Priority");
    let taken = world.put("/v1/job/w-one/versions/mytag/tag", &json!({ "Version": 1 })).await;
    let text = "tag \"mytag\" already exists on a different version of job \"w-one\"";
    assert_eq!((taken.status, taken.text.as_str()), (500, text));
    assert_eq!(world.ask("DELETE", "/v1/job/w-one/versions/mytag/tag", None).await.status, 200);
    check(&world, &["547-jobw-untag-404"]).await;
}

#[tokio::test]
async fn groups_are_scaled_as_recorded() {
    let world = World::populated().await;
    assert_eq!(Recording::load("503-job-register").send(&world, None).await.status, 200);
    check(
        &world,
        &[
            "091-job-scale-web",
            "094-job-scale-ghost",
            "529-jobw-scale-min",
            "530-jobw-scale-max",
            "533-jobw-scale-count-error",
            "709-jobw-scale-null",
        ],
    )
    .await;
    let scale = json!({ "Count": 2, "Target": { "Group": "g" }, "Message": "up" });
    let answer = world.put("/v1/job/w-one/scale", &scale).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let status = world.get("/v1/job/w-one/scale").await.json();
    let group = &status["TaskGroups"]["g"];
    assert_eq!((&group["Desired"], &group["Events"][0]["Message"]), (&json!(2), &json!("up")));
    assert_eq!(group["Events"][0]["EvalID"], answer.json()["EvalID"]);
    check(&world, &["710-jobw-scale-status-events"]).await;
}

#[tokio::test]
async fn children_are_made_as_recorded() {
    let world = World::populated().await;
    let mut job = Recording::load("519-job-register-periodic").request_body()["Job"].clone();
    register(&world, &job).await;
    job["ID"] = "w-par".into();
    job["Periodic"] = Value::Null;
    job["ParameterizedJob"] = json!({ "MetaRequired": ["a"] });
    register(&world, &job).await;
    check(
        &world,
        &[
            "550-jobw-dispatch-nometa",
            "551-jobw-dispatch-extra-meta",
            "553-jobw-dispatch-404",
            "554-jobw-dispatch-idem",
            "556-jobw-dispatch-prefix",
            "559-jobw-force",
            "560-jobw-force-notperiodic",
        ],
    )
    .await;
    let again = Recording::load("554-jobw-dispatch-idem").send(&world, None).await.json();
    let state = world.fake.snapshot();
    let children: Vec<_> = state.job_children(&JobKey::new("default", "w-par")).collect();
    assert_eq!(children.len(), 2, "the token made one child, the prefix another");
    assert!(children.iter().any(|child| again["DispatchedJobID"] == *child.id));
    assert!(children.iter().any(|child| child.id.starts_with("w-par/dispatch-blue-")), "{children:?}");
}

#[tokio::test]
async fn a_payload_reaches_the_child() {
    let world = World::populated().await;
    let mut job = Recording::load("519-job-register-periodic").request_body()["Job"].clone();
    job["Periodic"] = Value::Null;
    job["ParameterizedJob"] = json!({ "Payload": "required" });
    register(&world, &job).await;
    let answer = world.ask("PUT", "/v1/job/w-per/dispatch/payload", Some("raw bytes".to_owned())).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let child = answer.json()["DispatchedJobID"].as_str().unwrap().replace('/', "%2F");
    assert_eq!(world.get(&format!("/v1/job/{child}")).await.json()["Payload"], "cmF3IGJ5dGVz");
    let nothing = world.put("/v1/job/w-per/dispatch", &json!({})).await;
    assert_eq!((nothing.status, nothing.text.contains("Payload is not provided")), (500, true));
}

#[tokio::test]
async fn statuses_and_actions_read_as_recorded() {
    let world = World::populated().await;
    check(
        &world,
        &[
            "099-job-actions-web",
            "102-job-actions-ghost",
            "120-statuses-get",
            "123-statuses-post-empty",
            "124-statuses-reverse",
            "126-statuses-bad-filter",
            "127-statuses-ns",
        ],
    )
    .await;
    let named = json!({ "Jobs": [{ "ID": "team-job", "Namespace": "team-a" }, { "ID": "web" }] });
    let answer = world.ask("POST", "/v1/jobs/statuses", Some(named.to_string())).await.json();
    let ids: Vec<&str> = answer.as_array().unwrap().iter().map(|job| job["ID"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
    let first = world.get("/v1/jobs/statuses?per_page=1").await.json();
    let newest = world.get("/v1/jobs/statuses").await.json();
    assert_eq!(first[0], newest[0]);
}
