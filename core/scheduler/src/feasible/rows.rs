//! Candidate nodes by kind: what nodes of one kind have in common is looked at once.

use std::sync::Arc;

use model::Node;

use crate::parallel;

/// The candidate nodes, and which kind each is of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'c> {
    pub(crate) nodes: &'c [Arc<Node>],
    /// Kind of each node.
    pub(crate) kinds: &'c [u32],
    /// The first row of each kind.
    pub(crate) first: &'c [u32],
}

impl Rows<'_> {
    /// Asks one node of each kind, and answers for every node.
    pub(crate) fn by_kind<T: Clone>(&self, mut ask: impl FnMut(&Node) -> T) -> Vec<T> {
        let answers: Vec<T> = self.first.iter().map(|row| ask(&self.nodes[*row as usize])).collect();
        self.kinds.iter().map(|kind| answers[*kind as usize].clone()).collect()
    }

    /// Asks every node.
    pub(crate) fn each<T: Send>(&self, ask: impl Fn(&Node) -> T + Sync + Send) -> Vec<T> {
        parallel::map_nodes(self.nodes, |node| ask(node))
    }

    /// The computed class of a row.
    pub(crate) fn class(&self, row: usize) -> u64 {
        self.nodes[self.first[self.kinds[row] as usize] as usize].computed_class
    }
}
