//! `whatif drain`.

use serde_json::json;

use super::ask::AskArgs;
use super::select::SelectArgs;
use crate::CommandResult;
use crate::context::Context;

/// Say what would happen if nodes were drained
///
/// Shows which allocations would move and where to, which would find no room and why, and how full the nodes would
/// be. Everything that is under way already is taken to be finished first. Nothing is changed.
#[derive(clap::Args, Debug)]
pub(crate) struct DrainArgs {
    #[command(flatten)]
    ask: AskArgs,
    #[command(flatten)]
    select: SelectArgs,
}

impl DrainArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.ask.ask(&json!({ "Drain": self.select.json()? }), None, context).await
    }
}
