//! The cluster of the recordings: the same jobs, run by the production scheduler on one node.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use http_api::cluster::Cluster;
use http_api::routes;
use http_api::{Api, ApiConfig, Watch};
use http_body_util::BodyExt;
use model::{
    Alloc, AllocUpdate, ClientStatus, EvalStatus, Name, Nanos, NetworkStatus, Node, RunState, Service,
    ServiceInstance, TaskEvent, TaskEventKind, TaskState, TaskStates, Timestamp,
};
use serde_json::{Value, json};
use state::Command;
use state::apply::PlanCommit;
use tower::ServiceExt;
use wire::http::Door;

use super::fake::Fake;

/// The API of a fake server.
pub(super) struct World {
    pub(super) fake: Arc<Fake>,
    api: Api<Fake>,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) index: u64,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error}: {} {:?}", self.status, self.text))
    }
}

impl World {
    /// The node of the recordings, and nothing else.
    pub(super) fn empty() -> World {
        let mut node = testkit::big_node(1);
        for driver in ["raw_exec", "exec"] {
            let info = node.drivers.values().next().unwrap().clone();
            node.drivers.insert(Name::from(driver), info);
            node.attributes.insert(Name::from(format!("driver.{driver}")), Name::from("1"));
        }
        for (key, value) in [("nomad.service_discovery", "true"), ("nomad.version", "2.0.5")] {
            node.attributes.insert(Name::from(key), Name::from(value));
        }
        node.meta.insert(Name::from("rack"), Name::from("r1"));
        World::with_node(node)
    }

    /// A cluster of one node.
    pub(super) fn with_node(node: Node) -> World {
        let fake = Arc::new(Fake::new());
        let api = Api::new(ApiConfig::default(), routes::all(), Arc::clone(&fake));
        fake.apply(Command::InitCluster { id: Name::from("c") });
        fake.apply(Command::RegisterNode { node: Box::new(node), evals: Vec::new() });
        World { fake, api }
    }

    /// The cluster of the recordings.
    pub(super) async fn populated() -> World {
        let world = World::empty();
        world.put("/v1/namespace", &json!({ "Name": "team-a", "Description": "Team A" })).await;
        world
            .put(
                "/v1/node/pools",
                &json!({ "Name": "gpu", "Description": "GPU nodes", "Meta": { "vendor": "x" } }),
            )
            .await;
        for job in [
            "web",
            "batch-fail",
            "too-big",
            "canary-v1",
            "versioned-v1",
            "versioned-v2",
            "versioned-v3",
            "canary-v2",
            "team-job",
            "monitor-sys",
            "gpu-train",
            "nightly-report",
        ] {
            world.run_file(job).await;
            world.settle();
        }
        world
    }

