//! `deployment resume`.

use super::find::find_deployment;
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Let a paused deployment go on
#[derive(clap::Args, Debug)]
pub(crate) struct ResumeArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Return without following the evaluation
    #[arg(long)]
    detach: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a deployment
    #[arg(value_name = "deployment id")]
    id: String,
}

impl ResumeArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        let id = find_deployment(&client, &self.id, length).await?.id;
        let asked = client.deployments().resume(&id).await;
        let changed = asked.map_err(|error| CommandError::request("resuming deployment", &error))?.value;
        context.ui.print(&format!("Deployment {id:?} resumed"));
        if self.detach || changed.eval_id.is_empty() {
            return Ok(Exit::OK);
        }
        context.ui.print("");
        Monitor::new(&client, context, length).follow(&changed.eval_id).await
    }
}
