//! Scaling policies are read as recorded, for as long as their job is not stopped.

use serde_json::{Value, json};

use super::populate::World;
use super::shapes::check;

#[tokio::test]
async fn policies_read_as_recorded() {
    check(
        &World::populated().await,
        &[
            ("370-scaling-policies", ""),
            ("371-scaling-policy", "/v1/scaling/policy/{policy}"),
            ("373-scaling-policy-404", ""),
            ("374-scaling-policies-type", ""),
            ("395-search-scaling", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_policy_keeps_its_id_and_says_when_it_changed() {
    let world = World::populated().await;
    let policy = async |world: &World| world.get("/v1/scaling/policies?job=web").await.json()[0].clone();
    let before = policy(&world).await;
    let mut job = world.get("/v1/job/web").await.json();
    job["TaskGroups"][0]["Meta"] = json!({"other": "value"});
    world.put("/v1/jobs", &json!({ "Job": job })).await;
    assert_eq!(policy(&world).await, before, "the job changed, its policy did not");
    job["TaskGroups"][0]["Scaling"]["Max"] = json!(9);
    world.put("/v1/jobs", &json!({ "Job": job })).await;
    let after = policy(&world).await;
    assert_eq!((&after["ID"], &after["CreateIndex"]), (&before["ID"], &before["CreateIndex"]));
    assert!(after["ModifyIndex"].as_u64() > before["ModifyIndex"].as_u64(), "{after}");
    assert_eq!(world.get("/v1/scaling/policies?type=vertical_cpu").await.json(), json!([]));
    assert_eq!(world.get("/v1/scaling/policies?job=nope").await.json(), json!([]));

    job["Stop"] = Value::Bool(true);
    world.put("/v1/jobs", &json!({ "Job": job })).await;
    assert_eq!(world.get("/v1/scaling/policies").await.json(), json!([]));
}
