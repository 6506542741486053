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

    pub(crate) fn matches(&self, node: &Node) -> bool {
        self.0.iter().all(|attribute| node.attributes.contains_key(attribute.as_str()))
    }
}
