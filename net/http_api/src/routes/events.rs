//! `/v1/event/stream`: what changed, as it changes, one JSON object a line.
//!
//! A stream begins after the given index as far as entries are kept, and sends `{}` first and every 10 s.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use serde_json::{Value, json};
use state::{Applied, Change, Snapshot};

use crate::answer::ReplyBody;
use crate::authorize::{Authorized, Capability, On, Scope};
use crate::cluster::{Cluster, EventBatch};
use crate::query::parse_int;
use crate::route::{Filter, Method, Reach, handler};
use crate::{ApiError, Call, Reply, Route, views};

/// How often a silent stream says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Topics of a request.
const MAX_TOPICS: usize = 64;

/// The endpoint of the event stream.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    vec![Route {
        method: Method::Get,
        path: "/v1/event/stream",
        capability: &[Capability::AnyToken],
        scope: Scope::Open,
        filter: Filter::None,
        reach: Reach::Region,
        handler: handler(stream::<C>),
    }]
}

/// A topic, and the key wanted of it; `*` stands for any.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    topic: String,
    key: String,
}

/// `GET /v1/event/stream?topic=Job:web&index=…`
async fn stream<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let index = match call.query.raw.get("index") {
        None => call.backend.snapshot().index,
        Some("0") => 0,
        Some(text) => text
            .parse::<u64>()
            .map_err(|_| {
                let error = parse_int(text).err().map(|error| error.of("Atoi").to_string());
                let error = error.unwrap_or_else(|| format!("{text} is negative"));
                ApiError::bad_request(format!("Unable to parse index: {error}"))
            })?
            .saturating_sub(1),
    };
    let mut wanted = Vec::new();
    for topic in call.query.raw.all("topic").take(MAX_TOPICS) {
        let (topic, key) = topic.split_once(':').unwrap_or((topic, "*"));
        if topic.is_empty() || key.is_empty() {
            return Err(ApiError::bad_request(format!("Invalid key value pair for topic, topic: {topic:?}")));
        }
        wanted.push(Wanted { topic: topic.to_owned(), key: key.to_owned() });
    }
    if wanted.is_empty() {
        wanted.push(Wanted { topic: "*".to_owned(), key: "*".to_owned() });
    }
    let feed = Feed {
        backend: Arc::clone(&call.backend),
        authorized: call.authorized.clone(),
        namespace: call.query.namespace.clone(),
        wanted,
        index,
        ready: VecDeque::from([Bytes::from_static(b"{}\n")]),
    };
    let lines = futures::stream::unfold(feed, |mut feed| async move {
        let line = feed.next().await;
        Some((Ok::<_, std::convert::Infallible>(line), feed))
    });
    Ok(Reply::new(ReplyBody::Stream("application/json", Body::from_stream(lines))))
}

struct Feed<C: Cluster> {
    backend: Arc<C>,
    authorized: Authorized,
    namespace: String,
    wanted: Vec<Wanted>,
    index: u64,
    ready: VecDeque<Bytes>,
}

impl<C: Cluster> Feed<C> {
    /// The next line.
    async fn next(&mut self) -> Bytes {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return line;
            }
            let seen = self.index;
            let Ok(batches) = tokio::time::timeout(HEARTBEAT, self.backend.events_after(seen)).await else {
                return Bytes::from_static(b"{}\n");
            };
            for EventBatch { applied, snapshot } in batches {
                self.index = self.index.max(applied.index);
                let events: Vec<Value> = self.events(&applied, &snapshot);
                if !events.is_empty() {
                    let line = json!({ "Index": applied.index, "Events": events });
                    self.ready.push_back(Bytes::from(format!("{line}\n")));
                }
            }
        }
    }

    fn events(&self, applied: &Applied, snapshot: &Snapshot) -> Vec<Value> {
        let shown = |event: &Event| self.is_wanted(event) && self.may_see(event);
        let events = applied.changes.iter().filter_map(|change| Event::of(change, snapshot));
        events.filter(shown).map(|event| event.to_json(applied.index)).collect()
    }

    fn is_wanted(&self, event: &Event) -> bool {
        let in_namespace =
            self.namespace == "*" || event.namespace.is_empty() || event.namespace == self.namespace;
        let matches = |wanted: &Wanted| {
            (wanted.topic == "*" || wanted.topic == event.topic)
                && (wanted.key == "*" || wanted.key == event.key || event.filter_keys.contains(&wanted.key))
        };
        in_namespace && self.wanted.iter().any(matches)
    }

    fn may_see(&self, event: &Event) -> bool {
        if event.topic == "Node" {
            self.authorized.allows(Capability::NodeRead, On::Cluster)
        } else {
            let read_job = Capability::Namespace("read-job");
            self.authorized.allows(read_job, On::Namespace(&event.namespace))
        }
    }
}

