//! Nodes by what is said of them.

use std::collections::BTreeMap;

use model::{Node, NodeId};
use state::State;

use super::WhatIfError;

/// Which nodes are meant: those that are named, and those that have all of the rest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selector {
    /// Names, ids, or beginnings of ids that only one node has.
    pub nodes: Vec<String>,
    /// Metadata.
    pub meta: BTreeMap<String, String>,
    /// Datacenter; empty for any.
    pub datacenter: String,
    /// Class; empty for any.
    pub class: String,
    /// Pool; empty for any.
    pub pool: String,
}

impl Selector {
    /// The nodes, in order of their ids, each once.
    ///
    /// # Errors
    /// A word names no node or several, or nothing is selected at all.
    pub fn select(&self, state: &State) -> Result<Vec<NodeId>, WhatIfError> {
        let mut found = Vec::new();
        for word in &self.nodes {
            found.push(find_node(state, word)?);
        }
        if self.has_conditions() {
            found.extend(state.nodes().filter(|node| self.matches(node)).map(|node| node.id));
        }
        if found.is_empty() {
            return Err(WhatIfError::NoNodes);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    fn has_conditions(&self) -> bool {
        let words = [&self.datacenter, &self.class, &self.pool];
        !self.meta.is_empty() || words.iter().any(|word| !word.is_empty())
    }

    fn matches(&self, node: &Node) -> bool {
        let is = |wanted: &str, has: &str| wanted.is_empty() || wanted == has;
        let has = |(key, value): (&String, &String)| {
            node.meta.get(key.as_str()).is_some_and(|known| **known == **value)
        };
        is(&self.datacenter, &node.datacenter)
            && is(&self.class, &node.class)
            && is(&self.pool, &node.pool)
            && self.meta.iter().all(has)
    }
}

/// The node of that name or id, or the only one whose id begins so.
pub(super) fn find_node(state: &State, word: &str) -> Result<NodeId, WhatIfError> {
    let missing = || WhatIfError::NodeNotFound(word.to_owned());
    if word.is_empty() {
        return Err(missing());
    }
    if let Some(node) = state.nodes().find(|node| *node.name == *word) {
        return Ok(node.id);
    }
    let mut matching = state.nodes().filter(|node| node.id.to_string().starts_with(word));
    let first = matching.next().ok_or_else(missing)?;
    match matching.next() {
        Some(_) => Err(WhatIfError::SeveralNodes(word.to_owned())),
        None => Ok(first.id),
    }
}
