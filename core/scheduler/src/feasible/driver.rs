//! Drivers: every task's driver must be there and work.

use std::collections::BTreeSet;

use model::{Node, TaskGroup};

/// The drivers that a group needs.
#[derive(Debug, Clone)]
pub(crate) struct DriverCheck(BTreeSet<String>);

impl DriverCheck {
    pub(crate) fn of(group: &TaskGroup) -> Self {
        Self(group.tasks.iter().map(|task| task.driver.clone()).collect())
    }

    /// The first driver that the node does not have, or that does not work.
    pub(crate) fn missing(&self, node: &Node) -> Option<&str> {
        self.0.iter().find(|driver| !has_driver(node, driver)).map(String::as_str)
    }
}

/// A node without details of a driver may still say `driver.<name> = 1`.
fn has_driver(node: &Node, driver: &str) -> bool {
    if let Some(info) = node.drivers.get(driver) {
        return info.detected && info.healthy;
    }
    let attribute = node.attributes.get(format!("driver.{driver}").as_str());
    attribute.is_some_and(|value| matches!(&**value, "1" | "t" | "T" | "true" | "TRUE" | "True"))
}
