//! What a diff names: nothing of a job that did not change, and every field that did.
//!
//! Limits: one field changes at a time; what several changes look like together the recorded plans show.

use model::diff::{DiffType, JobDiff, job_diff};
use model::document::{Document, FieldDef, Kind, Leaf};
use model::{Job, JobDraft};
use serde_json::{Value, json};

/// Fields whose change is not named, as it is in Nomad. With a dot in front the path is from the job, else from
/// anywhere; everything below is not named either.
const NOT_NAMED: &[&str] = &[
    // Servers keep them, or they say which job it is.
    ".ID",
    ".Status",
    ".StatusDescription",
    ".Stable",
    ".Version",
    ".SubmitTime",
    ".CreateIndex",
    ".ModifyIndex",
    ".JobModifyIndex",
    ".VersionTag",
    ".NomadTokenID",
    ".DispatchIdempotencyToken",
    ".Payload",
    // Groups have them from the job, and there they are named.
    ".Update",
    ".Reschedule",
    ".Migrate",
    // No part of a diff shows these blocks.
    "Spreads",
    "CSIPluginConfig",
    "ScalingPolicies",
    "Schedule",
    "Lifecycle",
    "Tasks.RestartPolicy",
    "SidecarTask.VolumeMounts",
    "SidecarTask.Identities",
    "Proxy.Expose.Path",
    "Proxy.ExposeConfig",
    // No part of a diff shows these fields of blocks that it shows.
    "Checks.Advertise",
    "Disconnect.Replace",
    "Disconnect.StopOnClientAfter",
    "DynamicPorts.IgnoreCollision",
    "Identities.ExtraClaims",
    "Identity.ExtraClaims",
    "Tasks.LogConfig.Enabled",
    "Networks.CIDR",
    "Networks.Device",
    "Networks.IP",
    "Networks.MBits",
    "ReservedPorts.IgnoreCollision",
    "Scaling.CreateIndex",
    "Scaling.ID",
    "Scaling.ModifyIndex",
    "Scaling.Namespace",
    "Scaling.Target",
    "Scaling.Type",
    "TransparentProxy.ExcludeOutboundPorts",
    "Update.Stagger",
    "Vault.Policies",
    // The group's edit is named, these fields of it are not.
    "TaskGroups.MaxClientDisconnect",
    "TaskGroups.MaxRunDuration",
    "TaskGroups.StopAfterClientDisconnect",
    // The key of the map is the name.
    "Volumes.Name",
];

/// A document in which every field of the table is set.
fn full(fields: &'static [FieldDef]) -> Value {
    let one = |inner: fn() -> &'static [FieldDef]| full(inner());
    let entries = fields.iter().map(|field| {
        let value = match field.kind {
            Kind::Scalar => leaf(field.leaf, 1),
            Kind::List => json!([leaf(field.leaf, 1)]),
            Kind::Map => json!({ "key": map_leaf(field.go, 1) }),
            Kind::Document(inner) => one(inner),
            Kind::Documents(inner) => json!([one(inner)]),
            Kind::NamedDocuments(inner) => json!({ "key": one(inner) }),
        };
        (field.go.to_owned(), value)
    });
    Value::Object(entries.collect())
}

fn leaf(leaf: Leaf, number: i64) -> Value {
    match leaf {
        Leaf::Text => json!(format!("text{number}")),
        Leaf::Number | Leaf::Duration => json!(number),
        Leaf::Flag => json!(number == 1),
        Leaf::Free => json!({ "free": number }),
        Leaf::Document => Value::Null,
    }
}

/// Headers are lists of texts; all other maps are of texts.
fn map_leaf(field: &str, number: i64) -> Value {
    let text = leaf(Leaf::Text, number);
    if field == "Header" { json!([text]) } else { text }
}

/// One field to change.
struct Change {
    /// Its path without numbers and keys.
    path: String,
    /// Where it is in the JSON.
    pointer: String,
    value: Value,
}

