//! Which nodes are meant.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::CommandError;

/// Nodes by name, and by what is said of them.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct SelectArgs {
    /// Nodes whose metadata has this value: -meta rack=r2. May be repeated; all must hold
    #[arg(long, value_name = "key=value", action = clap::ArgAction::Append)]
    meta: Vec<String>,

    /// Nodes of this datacenter
    #[arg(long, value_name = "datacenter")]
    datacenter: Option<String>,

    /// Nodes of this class
    #[arg(long, value_name = "class")]
    node_class: Option<String>,

    /// Nodes of this pool
    #[arg(long, value_name = "pool")]
    node_pool: Option<String>,

    /// Names of nodes, or beginnings of their ids
    #[arg(value_name = "node")]
    nodes: Vec<String>,
}

impl SelectArgs {
    /// The selection as the API takes it.
    pub(super) fn json(&self) -> Result<Value, CommandError> {
        let pairs = self.meta.iter().map(|pair| {
            pair.split_once('=')
                .ok_or_else(|| CommandError::failed(format!("Invalid -meta {pair:?}: expected key=value")))
        });
        let meta: BTreeMap<&str, &str> = pairs.collect::<Result<_, _>>()?;
        let conditions = [&self.datacenter, &self.node_class, &self.node_pool];
        if self.nodes.is_empty() && meta.is_empty() && conditions.iter().all(|condition| condition.is_none())
        {
            return Err(CommandError::failed(
                "No node is meant: name some, or give -meta, -datacenter, -node-class or -node-pool",
            ));
        }
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Ok(json!({
            "Nodes": self.nodes, "Meta": meta, "Datacenter": text(&self.datacenter),
            "NodeClass": text(&self.node_class), "NodePool": text(&self.node_pool),
        }))
    }
}
