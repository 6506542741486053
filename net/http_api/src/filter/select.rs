//! Finding the value that a selector names.
//!
//! Purpose: walk a document as the original walks its structures. JSON no longer says which objects are
//! structures, whose fields exist or are a mistake, and which are maps, whose keys may be missing; the names of
//! the fields that hold maps are therefore listed here.
//! Limits: a map field that is missing from the list makes an absent key an error instead of a mismatch.

use std::borrow::Cow;

use serde_json::Value;

use super::error::EvaluateError;
use super::syntax::Selector;

/// Fields of API objects that hold maps with keys of the user's or the cluster's choice.
const MAPS: [&str; 56] = [
    "AllocStates",
    "AllocatedResources",
    "Allocations",
    "Attributes",
    "CSIControllerPlugins",
    "CSINodePlugins",
    "CanaryMeta",
    "ClassEvaluated",
    "ClassExhausted",
    "ClassFiltered",
    "Config",
    "ConstraintFiltered",
    "Context",
    "Controllers",
    "DesiredTGUpdates",
    "DeprecatedNodes",
    "Details",
    "DeviceAttributes",
    "DimensionExhausted",
    "Drivers",
    "Env",
    "EscapedComputedClass",
    "FailedTGAllocs",
    "FollowupEvals",
    "Header",
    "HostNetworks",
    "HostVolumes",
    "Items",
    "JWKS",
    "Labels",
    "Links",
    "ListingNames",
    "LogMounts",
    "Meta",
    "MigrateTokens",
    "MountOptions",
    "NodeAllocation",
    "NodePreemptions",
    "NodeUpdate",
    "Nodes",
    "NodesAvailable",
    "Options",
    "Parameters",
    "Policy",
    "QueuedAllocations",
    "Requested",
    "Scores",
    "Secrets",
    "Segments",
    "SignedIdentities",
    "Sysctl",
    "TaggedAddresses",
    "TaskResources",
    "TaskStates",
    "Tags",
    "Tasks",
];

/// Fields that hold a map in some objects and a list in others: a map if they are an object here.
const MAPS_IF_OBJECT: [&str; 4] = ["TaskGroups", "Summary", "ReadAllocs", "WriteAllocs"];

/// What a selector found.
#[derive(Debug)]
pub(super) enum Selected<'a> {
    /// A value.
    Value(Cow<'a, Value>),
    /// Nothing, which is fine: a map has no such key.
    NotPresent,
}

/// Names that a collection gives to its entries, innermost last.
pub(super) type Bindings<'a> = Vec<(&'a str, Value)>;

/// Finds the value of a selector.
pub(super) fn select<'a>(
    selector: &Selector,
    document: &'a Value,
    bindings: &Bindings<'_>,
) -> Result<Selected<'a>, EvaluateError> {
    let (head, rest) = selector.path.split_first().expect("a selector has a part");
    match bindings.iter().rev().find(|(name, _)| name == head) {
        Some((_, bound)) => Ok(match walk(selector, rest, 1, bound)? {
            Selected::Value(value) => Selected::Value(Cow::Owned(value.into_owned())),
            Selected::NotPresent => Selected::NotPresent,
        }),
        None => walk(selector, &selector.path, 0, document),
    }
}

fn walk<'a>(
    selector: &Selector,
    path: &[String],
    first: usize,
    start: &'a Value,
) -> Result<Selected<'a>, EvaluateError> {
    let mut value = start;
    let mut container = "";
    for (at, part) in path.iter().enumerate() {
        let failed = |reason: String| {
            let text = format!("{} at part {}: {reason}", selector.pointer(), first + at);
            Err(EvaluateError::Select(text))
        };
        let is_last = at + 1 == path.len();
        let is_map = MAPS.contains(&container) || (value.is_object() && MAPS_IF_OBJECT.contains(&container));
        value = match value {
            Value::Object(fields) => match fields.get(part) {
                Some(found) => found,
                None if is_map && is_last => return Ok(Selected::NotPresent),
                None if is_map => return failed(format!("couldn't find key: {part:?}")),
                None => return failed(format!("couldn't find key: struct field with name {part:?}")),
            },
            Value::Array(entries) => match part.parse::<usize>() {
                Ok(index) => match entries.get(index) {
                    Some(found) => found,
                    None => return failed(format!("index is out of range: {index} is >= {}", entries.len())),
                },
                Err(_) => return failed(format!("couldn't convert value: index {part:?} is no number")),
            },
            Value::Null if is_map && is_last => return Ok(Selected::NotPresent),
            Value::Null => return invalid_kind(selector, first + at, "invalid"),
            Value::Bool(_) => return invalid_kind(selector, first + at, "bool"),
            Value::Number(_) => return invalid_kind(selector, first + at, "number"),
            Value::String(_) => return invalid_kind(selector, first + at, "string"),
        };
        container = part;
    }
    Ok(Selected::Value(Cow::Borrowed(value)))
}

fn invalid_kind<'a>(selector: &Selector, part: usize, kind: &str) -> Result<Selected<'a>, EvaluateError> {
    Err(EvaluateError::Select(format!("{}: at part {part}, invalid value kind: {kind}", selector.pointer())))
}
