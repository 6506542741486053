//! Jobs, groups and tasks.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::annotate;
use super::entry::{DiffType, GroupDiff, JobDiff, TaskDiff};
use super::object::{Context, fields, objects};
use super::shape::{GROUP, JOB, TASK};
use crate::{Job, PlanAnnotations, Service, Task, TaskGroup};

/// What changed between two versions of a job; with `annotations`, what that leads to.
#[must_use]
pub fn job_diff(old: Option<&Job>, new: Option<&Job>, annotations: Option<&PlanAnnotations>) -> JobDiff {
    let (before, after) = (old.map(document), new.map(document));
    let fields = fields(before.as_ref(), after.as_ref(), &JOB, Context::Changed);
    let objects = objects(before.as_ref(), after.as_ref(), &JOB);
    let task_groups = groups(old, new, annotations);
    let changed = !fields.is_empty()
        || !objects.is_empty()
        || task_groups.iter().any(|group| group.change != DiffType::None);
    let change = match (old, new) {
        (None, Some(_)) => DiffType::Added,
        (Some(_), None) => DiffType::Deleted,
        _ if changed => DiffType::Edited,
        _ => DiffType::None,
    };
    let id = new.or(old).map_or_else(String::new, |job| job.id.clone());
    JobDiff { change, id, fields, objects, task_groups }
}

/// A job as the walk sees it: every field, and no groups.
fn document(job: &Job) -> Value {
    let mut json = job.to_draft().to_json();
    for field in ["TaskGroups", "Update", "Spreads", "Reschedule", "Migrate", "Payload", "VersionTag"] {
        json[field] = Value::Null;
    }
    json
}

fn groups(old: Option<&Job>, new: Option<&Job>, annotations: Option<&PlanAnnotations>) -> Vec<GroupDiff> {
    let side = |job: Option<&Job>| -> BTreeMap<String, TaskGroup> {
        job.into_iter()
            .flat_map(|job| &job.task_groups)
            .map(|group| (group.name.clone(), group.clone()))
            .collect()
    };
    let (old, new) = (side(old), side(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let desired = |name: &str| annotations.and_then(|annotations| annotations.groups.get(name));
    names
        .into_iter()
        .map(|name| {
            let mut diff = group(name, old.get(name), new.get(name));
            if let Some(desired) = desired(name) {
                diff.updates = annotate::updates(desired);
            }
            if annotations.is_some() {
                annotate::group(&mut diff);
            }
            diff
        })
        .collect()
}

fn group(name: &str, old: Option<&TaskGroup>, new: Option<&TaskGroup>) -> GroupDiff {
    let document = |group: &TaskGroup| {
        let mut json = group.to_draft().to_json();
        json["Tasks"] = Value::Null;
        json["Spreads"] = Value::Null;
        name_spaces(&mut json, &group.services);
        json
    };
    let (before, after) = (old.map(document), new.map(document));
    GroupDiff {
        change: DiffType::of(old, new),
        name: name.to_owned(),
        fields: fields(before.as_ref(), after.as_ref(), &GROUP, Context::Changed),
        objects: objects(before.as_ref(), after.as_ref(), &GROUP),
        tasks: tasks(old, new),
        updates: BTreeMap::new(),
    }
}

fn tasks(old: Option<&TaskGroup>, new: Option<&TaskGroup>) -> Vec<TaskDiff> {
    let side = |group: Option<&TaskGroup>| -> BTreeMap<String, Task> {
        group
            .into_iter()
            .flat_map(|group| &group.tasks)
            .map(|task| (task.name.clone(), task.clone()))
            .collect()
    };
    let (old, new) = (side(old), side(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names.into_iter().map(|name| task(name, old.get(name), new.get(name))).collect()
}

fn task(name: &str, old: Option<&Task>, new: Option<&Task>) -> TaskDiff {
    let document = |task: &Task| {
        let mut json = task.to_draft().to_json();
        for field in ["RestartPolicy", "Lifecycle", "CSIPluginConfig", "ScalingPolicies", "Schedule"] {
            json[field] = Value::Null;
        }
        name_spaces(&mut json, &task.services);
        json
    };
    let (before, after) = (old.map(document), new.map(document));
    TaskDiff {
        change: DiffType::of(old, new),
        name: name.to_owned(),
        fields: fields(before.as_ref(), after.as_ref(), &TASK, Context::Changed),
        objects: objects(before.as_ref(), after.as_ref(), &TASK),
        annotations: Vec::new(),
    }
}

/// Adds the namespaces of services, which drafts do not show: servers set them.
fn name_spaces(json: &mut Value, services: &[Service]) {
    let shown = json["Services"].as_array_mut().into_iter().flatten();
    for (shown, service) in shown.zip(services) {
        shown["Namespace"] = service.namespace.as_str().into();
    }
}
