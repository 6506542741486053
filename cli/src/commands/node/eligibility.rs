//! `node eligibility`.

use super::find::{NO_NODE, named_node};
use crate::context::Context;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Say whether a node takes new allocations
///
/// What runs on the node stays there either way.
#[derive(clap::Args, Debug)]
pub(crate) struct EligibilityArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Let the node take new allocations
    #[arg(long)]
    enable: bool,

    /// Give the node no new allocations
    #[arg(long)]
    disable: bool,

    /// Mean the node of the asked agent
    #[arg(long = "self", id = "own")]
    own: bool,

    /// Beginning of the id of a node
    #[arg(value_name = "node")]
    id: Option<String>,
}

impl EligibilityArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        const HELP: &str = "For additional help try 'nomadctl node eligibility -help'";
        if self.enable == self.disable {
            let text = "Either the '-enable' or '-disable' flag must be set";
            return Err(CommandError::failed(text).hint(HELP));
        }
        let client = context.client(&self.global)?;
        let named = named_node(&client, self.own, self.id.as_deref(), Length::Short).await?;
        let id = named.ok_or_else(|| CommandError::failed(NO_NODE).hint(HELP))?;
        let asked = client.nodes().set_eligibility(&id, self.enable).await;
        asked.map_err(|error| CommandError::request("updating scheduling eligibility", &error))?;
        let word = if self.enable { "eligible" } else { "ineligible" };
        context.ui.print(&format!("Node {id:?} scheduling eligibility set: {word} for scheduling"));
        Ok(Exit::OK)
    }
}
