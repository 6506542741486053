//! What of a job a job file can say: the rest is taken out of a draft's JSON, and what the parser would fill in
//! is filled in.

use serde_json::{Map, Value as Json};

use super::scalar::is_name;

/// Fields that only a server fills in, or that JSON has under another name.
const UNSAID: [(&str, &str); 29] = [
    ("Job", "Stop"),
    ("Job", "ParentID"),
    ("Job", "Dispatched"),
    ("Job", "DispatchIdempotencyToken"),
    ("Job", "Payload"),
    ("Job", "ConsulNamespace"),
    ("Job", "VaultNamespace"),
    ("Job", "NomadTokenID"),
    ("Job", "Status"),
    ("Job", "StatusDescription"),
    ("Job", "Stable"),
    ("Job", "Version"),
    ("Job", "SubmitTime"),
    ("Job", "CreateIndex"),
    ("Job", "ModifyIndex"),
    ("Job", "JobModifyIndex"),
    ("Job", "VersionTag"),
    ("Scaling", "ID"),
    ("Scaling", "Namespace"),
    ("Scaling", "Target"),
    ("Scaling", "CreateIndex"),
    ("Scaling", "ModifyIndex"),
    ("ScalingPolicies", "ID"),
    ("ScalingPolicies", "Namespace"),
    ("ScalingPolicies", "Target"),
    ("ScalingPolicies", "CreateIndex"),
    ("ScalingPolicies", "ModifyIndex"),
    ("Proxy", "ExposeConfig"),
    ("Expose", "Path"),
];

/// Fields that have a value in everything that a parser returns.
const ALWAYS: [(&str, &str, &str); 17] = [
    ("Job", "ID", "j"),
    ("Job", "Name", "j"),
    ("TaskGroups", "Name", "g"),
    ("Tasks", "Name", "t"),
    ("Constraints", "Operand", "="),
    ("Affinities", "Operand", "="),
    ("Devices", "Name", "gpu"),
    ("Secrets", "Name", "s"),
    ("Actions", "Name", "a"),
    ("Regions", "Name", "r"),
    ("Templates", "ChangeMode", "restart"),
    ("Templates", "Perms", "0644"),
    ("Vault", "ChangeMode", "restart"),
    ("Scaling", "Type", "horizontal"),
    ("Identities", "Name", "other"),
    ("ReservedPorts", "Label", "http"),
    ("DynamicPorts", "Label", "http"),
];

/// Lists of blocks.
const BLOCKS: [&str; 24] = [
    "TaskGroups",
    "Tasks",
    "Constraints",
    "Affinities",
    "Spreads",
    "SpreadTarget",
    "Networks",
    "ReservedPorts",
    "DynamicPorts",
    "Services",
    "Checks",
    "Artifacts",
    "Templates",
    "VolumeMounts",
    "ScalingPolicies",
    "Identities",
    "Secrets",
    "Actions",
    "Devices",
    "Regions",
    "Links",
    "Upstreams",
    "Paths",
    "Listeners",
];

/// Returns the nearest job that a job file can say, as JSON of the API; that job itself is returned as it is.
#[must_use]
pub fn hcl_form(job: &Json) -> Json {
    let mut job = job.clone();
    visit("Job", &mut job);
    job
}

fn visit(block: &str, value: &mut Json) {
    let Json::Object(object) = value else { return };
    for (_, field) in UNSAID.iter().filter(|(at, _)| *at == block) {
        object.remove(*field);
    }
    for (_, field, default) in ALWAYS.iter().filter(|(at, _, _)| *at == block) {
        let known = object.get(*field).and_then(Json::as_str).is_some_and(|text| !text.is_empty());
        if !known {
            object.insert((*field).to_owned(), Json::from(*default));
        }
    }
    particular(block, object);
    object.retain(|name, value| !is_nothing(name, value));
    for (name, value) in object.iter_mut() {
        match value {
            Json::Array(items) => items.iter_mut().for_each(|item| visit(name, item)),
            Json::Object(map) if ["Volumes", "EnvoyGatewayBindAddresses"].contains(&name.as_str()) => {
                for (key, entry) in map {
                    visit(name, entry);
                    entry["Name"] = Json::from(key.clone());
                }
            }
            // The keys of these are the user's.
            Json::Object(_) if ["Config", "Policy", "Meta", "Env", "Args"].contains(&name.as_str()) => {}
            Json::Object(_) => visit(name, value),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
}

/// Says whether a field is a list of blocks without any, which a job file cannot tell from no list.
fn is_nothing(name: &str, value: &Json) -> bool {
    let empty_list = value.as_array().is_some_and(Vec::is_empty);
    let empty_map = value.as_object().is_some_and(Map::is_empty);
    (empty_map && ["Volumes", "EnvoyGatewayBindAddresses"].contains(&name))
        || (empty_list && BLOCKS.contains(&name))
}

/// The rules that are about more than one field.
fn particular(block: &str, object: &mut Map<String, Json>) {
    match block {
        "Vault" => {
            fill(object, "Env", &Json::from(true));
            fill(object, "DisableFile", &Json::from(false));
        }
        "Templates" => fill(object, "Splay", &Json::from(5_000_000_000_i64)),
        "ReservedPorts" => {
            let number = object.get("Value").and_then(Json::as_i64).unwrap_or(0);
            object.insert("Value".to_owned(), Json::from(number.max(1)));
        }
        "DynamicPorts" => drop(object.insert("Value".to_owned(), Json::from(0))),
        // The mesh block of gateways has nothing in it.
        "Gateway" if object.get("Mesh").is_some_and(|mesh| !mesh.is_null()) => {
            object.insert("Mesh".to_owned(), Json::Object(Map::new()));
        }
        "Periodic" => {
            let said = |name: &&str| object.get(*name).is_some_and(|value| !value.is_null());
            let said = ["Spec", "Specs"].iter().any(said);
            object.insert("SpecType".to_owned(), if said { Json::from("cron") } else { Json::Null });
        }
        "Artifacts" => {
            for field in ["GetterOptions", "GetterHeaders"] {
                if let Some(Json::Object(map)) = object.get_mut(field) {
                    map.retain(|key, _| is_name(key));
                }
            }
        }
        "Tasks" => task(object),
        _ => {}
    }
}

/// Sets a field that is not set.
fn fill(object: &mut Map<String, Json>, field: &str, value: &Json) {
    if object.get(field).is_none_or(Json::is_null) {
        object.insert(field.to_owned(), value.clone());
    }
}

/// Vertical policies have a name each, and the default identity is the one that has none.
fn task(object: &mut Map<String, Json>) {
    if let Some(Json::Array(policies)) = object.get_mut("ScalingPolicies") {
        policies.truncate(2);
        for (policy, name) in policies.iter_mut().zip(["vertical_mem", "vertical_cpu"]) {
            policy["Type"] = Json::from(name);
        }
    }
    if let Some(Json::Object(identity)) = object.get_mut("Identity")
        && identity.get("Name").and_then(Json::as_str) != Some("default")
    {
        identity.insert("Name".to_owned(), Json::from(""));
    }
    if let Some(Json::Array(others)) = object.get_mut("Identities") {
        for other in others.iter_mut().filter(|other| other["Name"] == "default") {
            other["Name"] = Json::from("other");
        }
    }
}
