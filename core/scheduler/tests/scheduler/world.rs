//! A state written as text, one thing a line, for tests of single rules.
//!
//! ```text
//! now 1000                                            seconds
//! config {"SchedulerAlgorithm": "binpack"}            merged into the first configuration
//! node a cpu=4000 mem=8192 meta.rack=r1 class=x       ready, 4,000 MHz, 8,192 MB unless said otherwise
//! job web service count=3 cpu=500 {"Priority": 70}    JSON is merged into the job; "Group" and "Task" into theirs
//! version web count=3 cpu=500                         the next version of a job
//! alloc web 0 a running v=0 failed_at=900 ...         allocation 0 of the job on node a
//! deployment web v=1 {"Status": "running", ...}       state of the group "g"
//! eval web job-register                               what is scheduled
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{
    Alloc, AllocId, AllocState, Assigned, AssignedPort, ClientStatus, Deployment, DeploymentGroup,
    DeploymentHealth, DeploymentId, DesiredStatus, Eval, EvalId, EvalTrigger, Job, JobDraft, Name, Nanos,
    NodeId, RescheduleEvent, RescheduleTracker, RunState, SchedulerConfig, SchedulerConfigDraft, StopReason,
    TaskState, Timestamp,
};
use serde_json::{Value, json};
use state::{Builder, State};

use crate::world_node::node;

/// A state with names for what is in it.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) now: Timestamp,
    pub(crate) eval: Option<Eval>,
    jobs: BTreeMap<String, Vec<Arc<Job>>>,
    pub(crate) allocs: BTreeMap<AllocId, String>,
}

/// Index of the first version of every job; each later one adds ten.
const FIRST_INDEX: u64 = 100;

pub(crate) fn seconds(text: &str) -> Timestamp {
    Timestamp(text.parse::<i64>().unwrap() * 1_000_000_000)
}

/// The words `key=value` of a line.
pub(crate) struct Words<'a> {
    pub(crate) plain: Vec<&'a str>,
    pub(crate) named: Vec<(&'a str, &'a str)>,
    json: Value,
}

impl<'a> Words<'a> {
    fn of(line: &'a str) -> Self {
        let (words, json) = line.split_once('{').map_or((line, Value::Null), |(words, json)| {
            (
                words,
                serde_json::from_str(&format!("{{{json}")).unwrap_or_else(|error| panic!("{error}: {json}")),
            )
        });
        let (named, plain) = words.split_whitespace().partition::<Vec<_>, _>(|word| word.contains('='));
        let named = named.into_iter().map(|word| word.split_once('=').unwrap()).collect();
        Self { plain, named, json }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.named.iter().find(|word| word.0 == key).map(|word| word.1)
    }

    pub(crate) fn number(&self, key: &str, default: u64) -> u64 {
        self.get(key).map_or(default, |value| value.parse().unwrap())
    }
}

pub(crate) fn node_id(name: &str) -> NodeId {
    NodeId(name.bytes().fold(1, |sum, byte| sum << 8 | u128::from(byte)))
}

pub(crate) fn alloc_id(job: &str, number: &str) -> AllocId {
    AllocId(format!("{job}{number}").bytes().fold(1, |sum, byte| sum << 8 | u128::from(byte)))
}

/// Replaces and adds what `change` says, key by key.
fn merge(json: &mut Value, change: &Value) {
    for (key, value) in change.as_object().into_iter().flatten() {
        if value.is_object() && json[key].is_object() {
            merge(&mut json[key], value);
        } else {
            json[key] = value.clone();
        }
    }
}

