//! `whatif add`.

use serde_json::json;

use super::ask::AskArgs;
use crate::context::Context;
use crate::{CommandError, CommandResult};

/// Say what would happen if nodes were added
///
/// The new nodes are as another one is. Shows what would be placed on them that waits now, and how full the nodes
/// would be. Nothing is changed.
#[derive(clap::Args, Debug)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    ask: AskArgs,

    /// The node that the new ones are like: its name, or the beginning of its id
    #[arg(long, value_name = "node")]
    like: Option<String>,

    /// How many nodes
    #[arg(value_name = "count")]
    count: String,
}

impl AddArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let count: u32 = self.count.parse().map_err(|_| {
            CommandError::failed(format!("Invalid count {:?}: expected a number", self.count))
        })?;
        let like = self
            .like
            .as_ref()
            .ok_or_else(|| CommandError::failed("Name the node that the new ones are like: -like <node>"))?;
        self.ask.ask(&json!({ "Add": { "Count": count, "Like": like } }), None, context).await
    }
}
