//! `deployment pause`.

use super::find::find_deployment;
use crate::context::Context;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Pause a deployment
#[derive(clap::Args, Debug)]
pub(crate) struct PauseArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a deployment
    #[arg(value_name = "deployment id")]
    id: String,
}

impl PauseArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        let id = find_deployment(&client, &self.id, length).await?.id;
        let asked = client.deployments().pause(&id).await;
        asked.map_err(|error| CommandError::request("pausing deployment", &error))?;
        context.ui.print(&format!("Deployment {id:?} paused"));
        Ok(Exit::OK)
    }
}