impl World {
    pub(crate) fn parse(text: &str) -> Self {
        let mut world = Self {
            state: State::default(),
            now: seconds("1000"),
            eval: None,
            jobs: BTreeMap::new(),
            allocs: BTreeMap::new(),
        };
        let mut builder = Builder::new().index(1_000).config(SchedulerConfig::initial());
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (what, rest) = line.split_once(' ').unwrap();
            let words = Words::of(rest);
            builder = match what {
                "now" => {
                    world.now = seconds(rest.trim());
                    builder
                }
                "config" => {
                    let mut config = SchedulerConfig::initial();
                    config =
                        SchedulerConfigDraft::from_json(&merged(&config, &words.json)).unwrap().resolve();
                    builder.config(config)
                }
                "pool" => builder.node_pool(model::NodePoolDraft::from_json(&words.json).unwrap().resolve()),
                "node" => builder.node(node(&words)),
                "job" => builder.job(world.job(&words)),
                "version" => builder.job(world.version(&words)),
                "alloc" => builder.alloc(world.alloc(&words)),
                "deployment" => builder.deployment(world.deployment(&words)),
                "eval" => {
                    world.eval = Some(world.eval(&words));
                    builder
                }
                other => panic!("a line cannot begin with {other:?}"),
            };
        }
        world.state = builder.now(world.now).build();
        world
    }

    fn job(&mut self, words: &Words<'_>) -> Arc<Job> {
        let (id, kind) = (words.plain[0], words.plain[1]);
        let json = job_json(id, kind, words);
        let job = Arc::new(job_of(&json, 0, FIRST_INDEX));
        self.jobs.insert(id.to_owned(), vec![Arc::clone(&job)]);
        job
    }

    fn version(&mut self, words: &Words<'_>) -> Arc<Job> {
        let versions = self.jobs.get_mut(words.plain[0]).unwrap();
        let kind = versions[0].job_type.clone();
        let number = versions.len() as u64;
        let job = Arc::new(job_of(&job_json(words.plain[0], &kind, words), number, FIRST_INDEX));
        versions.push(Arc::clone(&job));
        job
    }

    fn job_version(&self, words: &Words<'_>) -> Arc<Job> {
        let versions = &self.jobs[words.plain[0]];
        let last = versions.len() as u64 - 1;
        Arc::clone(&versions[usize::try_from(words.number("v", last)).unwrap()])
    }

    fn alloc(&mut self, words: &Words<'_>) -> Alloc {
        let job = self.job_version(words);
        let (number, node, client) = (words.plain[1], words.plain[2], words.plain[3]);
        let label = words.get("id").unwrap_or(number);
        let id = alloc_id(&job.id, label);
        self.allocs.insert(id, format!("{}/{label}", job.id));
        let time = |key: &str| words.get(key).map(seconds);
        let mut alloc = Alloc {
            id,
            eval: EvalId::NONE,
            node: node_id(node),
            node_name: node.into(),
            group: words.get("group").unwrap_or("g").into(),
            index: number.parse().unwrap(),
            assigned: assigned(words),
            desired: words.get("desired").map_or(DesiredStatus::Run, |word| word.parse().unwrap()),
            reason: StopReason::None,
            client: client.parse().unwrap(),
            client_description: Name::from(""),
            tasks: Arc::default(),
            deployment: words.get("deployment").map_or(DeploymentId::NONE, deployment_id),
            health: None,
            previous: words.get("previous").map_or(AllocId::NONE, |label| alloc_id(&job.id, label)),
            next: words.get("next").map_or(AllocId::NONE, |label| alloc_id(&job.id, label)),
            followup_eval: words.get("followup").map_or(EvalId::NONE, eval_id),
            metrics: Arc::default(),
            rare: None,
            create_time: seconds("100"),
            modify_time: time("modified").unwrap_or(seconds("100")),
            create_index: 200,
            modify_index: 200,
            alloc_modify_index: 200,
            job,
        };
        alloc.tasks = Arc::new(tasks(&alloc, time("started"), time("ended")));
        health(&mut alloc, words);
        rare(&mut alloc, words);
        alloc
    }

    fn deployment(&self, words: &Words<'_>) -> Deployment {
        let job = self.job_version(words);
        let json = &words.json;
        let number = |key: &str| u32::try_from(json[key].as_u64().unwrap_or(0)).unwrap();
        let flag = |key: &str| json[key].as_bool().unwrap_or(false);
        let canaries = json["Canaries"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let group = DeploymentGroup {
            auto_revert: flag("AutoRevert"),
            auto_promote: flag("AutoPromote"),
            promoted: flag("Promoted"),
            placed_canaries: canaries.map(|label| alloc_id(&job.id, label)).collect(),
            desired_canaries: number("DesiredCanaries"),
            desired_total: number("DesiredTotal"),
            placed: number("Placed"),
            healthy: number("Healthy"),
            unhealthy: number("Unhealthy"),
            ..DeploymentGroup::default()
        };
        Deployment {
            id: deployment_id(words.plain[1]),
            job: job.key(),
            job_version: job.version,
            job_modify_index: job.modify_index,
            job_spec_modify_index: job.job_modify_index,
            job_create_index: job.create_index,
            groups: [(Name::from("g"), group)].into(),
            status: json["Status"].as_str().unwrap_or("running").parse().unwrap(),
            description: Name::from(""),
            eval_priority: 50,
            eval: EvalId::NONE,
            create_time: Timestamp::NEVER,
            modify_time: Timestamp::NEVER,
            create_index: 300 + job.version,
            modify_index: 300 + job.version,
        }
    }

    fn eval(&self, words: &Words<'_>) -> Eval {
        let job = &self.jobs[words.plain[0]];
        let job = &job[job.len() - 1];
        let trigger: EvalTrigger = words.plain[1].parse().unwrap();
        let id = eval_id(words.get("id").unwrap_or("1"));
        let mut eval = Eval::new(id, job.key(), job.kind(), u8::try_from(job.priority).unwrap(), trigger);
        if let Some(status) = words.get("status") {
            eval.status = status.parse().unwrap();
        }
        if let Some(node) = words.get("node") {
            eval.node = node_id(node);
        }
        eval
    }
}

