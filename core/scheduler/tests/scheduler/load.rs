//! Reading a recorded case into a state: nodes, jobs, allocations, deployments.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use model::{
    Alloc, AllocState, Deployment, DeploymentGroup, DeploymentHealth, DeploymentStatus, Eval, EvalId,
    EvalTrigger, Job, JobKey, Name, Nanos, NodeId, SchedulerConfigDraft, Timestamp,
};
use serde_json::Value;
use state::{Builder, State};

use crate::jobs;
use crate::nodes;

/// One recorded case.
pub(crate) struct Case {
    pub name: String,
    pub family: String,
    pub json: Value,
}

/// Every recorded case, by name.
#[expect(clippy::disallowed_methods, reason = "recordings are files")]
pub(crate) fn cases() -> Vec<Case> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/scheduler/golden");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let json: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        Case { name: text(&json["name"]).to_owned(), family: text(&json["family"]).to_owned(), json }
    };
    files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(read)
        .collect()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

pub(crate) fn name(value: &Value) -> Name {
    Name::from(text(value))
}

pub(crate) fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

pub(crate) fn unsigned<T: TryFrom<i64> + Default>(value: &Value) -> T {
    T::try_from(number(value)).unwrap_or_default()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(crate) fn flag(value: &Value) -> bool {
    value.as_bool().unwrap_or(false)
}

pub(crate) fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

pub(crate) fn names(value: &Value) -> BTreeMap<Name, Name> {
    entries(value).map(|(key, value)| (Name::from(key.as_str()), name(value))).collect()
}

pub(crate) fn id<T: std::str::FromStr + Default>(value: &Value) -> T {
    text(value).parse().unwrap_or_default()
}

/// A point in time in the form of the API.
pub(crate) fn time(value: &Value) -> Timestamp {
    let text = text(value);
    if text.is_empty() || text.starts_with("0001") {
        return Timestamp::NEVER;
    }
    let part = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap();
    let (year, month, day) = (part(0, 4), part(5, 7), part(8, 10));
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let days =
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    let seconds = days * 86_400 + part(11, 13) * 3_600 + part(14, 16) * 60 + part(17, 19);
    let fraction = text[19..].trim_end_matches('Z').trim_start_matches('.');
    let nanos = if fraction.is_empty() { 0 } else { format!("{fraction:0<9}").parse::<i64>().unwrap() };
    Timestamp(seconds * 1_000_000_000 + nanos)
}

/// A state with everything of the case, and the job that is evaluated.
pub(crate) struct Loaded {
    pub state: State,
    pub job: Option<Arc<Job>>,
    pub eval: Option<Eval>,
    pub now: Timestamp,
}

/// Index of the first version of every job; each later one adds ten.
const FIRST_INDEX: u64 = 100;

/// Loads a case; `variant` replaces parts of the job.
pub(crate) fn load(case: &Value, variant: &Value) -> Loaded {
    let now = time(&case["now"]);
    let config = SchedulerConfigDraft::from_json(&case["config"]).unwrap().resolve();
    let mut builder = Builder::new().index(1_000).now(now).config(config);
    for pool in list(&case["node_pools"]) {
        let pool = model::NodePoolDraft::from_json(pool).unwrap().resolve();
        builder = builder.node_pool(pool);
    }
    for node in list(&case["nodes"]) {
        builder = builder.node(nodes::node(node));
    }
    let mut versions: BTreeMap<(String, u64), Arc<Job>> = BTreeMap::new();
    let mut keep = |json: &Value, version: usize| {
        let job = Arc::new(jobs::job(json, version as u64, FIRST_INDEX));
        versions.insert((job.id.clone(), job.version), Arc::clone(&job));
        job
    };
    for job in list(&case["other_jobs"]) {
        builder = builder.job(keep(job, 0));
    }
    let previous = list(&case["previous_jobs"]);
    let purged = flag(&case["job_purged"]);
    for (version, job) in previous.iter().enumerate().filter(|_| !purged) {
        builder = builder.job(keep(job, version));
    }
    let job = case
        .get("job")
        .filter(|job| !job.is_null())
        .map(|json| keep(&jobs::changed(json, variant), previous.len()));
    if let Some(job) = job.as_ref().filter(|_| !purged) {
        builder = builder.job(Arc::clone(job));
    }
    for json in list(&case["existing_allocs"]) {
        let (job, version) = (text(&json["JobID"]).to_owned(), unsigned::<u64>(&json["JobVersion"]));
        let Some(job) = versions.get(&(job, version)) else { continue };
        let of_purged = purged && text(&case["eval"]["JobID"]) == job.id;
        if !of_purged {
            builder = builder.alloc(alloc(json, job));
        }
    }
    for json in list(&case["deployments"]) {
        let job = &versions[&(text(&json["JobID"]).to_owned(), unsigned::<u64>(&json["JobVersion"]))];
        builder = builder.deployment(deployment(json, job));
    }
    let eval = eval(&case["eval"], job.as_deref());
    Loaded { state: builder.build(), job, eval, now }
}

fn eval(json: &Value, job: Option<&Job>) -> Option<Eval> {
    let trigger: EvalTrigger = text(&json["TriggeredBy"]).parse().ok()?;
    let id = EvalId::derive(&[7, 7]);
    let key = JobKey::new(text(&json["Namespace"]), text(&json["JobID"]));
    let kind = text(&json["Type"]).parse().unwrap();
    let mut eval = Eval::new(id, key, kind, unsigned(&json["Priority"]), trigger);
    eval.job_modify_index = job.map_or(0, |job| job.job_modify_index);
    Some(eval)
}

fn index_in(name: &str) -> u32 {
    let number = name.rsplit_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn alloc(json: &Value, job: &Arc<Job>) -> Alloc {
    let group = name(&json["TaskGroup"]);
    let mut alloc = Alloc {
        id: id(&json["ID"]),
        eval: EvalId::NONE,
        node: id(&json["NodeID"]),
        node_name: name(&json["NodeName"]),
        job: jobs::sized(job, &group, &json["AllocatedResources"]),
        index: index_in(text(&json["Name"])),
        assigned: jobs::assigned(&json["AllocatedResources"]),
        group,
        desired: text(&json["DesiredStatus"]).parse().unwrap(),
        reason: model::StopReason::None,
        client: text(&json["ClientStatus"]).parse().unwrap(),
        client_description: Name::from(""),
        tasks: Arc::new(jobs::task_states(&json["TaskStates"])),
        deployment: id(&json["DeploymentID"]),
        health: None,
        previous: id(&json["PreviousAllocation"]),
        next: id(&json["NextAllocation"]),
        followup_eval: EvalId::NONE,
        metrics: Arc::default(),
        rare: None,
        create_time: Timestamp(number(&json["CreateTime"])),
        modify_time: Timestamp(number(&json["ModifyTime"])),
        create_index: 200,
        modify_index: 200,
        alloc_modify_index: 200,
    };
    if let Some(status) = json.get("DeploymentStatus") {
        let healthy = status.get("Healthy").map(flag);
        let (time, canary) = (time(&status["Timestamp"]), flag(&status["Canary"]));
        alloc.health = Some(DeploymentHealth { healthy, time, canary, modify_index: 0 });
    }
    let rare = alloc.rare_mut();
    let transition = &json["DesiredTransition"];
    rare.transition.migrate = transition.get("Migrate").map(flag);
    rare.transition.reschedule = transition.get("Reschedule").map(flag);
    rare.reschedule = json.get("RescheduleTracker").map(jobs::tracker);
    let states = list(&json["AllocStates"]).iter();
    rare.states = states
        .map(|state| AllocState {
            status: text(&state["Value"]).parse().unwrap(),
            time: time(&state["Time"]),
        })
        .collect();
    alloc
}

fn deployment(json: &Value, job: &Job) -> Deployment {
    let groups = entries(&json["TaskGroups"])
        .map(|(group, json)| (Name::from(group.as_str()), deployment_group(json)));
    Deployment {
        id: id(&json["ID"]),
        job: job.key(),
        job_version: job.version,
        job_modify_index: job.modify_index,
        job_spec_modify_index: job.job_modify_index,
        job_create_index: job.create_index,
        groups: groups.collect(),
        status: text(&json["Status"]).parse::<DeploymentStatus>().unwrap(),
        description: name(&json["StatusDescription"]),
        eval_priority: unsigned(&json["EvalPriority"]),
        eval: EvalId::NONE,
        create_time: Timestamp::NEVER,
        modify_time: Timestamp::NEVER,
        create_index: 300,
        modify_index: 300,
    }
}

fn deployment_group(json: &Value) -> DeploymentGroup {
    DeploymentGroup {
        auto_revert: flag(&json["AutoRevert"]),
        auto_promote: flag(&json["AutoPromote"]),
        progress_deadline: Nanos(number(&json["ProgressDeadline"])),
        require_progress_by: time(&json["RequireProgressBy"]),
        promoted: flag(&json["Promoted"]),
        placed_canaries: list(&json["PlacedCanaries"]).iter().map(id).collect(),
        desired_canaries: unsigned(&json["DesiredCanaries"]),
        desired_total: unsigned(&json["DesiredTotal"]),
        placed: unsigned(&json["PlacedAllocs"]),
        healthy: unsigned(&json["HealthyAllocs"]),
        unhealthy: unsigned(&json["UnhealthyAllocs"]),
    }
}

/// The ids of nodes in a list.
pub(crate) fn node_ids(value: &Value) -> Vec<NodeId> {
    list(value).iter().map(id).collect()
}
