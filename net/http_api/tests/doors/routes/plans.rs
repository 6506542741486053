//! Dry runs of `testdata/plan`: the old job runs, the new one is planned, and the answer is the recorded one but for
//! ids, indexes and times.

use std::fs;
use std::path::PathBuf;

use http_api::Watch;
use model::{
    AllocUpdate, ClientStatus, DeploymentStatus, DeploymentUpdate, Name, Node, RunState, TaskStates,
};
use serde_json::{Value, json};
use state::Command;

use super::populate::World;
use super::replay::testdata;

/// What differs in every run, wherever it stands.
const VARYING: [&str; 11] = [
    "AllocationTime",
    "ClassEligibility",
    "CreateTime",
    "ID",
    "Index",
    "JobModifyIndex",
    "ModifyTime",
    // Of our own: the recordings have none.
    "NearestMiss",
    "NodeID",
    "PreviousEval",
    "ScoreMetaData",
];

/// The node that the plans were recorded on.
fn node() -> Node {
    let mut node = testkit::node(1);
    node.class = Name::from("");
    node.resources.cpu_mhz = 5192;
    node.resources.memory_mb = 24 * 1024;
    let info = node.drivers.values().next().unwrap().clone();
    node.drivers.insert(Name::from("raw_exec"), info);
    for (key, value) in [
        ("driver.raw_exec", "1"),
        ("kernel.arch", "x86_64"),
        ("nomad.service_discovery", "true"),
        ("nomad.version", "2.0.5"),
    ] {
        node.attributes.insert(Name::from(key), Name::from(value));
    }
    node
}

/// A recorded plan.
struct Case {
    name: String,
    folder: PathBuf,
}

impl Case {
    fn all() -> Vec<Case> {
        let folders = fs::read_dir(testdata("plan")).unwrap().map(|entry| entry.unwrap().path());
        let mut cases: Vec<Case> = folders
            .map(|folder| Case { name: folder.file_name().unwrap().to_str().unwrap().to_owned(), folder })
            .collect();
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        cases
    }

    fn file(&self, name: &str) -> Option<Value> {
        let path = self.folder.join(name);
        path.exists().then(|| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    }

    /// Runs the old job until nothing happens any more.
    async fn world(&self) -> World {
        let world = World::with_node(node());
        let Some(old) = self.file("old.json") else { return world };
        let answer = world.put("/v1/jobs", &json!({ "Job": old })).await;
        assert_eq!(answer.status, 200, "{}: {}", self.name, answer.text);
        world.settle();
        succeed(&world);
        if self.name == "stopped-restart" {
            let path = format!("/v1/job/{}", old["ID"].as_str().unwrap());
            assert_eq!(world.ask("DELETE", &path, None).await.status, 200);
            world.settle();
            end_stopped(&world);
        }
        world
    }

    /// Says in what the answer differs from the recorded one.
    async fn differences(&self) -> Vec<String> {
        let new = self.file("new.json").unwrap();
        let path = format!("/v1/job/{}/plan", new["ID"].as_str().unwrap());
        let answer = self.world().await.put(&path, &json!({ "Job": new, "Diff": true })).await;
        let want = self.file("plan.json").unwrap();
        let mut found = Vec::new();
        if let Some(status) = want.get("status") {
            let got = (answer.status, answer.text.trim_end());
            let want = (status.as_u64().unwrap(), want["body"].as_str().unwrap().trim_end());
            if (u64::from(got.0), got.1) != want {
                found.push(format!("{}: want {want:?}, got {got:?}", self.name));
            }
            return found;
        }
        compare(&self.name, &want, &answer.json(), &mut found);
        found
    }
}

/// Ends the running deployments well.
fn succeed(world: &World) {
    let state = world.fake.snapshot();
    for deployment in state.deployments().filter(|deployment| deployment.status.is_active()) {
        let update = DeploymentUpdate {
            id: deployment.id,
            status: DeploymentStatus::Successful,
            description: Name::from("Deployment completed successfully"),
        };
        world.fake.apply(Command::SetDeploymentStatus { update, job: None, eval: None });
    }
}

/// What the client says of allocations that were told to stop.
fn end_stopped(world: &World) {
    let state = world.fake.snapshot();
    let stopped = state.allocs().filter(|alloc| alloc.desired != model::DesiredStatus::Run);
    let updates = stopped.map(|alloc| {
        let mut tasks = TaskStates::default();
        for (name, task) in alloc.tasks.iter() {
            let mut task = task.clone();
            task.state = RunState::Dead;
            tasks.insert(name.clone(), task);
        }
        AllocUpdate {
            id: alloc.id,
            status: ClientStatus::Complete,
            description: Name::from("All tasks have completed"),
            tasks,
            healthy: None,
            network: None,
            services: Vec::new(),
        }
    });
    let updates = updates.collect();
    world.fake.apply(Command::UpdateAllocs { updates, evals: Vec::new() });
}

/// Adds a line for every place where `got` is not `want`, ids and times apart.
fn compare(place: &str, want: &Value, got: &Value, found: &mut Vec<String>) {
    match (want, got) {
        (Value::Object(want), Value::Object(got)) => {
            let keys: std::collections::BTreeSet<&String> = want.keys().chain(got.keys()).collect();
            for key in keys.into_iter().filter(|key| !VARYING.contains(&key.as_str())) {
                let place = format!("{place}.{key}");
                match (want.get(key), got.get(key)) {
                    (Some(want), Some(got)) => compare(&place, want, got, found),
                    (Some(want), None) => found.push(format!("{place}: missing, want {want}")),
                    (None, Some(got)) => found.push(format!("{place}: too much, {got}")),
                    (None, None) => {}
                }
            }
        }
        (Value::Array(want), Value::Array(got)) if want.len() == got.len() => {
            for (at, (want, got)) in want.iter().zip(got).enumerate() {
                compare(&format!("{place}[{at}]"), want, got, found);
            }
        }
        _ if want == got => {}
        _ => found.push(format!("{place}: want {want}, got {got}")),
    }
}

#[tokio::test]
async fn plans_are_answered_as_recorded() {
    let cases = Case::all();
    assert_eq!(cases.len(), 31);
    let mut found = Vec::new();
    for case in &cases {
        found.extend(case.differences().await);
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}