fn merged(config: &SchedulerConfig, change: &Value) -> Value {
    let mut json = json!({
        "SchedulerAlgorithm": config.algorithm,
        "PreemptionConfig": {"SystemSchedulerEnabled": config.preemption.system},
        "NodeLimitForFeasibilityChecks": config.node_limit_for_feasibility_checks,
    });
    merge(&mut json, change);
    json
}

fn eval_id(label: &str) -> EvalId {
    EvalId(label.bytes().fold(1, |sum, byte| sum << 8 | u128::from(byte)))
}

fn deployment_id(label: &str) -> DeploymentId {
    DeploymentId(label.bytes().fold(1, |sum, byte| sum << 8 | u128::from(byte)))
}

/// A job of one group with one task; keys "Group" and "Task" of the JSON are merged into them.
fn job_json(id: &str, kind: &str, words: &Words<'_>) -> Value {
    let mut task = json!({
        "Name": "t", "Driver": "exec",
        "Resources": {"CPU": words.number("cpu", 500), "MemoryMB": words.number("mem", 256), "Cores": words.number("cores", 0)},
    });
    merge(&mut task, &words.json["Task"]);
    let mut group = json!({
        "Name": "g", "Count": words.number("count", 1), "EphemeralDisk": {"SizeMB": words.number("disk", 100)},
        "Tasks": [task],
    });
    merge(&mut group, &words.json["Group"]);
    let mut json = json!({
        "ID": id, "Name": id, "Namespace": "default", "Type": kind, "Priority": words.number("prio", 50),
        "Datacenters": ["*"], "NodePool": "default", "TaskGroups": [group],
    });
    let mut change = words.json.clone();
    if let Some(change) = change.as_object_mut() {
        change.remove("Group");
        change.remove("Task");
    }
    merge(&mut json, &change);
    json
}

fn job_of(json: &Value, version: u64, first: u64) -> Job {
    let mut job = JobDraft::from_json(json).unwrap().resolve();
    job.version = version;
    job.create_index = first;
    job.modify_index = first + 10 * version;
    job.job_modify_index = job.modify_index;
    job
}