/// One event of the stream.
struct Event {
    topic: &'static str,
    kind: &'static str,
    key: String,
    namespace: String,
    filter_keys: Vec<String>,
    payload: Value,
}

impl Event {
    fn of(change: &Change, state: &Snapshot) -> Option<Self> {
        match change {
            Change::Job(key) => {
                let job = state.job(key)?;
                let kind = if job.stop { "JobDeregistered" } else { "JobRegistered" };
                Some(Self::new("Job", kind, &key.id, &key.namespace, json!({ "Job": job.to_json() })))
            }
            Change::JobRemoved(key) => {
                let payload = json!({ "Job": { "ID": &*key.id, "Namespace": &*key.namespace } });
                Some(Self::new("Job", "JobDeregistered", &key.id, &key.namespace, payload))
            }
            Change::Eval(id) => {
                let eval = state.eval(*id)?;
                let payload = json!({ "Evaluation": views::eval(eval) });
                let event = Self::new(
                    "Evaluation",
                    "EvaluationUpdated",
                    &id.to_string(),
                    &eval.job.namespace,
                    payload,
                );
                Some(event.also(&[eval.job.id.to_string(), eval.deployment.text()]))
            }
            Change::Alloc { id, job, by_client, .. } => {
                let alloc = state.alloc(*id)?;
                let payload = json!({ "Allocation": views::alloc(alloc, true) });
                let kind = if *by_client { "AllocationUpdated" } else { "PlanResult" };
                let event = Self::new("Allocation", kind, &id.to_string(), &job.namespace, payload);
                Some(event.also(&[job.id.to_string(), alloc.deployment.text()]))
            }
            Change::Deployment(id) => {
                let deployment = state.deployment(*id)?;
                let payload = json!({ "Deployment": views::deployment(deployment) });
                let namespace = &deployment.job.namespace;
                let event =
                    Self::new("Deployment", "DeploymentStatusUpdate", &id.to_string(), namespace, payload);
                Some(event.also(&[deployment.job.id.to_string()]))
            }
            Change::Node(id) => {
                let node = state.node(*id)?;
                let kind = if node.create_index == node.modify_index {
                    "NodeRegistration"
                } else {
                    "NodeStreamEvent"
                };
                Some(Self::new("Node", kind, &id.to_string(), "", json!({ "Node": views::node(node) })))
            }
            Change::NodeRemoved(id) => {
                let payload = json!({ "Node": { "ID": id.to_string() } });
                Some(Self::new("Node", "NodeDeregistration", &id.to_string(), "", payload))
            }
            Change::NodePool(name) => {
                let pool = state.node_pool(name)?;
                let payload = json!({ "NodePool": pool.to_json() });
                Some(Self::new("NodePool", "NodePoolUpserted", name, "", payload))
            }
            Change::Table(_)
            | Change::Summary(_)
            | Change::EvalRemoved(_)
            | Change::AllocRemoved { .. }
            | Change::DeploymentRemoved(_)
            | Change::Namespace(_)
            | Change::Config => None,
        }
    }

    fn new(topic: &'static str, kind: &'static str, key: &str, namespace: &str, payload: Value) -> Self {
        let (key, namespace) = (key.to_owned(), namespace.to_owned());
        Self { topic, kind, key, namespace, filter_keys: Vec::new(), payload }
    }

    /// Adds keys by which the event is found as well.
    fn also(mut self, keys: &[String]) -> Self {
        self.filter_keys.extend(keys.iter().filter(|key| !key.is_empty()).cloned());
        self
    }

    fn to_json(&self, index: u64) -> Value {
        let keys = if self.filter_keys.is_empty() { Value::Null } else { json!(self.filter_keys) };
        json!({
            "Topic": self.topic, "Type": self.kind, "Key": self.key, "Namespace": self.namespace,
            "FilterKeys": keys, "Index": index, "Payload": self.payload,
        })
    }
}