fn changes(fields: &'static [FieldDef], path: &str, pointer: &str, found: &mut Vec<Change>) {
    for field in fields {
        let (path, pointer) = (format!("{path}.{}", field.go), format!("{pointer}/{}", field.go));
        let value = match field.kind {
            Kind::Scalar => leaf(field.leaf, 2),
            Kind::List => json!([leaf(field.leaf, 2)]),
            Kind::Map => json!({ "key": map_leaf(field.go, 2) }),
            Kind::Document(inner) => {
                changes(inner(), &path, &pointer, found);
                continue;
            }
            Kind::Documents(inner) => {
                changes(inner(), &path, &format!("{pointer}/0"), found);
                continue;
            }
            Kind::NamedDocuments(inner) => {
                changes(inner(), &path, &format!("{pointer}/key"), found);
                continue;
            }
        };
        found.push(Change { path, pointer, value });
    }
}

fn job(json: &Value) -> Job {
    JobDraft::from_json(json).unwrap().resolve()
}

/// Says whether a diff shows a field of that name that is not the same on both sides.
fn names(diff: &JobDiff, field: &str) -> bool {
    fn object_names(object: &Value, field: &str) -> bool {
        let changed = |item: &Value| item["Type"] != "None";
        let lists = ["Objects", "TaskGroups", "Tasks"];
        let own = object["Fields"].as_array().into_iter().flatten();
        let named = |item: &Value| {
            let name = item["Name"].as_str().unwrap();
            name.split('[').any(|part| part.trim_end_matches(']') == field)
        };
        own.filter(|item| changed(item)).any(named)
            || lists
                .iter()
                .flat_map(|list| object[*list].as_array().into_iter().flatten())
                .any(|inner| (changed(inner) && inner["Name"] == field) || object_names(inner, field))
    }
    object_names(&serde_json::to_value(diff).unwrap(), field)
}

fn is_listed(path: &str) -> bool {
    let path = format!("{path}.");
    NOT_NAMED.iter().any(|left_out| match left_out.strip_prefix('.') {
        Some(_) => path.starts_with(&format!("{left_out}.")),
        None => path.contains(&format!(".{left_out}.")),
    })
}

#[test]
fn a_full_job_does_not_differ_from_itself() {
    let full = job(&full(Job::fields()));
    let diff = job_diff(Some(&full), Some(&full), None);
    assert_eq!(diff.change, DiffType::None);
    assert!(diff.fields.is_empty());
    assert!(diff.objects.is_empty());
    assert!(diff.task_groups.iter().all(|group| group.change == DiffType::None));
}

#[test]
fn every_changed_field_is_named() {
    let json = full(Job::fields());
    let before = job(&json);
    let mut found = Vec::new();
    changes(Job::fields(), "", "", &mut found);
    assert!(found.len() > 500, "{} fields", found.len());
    let mut wrong = Vec::new();
    for Change { path, pointer, value } in found {
        let mut json = json.clone();
        *json.pointer_mut(&pointer).unwrap() = value;
        let after = job(&json);
        assert_ne!(before, after, "{path} is changed by the test");
        let diff = job_diff(Some(&before), Some(&after), None);
        let field = path.rsplit('.').next().unwrap();
        let named = diff.change != DiffType::None && names(&diff, field);
        if named == is_listed(&path) {
            wrong.push(format!("    {path:?},  // {}", if named { "named" } else { "not named" }));
        }
    }
    assert!(wrong.is_empty(), "{} fields:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_change_of_a_group_or_task_is_an_edit_even_if_no_field_is_named() {
    let json = full(Job::fields());
    let before = job(&json);
    let mut other = json.clone();
    other["TaskGroups"][0]["Tasks"][0]["Lifecycle"]["Hook"] = json!("other");
    let diff = job_diff(Some(&before), Some(&job(&other)), None);
    let group = &diff.task_groups[0];
    assert_eq!([diff.change, group.change, group.tasks[0].change], [DiffType::Edited; 3]);
}
