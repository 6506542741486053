//! The states of an allocation's tasks by name.
//!
//! A sorted list rather than a tree: most allocations have one task, and the store keeps one list for each.

use std::borrow::Borrow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::TaskState;
use crate::Name;

/// The states of an allocation's tasks by name, in the order of names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskStates(Vec<(Name, TaskState)>);

impl TaskStates {
    /// No task.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|entry| Borrow::<str>::borrow(&entry.0).cmp(name))
    }

    /// The state of a task.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&TaskState> {
        self.find(name).ok().map(|at| &self.0[at].1)
    }

    /// The state of a task, to be changed.
    #[must_use]
    pub fn get_mut(&mut self, name: &str) -> Option<&mut TaskState> {
        self.find(name).ok().map(|at| &mut self.0[at].1)
    }

    /// Whether there is a task of that name.
    #[must_use]
    pub fn contains_key(&self, name: &str) -> bool {
        self.find(name).is_ok()
    }

    /// Sets the state of a task; gives the one before.
    pub fn insert(&mut self, name: Name, state: TaskState) -> Option<TaskState> {
        match self.find(&name) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, state)),
            Err(at) => {
                self.0.insert(at, (name, state));
                None
            }
        }
    }

    /// Forgets a task; gives its state.
    pub fn remove(&mut self, name: &str) -> Option<TaskState> {
        self.find(name).ok().map(|at| self.0.remove(at).1)
    }

    /// How many tasks there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no task.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and states.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Name, &TaskState)> + ExactSizeIterator {
        self.0.iter().map(|(name, state)| (name, state))
    }

    /// Names, to be shared with others of the same text, and states.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Name, &mut TaskState)> {
        self.0.iter_mut().map(|(name, state)| (&*name, state))
    }

    /// Names.
    pub fn keys(&self) -> impl Iterator<Item = &Name> {
        self.0.iter().map(|entry| &entry.0)
    }

    /// States in the order of names.
    pub fn values(&self) -> impl Iterator<Item = &TaskState> {
        self.0.iter().map(|entry| &entry.1)
    }

    /// States in the order of names, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut TaskState> {
        self.0.iter_mut().map(|entry| &mut entry.1)
    }
}

impl FromIterator<(Name, TaskState)> for TaskStates {
    /// The last state of a name counts.
    fn from_iter<I: IntoIterator<Item = (Name, TaskState)>>(entries: I) -> Self {
        let mut states = Self::new();
        for (name, state) in entries {
            states.insert(name, state);
        }
        states.0.shrink_to_fit();
        states
    }
}

impl<const N: usize> From<[(Name, TaskState); N]> for TaskStates {
    fn from(entries: [(Name, TaskState); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl IntoIterator for TaskStates {
    type Item = (Name, TaskState);
    type IntoIter = std::vec::IntoIter<(Name, TaskState)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a TaskStates {
    type Item = (&'a Name, &'a TaskState);
    type IntoIter = std::iter::Map<
        std::slice::Iter<'a, (Name, TaskState)>,
        fn(&'a (Name, TaskState)) -> (&'a Name, &'a TaskState),
    >;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(name, state)| (name, state))
    }
}

impl Serialize for TaskStates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de> Deserialize<'de> for TaskStates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StatesVisitor)
    }
}

struct StatesVisitor;

impl<'de> Visitor<'de> for StatesVisitor {
    type Value = TaskStates;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("task states by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TaskStates, A::Error> {
        let mut states = TaskStates::new();
        while let Some((name, state)) = map.next_entry()? {
            states.insert(name, state);
        }
        states.0.shrink_to_fit();
        Ok(states)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_found_by_name_in_whatever_order_they_came() {
        let failed = || TaskState { failed: true, ..TaskState::pending() };
        let names = ["web", "db", "cache"].map(Name::from);
        let mut states: TaskStates = names.map(|name| (name, TaskState::pending())).into();
        assert_eq!(states.insert(Name::from("db"), failed()), Some(TaskState::pending()));
        assert_eq!(states.keys().map(|name| &**name).collect::<Vec<_>>(), ["cache", "db", "web"]);
        assert!(states.get("db").unwrap().failed);
        let text = serde_json::to_string(&states).unwrap();
        assert_eq!(serde_json::from_str::<TaskStates>(&text).unwrap(), states);
        assert_eq!(states.remove("db"), Some(failed()));
        assert_eq!((states.len(), states.contains_key("db")), (2, false));
    }
}
