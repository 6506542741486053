//! `deployment promote`.

use super::find::find_deployment;
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Promote the canaries of a deployment
///
/// The other allocations are replaced by the new version then.
#[derive(clap::Args, Debug)]
pub(crate) struct PromoteArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Return without following the evaluation
    #[arg(long)]
    detach: bool,

    /// Promote only the canaries of this group. May be repeated
    #[arg(long = "group", value_name = "group", action = clap::ArgAction::Append)]
    groups: Vec<String>,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a deployment
    #[arg(value_name = "deployment id")]
    id: String,
}

impl PromoteArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        let id = find_deployment(&client, &self.id, length).await?.id;
        let asked = client.deployments().promote(&id, &self.groups).await;
        let changed = asked.map_err(|error| CommandError::request("promoting deployment", &error))?.value;
        if self.detach {
            context.ui.print(&format!("Evaluation ID: {}", changed.eval_id));
            return Ok(Exit::OK);
        }
        Monitor::new(&client, context, length).follow(&changed.eval_id).await
    }
}
