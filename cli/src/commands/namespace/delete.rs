//! `namespace delete`.

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Delete a namespace
///
/// Only a namespace without jobs that are not over can be deleted.
#[derive(clap::Args, Debug)]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Name of a namespace
    #[arg(value_name = "namespace")]
    name: String,
}

impl DeleteArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let asked = client.namespaces().delete(&self.name).await;
        asked.map_err(|error| CommandError::request("deleting namespace", &error))?;
        context.ui.print(&format!("Successfully deleted namespace {:?}!", self.name));
        Ok(Exit::OK)
    }
}
