//! The API's JSON of the hot records, made when somebody asks. One noun a file.
//!
//! Documents (jobs, namespaces, node pools) write themselves; these are views of what the state keeps compact.

mod alloc;
mod alloc_resources;
mod deployment;
mod eval;
mod explain;
mod job;
mod metric;
mod node;
mod node_resources;
mod task_event;
mod task_state;
mod what_if;

pub use alloc::{alloc, alloc_status, alloc_stub};
pub use deployment::{deployment, deployment_status};
pub use eval::{annotations, eval, eval_stub};
pub use explain::{MaySee, Shown, group_explained};
pub use job::{job_stub, summary};
pub use metric::metric;
pub use node::{node, node_stub};
pub use what_if::{MAX_MOVES, what_if};

use std::collections::BTreeMap;

use model::{Name, Timestamp};
use serde_json::{Map, Value};

/// A time as the API writes it: RFC 3339, null for never.
pub(crate) fn time(at: Timestamp) -> Value {
    if at.is_never() { Value::Null } else { Value::String(at.to_string()) }
}

/// A map of counts; null when it is empty.
fn counts(counts: &BTreeMap<Name, u32>) -> Value {
    if counts.is_empty() {
        return Value::Null;
    }
    counts.iter().map(|(key, count)| (key.to_string(), Value::from(*count))).collect::<Map<_, _>>().into()
}

/// A map of strings, empty or not.
fn strings(map: &BTreeMap<Name, Name>) -> Value {
    map.iter().map(|(key, value)| (key.to_string(), Value::from(&**value))).collect::<Map<_, _>>().into()
}

/// A list; null when it is empty.
pub(crate) fn list(values: Vec<Value>) -> Value {
    if values.is_empty() { Value::Null } else { Value::Array(values) }
}

/// Adds `key` unless its value says nothing: null, empty text, zero, false.
fn put_unless_empty(object: &mut Map<String, Value>, key: &str, value: Value) {
    let empty = match &value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
    };
    if !empty {
        object.insert(key.to_owned(), value);
    }
}
