//! `node pool delete`.

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Delete a node pool
///
/// Only a pool without nodes and jobs can be deleted.
#[derive(clap::Args, Debug)]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Name of a node pool
    #[arg(value_name = "node pool")]
    name: String,
}

impl DeleteArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let asked = client.node_pools().delete(&self.name).await;
        asked.map_err(|error| CommandError::request("deleting node pool", &error))?;
        context.ui.print(&format!("Successfully deleted node pool {:?}!", self.name));
        Ok(Exit::OK)
    }
}
