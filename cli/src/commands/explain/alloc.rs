//! `explain alloc`.

use super::page::NodesArgs;
use crate::commands::alloc::{Found, look_for};
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult};

/// Say where an allocation would go if it was placed now, and why
///
/// The allocation is taken to be gone, so that its own node is asked as well. What was found when it was placed is
/// shown by 'alloc status -verbose'.
#[derive(clap::Args, Debug)]
pub(crate) struct AllocArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    nodes: NodesArgs,

    /// Beginning of the id of an allocation
    #[arg(value_name = "allocation")]
    id: String,
}

impl AllocArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let alloc = match look_for(&client, context, &self.id, self.nodes.length()).await? {
            Found::One(alloc) => alloc,
            Found::Several(text) => return Err(CommandError::failed(text)),
        };
        let asked = client.explain().alloc(&alloc.id, self.nodes.query()).await;
        let reply = asked.map_err(|error| CommandError::request("explaining allocation", &error))?;
        self.nodes.print(&reply, &self.output, context)
    }
}
