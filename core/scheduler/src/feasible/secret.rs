//! Secret providers: every task's must be installed on the node.

use std::collections::BTreeSet;

use model::{Node, TaskGroup};

/// The attributes by which a node says that it has the providers.
#[derive(Debug, Clone)]
pub(crate) struct SecretCheck(BTreeSet<String>);

impl SecretCheck {
    pub(crate) fn of(group: &TaskGroup) -> Self {
        let secrets = group.tasks.iter().flat_map(|task| &task.secrets);
        Self(secrets.map(|secret| format!("plugins.secrets.{}.version", secret.provider)).collect())
    }

    /// The first attribute that the node does not have.
    pub(crate) fn missing(&self, node: &Node) -> Option<&str> {
        self.0.iter().map(String::as_str).find(|attribute| !node.attributes.contains_key(*attribute))
    }
}