    /// Parses a job file of the recordings and registers it.
    pub(super) async fn run_file(&self, name: &str) {
        let path = super::replay::testdata(&format!("api/jobs/{name}.nomad.hcl"));
        let source = std::fs::read_to_string(path).unwrap();
        let parsed = self.put("/v1/jobs/parse", &json!({ "JobHCL": source, "Canonicalize": true })).await;
        assert_eq!(parsed.status, 200, "{name}: {}", parsed.text);
        let submission = json!({ "Source": source, "Format": "hcl2" });
        let body = json!({ "Job": parsed.json(), "Submission": submission });
        let answer = self.put("/v1/jobs", &body).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None).await
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask("PUT", path, Some(body.to_string())).await
    }

    /// Sends one request through the unix socket's door.
    pub(super) async fn ask(&self, method: &str, path: &str, body: Option<String>) -> Answer {
        let response = self.api.clone().oneshot(request(method, path, body)).await.unwrap();
        let header = |name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let (content_type, index) = (header("content-type"), header("x-nomad-index").parse().unwrap_or(0));
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, content_type, index, text: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// Asks for a stream and returns its body unread.
    pub(super) async fn open(&self, path: &str) -> Body {
        self.api.clone().oneshot(request("GET", path, None)).await.unwrap().into_body()
    }

    /// Runs the scheduler for every pending evaluation, then the tasks of every new allocation.
    pub(super) fn settle(&self) {
        for _ in 0..10 {
            let state = self.fake.snapshot();
            let Some(eval) = state.evals().find(|eval| eval.status == EvalStatus::Pending) else { break };
            let options = scheduler::Options { now: self.fake.now(), ..scheduler::Options::default() };
            let outcome = scheduler::schedule(&state, eval, &options).unwrap();
            let evals = std::iter::once(outcome.eval).chain(outcome.created).collect();
            self.fake.apply(Command::ApplyPlans(vec![PlanCommit { plan: outcome.plan, evals }]));
        }
        let state = self.fake.snapshot();
        let started = state.allocs().filter(|alloc| alloc.client == ClientStatus::Pending);
        let updates = started.map(|alloc| self.started(alloc)).collect();
        self.fake.apply(Command::UpdateAllocs { updates, evals: Vec::new() });
    }

    /// What the client says once it has run an allocation: tasks of the job `batch-fail` fail.
    fn started(&self, alloc: &Alloc) -> AllocUpdate {
        let now = self.fake.now();
        let fails = alloc.job.id == "batch-fail";
        let mut tasks = TaskStates::default();
        for task in &alloc.task_group().unwrap().tasks {
            tasks.insert(Name::from(task.name.as_str()), task_state(now, fails));
        }
        let (status, description) = if fails {
            (ClientStatus::Failed, "Failed tasks")
        } else {
            (ClientStatus::Running, "Tasks are running")
        };
        let nothing = || Name::from("");
        let network = NetworkStatus { interface: nothing(), address: nothing(), address_v6: nothing() };
        let healthy = (!fails && alloc.job.job_type == "service").then_some((true, now));
        AllocUpdate {
            id: alloc.id,
            status,
            description: Name::from(description),
            tasks,
            healthy,
            network: Some(network),
            services: services(alloc),
        }
    }
}

/// The services of an allocation's group, as a client offers them.
fn services(alloc: &Alloc) -> Vec<ServiceInstance> {
    let instance = |service: &Service| {
        let port = alloc.assigned.ports.iter().find(|port| *port.label == *service.port_label);
        let (group, name, label) = (&alloc.group, &service.name, &service.port_label);
        ServiceInstance {
            id: Name::from(format!("_nomad-task-{}-group-{group}-{name}-{label}", alloc.id)),
            name: Name::from(name.as_str()),
            tags: service.tags.iter().map(|tag| Name::from(tag.as_str())).collect(),
            address: port.map_or_else(|| Name::from(""), |port| Name::clone(&port.host_ip)),
            port: port.map_or(0, |port| port.value),
        }
    };
    alloc.task_group().unwrap().services.iter().map(instance).collect()
}

fn task_state(now: Timestamp, fails: bool) -> TaskState {
    let mut state = TaskState::pending();
    let mut push = |kind| state.push_event(TaskEvent { time: now, kind });
    push(TaskEventKind::Received);
    push(TaskEventKind::Setup { message: Name::from("Building Task Directory") });
    push(TaskEventKind::Started);
    state.started_at = now;
    state.state = RunState::Running;
    if fails {
        let message = Name::from("");
        let mut push = |kind| state.push_event(TaskEvent { time: now, kind });
        push(TaskEventKind::Terminated { exit_code: 3, signal: 0, oom_killed: false, message });
        push(TaskEventKind::Restarting {
            reason: Name::from("Restart within policy"),
            start_delay: Nanos(1_166_446_284),
        });
        push(TaskEventKind::NotRestarting {
            reason: Name::from("Exceeded allowed attempts 1 in interval 30m0s"),
        });
        state.state = RunState::Dead;
        state.failed = true;
        state.finished_at = now;
    }
    state
}

fn request(method: &str, path: &str, body: Option<String>) -> Request {
    let body = body.map_or_else(Body::empty, Body::from);
    let mut request = Request::builder().method(method).uri(path).body(body).unwrap();
    request.extensions_mut().insert(Door::Unix);
    request
}
