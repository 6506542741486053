//! `…/explain` and `/v1/whatif` on the cluster of the recordings.

use expect_test::expect;
use serde_json::{Value, json};

use super::populate::World;

async fn get(world: &World, path: &str) -> Value {
    let answer = world.ask("GET", path, None).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

#[tokio::test]
async fn a_group_that_fits_is_explained_by_its_scores() {
    let world = World::populated().await;
    let json = get(&world, "/v1/job/web/explain").await;
    let group = &json["Groups"][0];
    assert_eq!(
        (&json["JobID"], &group["NodesTotal"], &group["Changes"]),
        (&json!("web"), &json!(1), &Value::Null)
    );
    let node = &group["Nodes"][0];
    assert_eq!(
        (&node["Verdict"], &node["Chosen"], &node["Rank"]),
        (&json!("scored"), &json!(true), &json!(1))
    );
    assert!(node["Scores"]["pack"].as_f64().unwrap() > 0.0, "{node}");
    assert_eq!(group["NodeID"], node["NodeID"]);
}

#[tokio::test]
async fn a_group_that_does_not_fit_says_what_would_help() {
    let world = World::populated().await;
    let json = get(&world, "/v1/job/too-big/explain").await;
    let group = &json["Groups"][0];
    let mut change = group["Changes"][0].clone();
    change["NodeID"] = json!("…");
    expect![[r#"
        {
          "Kind": "lower",
          "Resource": "memory",
          "Unit": "MiB",
          "Task": "eat",
          "From": 990000,
          "To": 81676,
          "NodeID": "…",
          "NodeName": "node-1"
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&change).unwrap());
    assert_eq!((&group["NodeID"], &group["Queued"]), (&json!(""), &group["Count"]));
    // Its blocked evaluation says the same.
    let evals = get(&world, "/v1/job/too-big/evaluations").await;
    let id = evals[0]["ID"].as_str().unwrap();
    let of_eval = get(&world, &format!("/v1/evaluation/{id}/explain")).await;
    assert_eq!(of_eval["Groups"][0]["Changes"], group["Changes"]);
}

#[tokio::test]
async fn an_allocation_is_explained_as_if_it_was_placed_now() {
    let world = World::populated().await;
    let allocs = get(&world, "/v1/job/web/allocations").await;
    let id = allocs[0]["ID"].as_str().unwrap();
    let json = get(&world, &format!("/v1/allocation/{id}/explain")).await;
    assert_eq!(json["RunsOn"], allocs[0]["NodeID"]);
    assert_eq!(json["Groups"][0]["NodeID"], allocs[0]["NodeID"]);
}

#[tokio::test]
async fn one_node_and_pages_of_nodes_are_shown_on_demand() {
    let world = World::populated().await;
    let nodes = |json: &Value| json["Groups"][0]["Nodes"].as_array().map_or(0, Vec::len);
    let name = get(&world, "/v1/nodes").await[0]["Name"].as_str().unwrap().to_owned();
    assert_eq!(nodes(&get(&world, &format!("/v1/job/web/explain?node={name}")).await), 1);
    assert_eq!(nodes(&get(&world, "/v1/job/web/explain?node=elsewhere").await), 0);
    assert_eq!(nodes(&get(&world, "/v1/job/web/explain?all=true&next_token=1").await), 0);
    for (path, text) in [
        ("/v1/job/nothing/explain", "job not found"),
        ("/v1/job/web/explain?group=x", "job default/web has no group \"x\""),
        ("/v1/job/web/explain?next_token=x", "next_token must be a number of nodes"),
    ] {
        let answer = world.ask("GET", path, None).await;
        assert!((400..405).contains(&answer.status), "{path}: {}", answer.status);
        assert_eq!(answer.text.trim_end(), text, "{path}");
    }
}

#[tokio::test]
async fn what_would_happen_is_answered_and_nothing_is_written() {
    let world = World::populated().await;
    let index = http_api::Watch::snapshot(&*world.fake).index;
    let name = get(&world, "/v1/nodes").await[0]["Name"].as_str().unwrap().to_owned();
    let ask = async |body: Value| {
        let answer = world.put("/v1/whatif", &body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text);
        answer.json()
    };
    let drained = ask(json!({"Drain": {"Nodes": [name]}})).await;
    assert_eq!((&drained["After"]["NodesReady"], &drained["After"]["Allocs"]), (&json!(0), &json!(0)));
    assert!(drained["Unplaced"].as_array().unwrap().iter().any(|one| one["JobID"] == "web"), "{drained}");
    let added = ask(json!({"Add": {"Count": 2, "Like": name}})).await;
    assert_eq!(added["After"]["NodesReady"], json!(3));
    let scaled = ask(json!({"Scale": {"JobID": "web", "Count": 3}})).await;
    assert_eq!(scaled["Unplaced"], Value::Null, "{scaled}");
    for (body, text) in [
        (json!({}), "exactly one of Drain, Lose, Add, Run and Scale must be given"),
        (json!({"Drain": {"Nodes": ["x"]}}), "no node has the name or id \"x\""),
        (json!({"Lose": {"Meta": {"rack": "r7"}}}), "no node has all of what is asked for"),
        (json!({"Scale": {"JobID": "x", "Count": 1}}), "job not found"),
    ] {
        let answer = world.put("/v1/whatif", &body).await;
        assert_eq!(answer.text.trim_end(), text, "{body}");
        assert!((400..405).contains(&answer.status), "{body}: {}", answer.status);
    }
    assert_eq!(http_api::Watch::snapshot(&*world.fake).index, index);
}

#[tokio::test]
async fn a_plan_says_of_every_node_what_is_asked_for() {
    let world = World::populated().await;
    let job = get(&world, "/v1/job/too-big").await;
    let plan = async |explain: bool| {
        let answer = world.put("/v1/job/too-big/plan", &json!({"Job": job, "Explain": explain})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    };
    let explained = plan(true).await;
    let group = &explained["Explained"][0];
    assert_eq!((&group["NodesTotal"], &group["Nodes"][0]["Verdict"]), (&json!(1), &json!("exhausted")));
    assert_eq!(group["Changes"][0]["Kind"], "lower");
    assert_eq!(plan(false).await.get("Explained"), None);
}
