//! `alloc stop`.

use super::find::{Found, look_for};
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Stop an allocation
///
/// Its job gets another one in its place.
#[derive(clap::Args, Debug)]
pub(crate) struct StopArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Return without following the evaluation
    #[arg(long)]
    detach: bool,

    /// Skip the shutdown delays
    #[arg(long)]
    no_shutdown_delay: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of an allocation
    #[arg(value_name = "allocation")]
    id: String,
}

impl StopArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        let alloc = match look_for(&client, context, &self.id, length).await? {
            Found::One(alloc) => alloc,
            Found::Several(text) => return Err(CommandError::failed(text)),
        };
        let asked = client.allocs().stop(&alloc.id, self.no_shutdown_delay).await;
        let eval_id =
            asked.map_err(|error| CommandError::request("stopping allocation", &error))?.value.eval_id;
        if self.detach {
            context.ui.print(&eval_id);
            return Ok(Exit::OK);
        }
        Monitor::new(&client, context, length).follow(&eval_id).await
    }
}