/// `port=8080` on the first address, `cores=0,1` and `device=vendor/type/name:id`.
fn assigned(words: &Words<'_>) -> Assigned {
    let mut assigned = Assigned::default();
    if let Some(port) = words.get("port") {
        let value = port.parse().unwrap();
        let port = AssignedPort {
            label: "p".into(),
            value,
            to: 0,
            host_ip: "10.0.0.1".into(),
            host_network: "default".into(),
            reserved: true,
        };
        assigned.ports = vec![port].into();
    }
    let cores = words
        .get("cores")
        .map_or_else(Vec::new, |list| list.split(',').map(|id| id.parse().unwrap()).collect());
    let devices = words.get("device").map_or_else(Vec::new, |text| {
        let (group, ids) = text.split_once(':').unwrap();
        let mut parts = group.split('/').map(Name::from);
        let mut next = || parts.next().unwrap();
        let (vendor, device_type, name) = (next(), next(), next());
        vec![model::AssignedDevice {
            vendor,
            device_type,
            name,
            ids: ids.split(',').map(Name::from).collect(),
        }]
    });
    if !cores.is_empty() || !devices.is_empty() {
        let cpu_shares = u32::try_from(cores.len()).unwrap() * 1_000;
        let task = model::AssignedTask { task: "t".into(), cores, cpu_shares, devices };
        assigned.exclusive = Some(Box::new(model::Exclusive { tasks: vec![task] }));
    }
    assigned
}

/// Task states as a client in that state reports them.
fn tasks(alloc: &Alloc, started: Option<Timestamp>, ended: Option<Timestamp>) -> model::TaskStates {
    let state = match alloc.client {
        ClientStatus::Pending | ClientStatus::Lost | ClientStatus::Unknown if started.is_none() => {
            return model::TaskStates::default();
        }
        ClientStatus::Pending | ClientStatus::Running | ClientStatus::Unknown | ClientStatus::Lost => {
            RunState::Running
        }
        ClientStatus::Complete | ClientStatus::Failed => RunState::Dead,
    };
    let task = TaskState {
        state,
        failed: alloc.client == ClientStatus::Failed,
        started_at: started.unwrap_or(seconds("100")),
        finished_at: ended.unwrap_or(Timestamp::NEVER),
        ..TaskState::pending()
    };
    let names = alloc.task_group().into_iter().flat_map(|group| &group.tasks);
    names.map(|named| (Name::from(named.name.as_str()), task.clone())).collect()
}

fn health(alloc: &mut Alloc, words: &Words<'_>) {
    let healthy = match (words.plain.contains(&"healthy"), words.plain.contains(&"unhealthy")) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let canary = words.plain.contains(&"canary");
    if healthy.is_some() || canary {
        alloc.health = Some(DeploymentHealth { healthy, canary, ..DeploymentHealth::default() });
    }
}

/// `migrate`, `reschedule`, `force`, `unknown_at=`, `back_at=`, `moves=<time>:<delay>,…`.
fn rare(alloc: &mut Alloc, words: &Words<'_>) {
    let has = |word: &str| words.plain.contains(&word).then_some(true);
    let (id, node) = (alloc.id, alloc.node);
    let rare = alloc.rare_mut();
    rare.transition.migrate = has("migrate");
    rare.transition.reschedule = has("reschedule");
    rare.transition.force_reschedule = has("force");
    rare.transition.migrate_disable_placement = has("noplace");
    for (key, status) in [("unknown_at", ClientStatus::Unknown), ("back_at", ClientStatus::Running)] {
        if let Some(time) = words.get(key) {
            rare.states.push(AllocState { status, time: seconds(time) });
        }
    }
    let moves = words.get("moves");
    let last_failed = has("noroom").is_some();
    if moves.is_some() || last_failed {
        let events = moves.into_iter().flat_map(|moves| moves.split(',')).map(|event| {
            let (time, delay) = event.split_once(':').unwrap();
            let delay = Nanos(seconds(delay).0);
            RescheduleEvent { time: seconds(time), previous_alloc: id, previous_node: node, delay }
        });
        rare.reschedule = Some(RescheduleTracker { events: events.collect(), last_failed });
    }
}
