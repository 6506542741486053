//! `whatif lose`.

use serde_json::json;

use super::ask::AskArgs;
use super::select::SelectArgs;
use crate::CommandResult;
use crate::context::Context;

/// Say what would happen if nodes were lost
///
/// Shows which allocations would be replaced and where, which would find no room and why, and how full the other
/// nodes would be: 'nomadctl whatif lose -meta rack=r2' tells whether the cluster survives a rack. Nothing is changed.
#[derive(clap::Args, Debug)]
pub(crate) struct LoseArgs {
    #[command(flatten)]
    ask: AskArgs,
    #[command(flatten)]
    select: SelectArgs,
}

impl LoseArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.ask.ask(&json!({ "Lose": self.select.json()? }), None, context).await
    }
}
