//! What a change leads to: words beside counts and tasks.

use std::collections::BTreeMap;

use crate::DesiredUpdates;

use super::entry::{DiffType, FieldDiff, GroupDiff, ObjectDiff, TaskDiff};

/// Fields of a task whose change is no reason to replace it.
const HARMLESS_FIELDS: [&str; 1] = ["KillTimeout"];
/// Objects of a task whose change is no reason to replace it.
const HARMLESS_OBJECTS: [&str; 4] = ["Affinity", "Constraint", "Service", "Spread"];

/// The kinds of change of a group, without those that do not occur.
pub(super) fn updates(desired: &DesiredUpdates) -> BTreeMap<String, u64> {
    [
        ("ignore", desired.ignore),
        ("create", desired.place),
        ("migrate", desired.migrate),
        ("destroy", desired.stop),
        ("canary", desired.canary),
        ("in-place update", desired.in_place_update),
        ("create/destroy update", desired.destructive_update),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(name, count)| (name.to_owned(), count))
    .collect()
}

/// Says of a group's count and tasks what their change leads to.
pub(super) fn group(group: &mut GroupDiff) {
    let parent = group.change;
    for field in group.fields.iter_mut().filter(|field| field.name == "Count") {
        count(field);
    }
    for task in &mut group.tasks {
        annotate_task(task, parent);
    }
}

fn count(field: &mut FieldDiff) {
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    let annotation = match field.change {
        DiffType::Added => "forces create",
        DiffType::Deleted => "forces destroy",
        DiffType::Edited if number(&field.old) < number(&field.new) => "forces create",
        DiffType::Edited => "forces destroy",
        DiffType::None => return,
    };
    field.annotations.push(annotation.to_owned());
}

fn annotate_task(task: &mut TaskDiff, parent: DiffType) {
    let annotation = match (parent, task.change) {
        (_, DiffType::None) => return,
        (DiffType::Added, DiffType::Added) => "forces create",
        (DiffType::Deleted, DiffType::Deleted) => "forces destroy",
        (_, DiffType::Added | DiffType::Deleted) => "forces create/destroy update",
        _ if replaces(task) => "forces create/destroy update",
        _ => "forces in-place update",
    };
    task.annotations.push(annotation.to_owned());
}

fn replaces(task: &TaskDiff) -> bool {
    task.fields.iter().any(|field| !HARMLESS_FIELDS.contains(&field.name.as_str()))
        || task.objects.iter().any(object_replaces)
}

fn object_replaces(object: &ObjectDiff) -> bool {
    if object.name == "LogConfig" {
        return object.fields.iter().any(|field| field.name == "Disabled" && field.change != DiffType::None);
    }
    !HARMLESS_OBJECTS.contains(&object.name.as_str())
}
