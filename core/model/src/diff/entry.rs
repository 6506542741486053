//! The parts of a diff, and their JSON.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// How something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum DiffType {
    /// It is there before and after, and differs.
    Edited,
    /// It is new.
    Added,
    /// It is gone.
    Deleted,
    /// It is the same.
    None,
}

impl DiffType {
    /// How a value changed that may be missing on either side.
    #[must_use]
    pub fn of<T: PartialEq>(old: Option<&T>, new: Option<&T>) -> Self {
        match (old, new) {
            (None, None) => Self::None,
            (None, Some(_)) => Self::Added,
            (Some(_), None) => Self::Deleted,
            (Some(old), Some(new)) if old == new => Self::None,
            (Some(_), Some(_)) => Self::Edited,
        }
    }
}

fn null_if_empty<T: Serialize, S: Serializer>(list: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    if list.is_empty() { serializer.serialize_none() } else { list.serialize(serializer) }
}

fn null_if_no_entries<S: Serializer>(map: &BTreeMap<String, u64>, serializer: S) -> Result<S::Ok, S::Error> {
    if map.is_empty() { serializer.serialize_none() } else { map.serialize(serializer) }
}

/// A scalar field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FieldDiff {
    /// Its name; entries of maps as `Meta[key]`.
    pub name: String,
    /// Before; empty when it was not there.
    pub old: String,
    /// After; empty when it is not there.
    pub new: String,
    /// How it changed.
    #[serde(rename = "Type")]
    pub change: DiffType,
    /// What the change leads to.
    #[serde(serialize_with = "null_if_empty")]
    pub annotations: Vec<String>,
}

/// A nested document, a list of strings, or the configuration of a driver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ObjectDiff {
    /// How it changed.
    #[serde(rename = "Type")]
    pub change: DiffType,
    /// What it is.
    pub name: String,
    /// Its fields, by name.
    #[serde(serialize_with = "null_if_empty")]
    pub fields: Vec<FieldDiff>,
    /// What is nested in it, by name.
    #[serde(serialize_with = "null_if_empty")]
    pub objects: Vec<ObjectDiff>,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskDiff {
    /// How it changed.
    #[serde(rename = "Type")]
    pub change: DiffType,
    /// Its name.
    pub name: String,
    /// Its changed fields.
    #[serde(serialize_with = "null_if_empty")]
    pub fields: Vec<FieldDiff>,
    /// What changed in it.
    #[serde(serialize_with = "null_if_empty")]
    pub objects: Vec<ObjectDiff>,
    /// What the change leads to.
    #[serde(serialize_with = "null_if_empty")]
    pub annotations: Vec<String>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupDiff {
    /// How it changed.
    #[serde(rename = "Type")]
    pub change: DiffType,
    /// Its name.
    pub name: String,
    /// Its changed fields.
    #[serde(serialize_with = "null_if_empty")]
    pub fields: Vec<FieldDiff>,
    /// What changed in it.
    #[serde(serialize_with = "null_if_empty")]
    pub objects: Vec<ObjectDiff>,
    /// Its tasks, by name.
    #[serde(serialize_with = "null_if_empty")]
    pub tasks: Vec<TaskDiff>,
    /// What the scheduler would do, by kind of change.
    #[serde(serialize_with = "null_if_no_entries")]
    pub updates: BTreeMap<String, u64>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct JobDiff {
    /// How it changed.
    #[serde(rename = "Type")]
    pub change: DiffType,
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its changed fields.
    #[serde(serialize_with = "null_if_empty")]
    pub fields: Vec<FieldDiff>,
    /// What changed in it.
    #[serde(serialize_with = "null_if_empty")]
    pub objects: Vec<ObjectDiff>,
    /// Its groups, by name.
    #[serde(serialize_with = "null_if_empty")]
    pub task_groups: Vec<GroupDiff>,
}
