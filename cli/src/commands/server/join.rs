//! `server join`.

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Have a server join the cluster of others
///
/// The asked agent must be a server that belongs to no cluster yet, or to the same one.
#[derive(clap::Args, Debug)]
pub(crate) struct JoinArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Addresses of servers, host:port of their rpc port
    #[arg(value_name = "address", required = true)]
    addresses: Vec<String>,
}

impl JoinArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let asked = client.agent().join(&self.addresses).await;
        let reply = asked.map_err(|error| CommandError::request("joining", &error))?;
        if !reply.value.error.is_empty() {
            return Err(CommandError::failed(format!("Error joining: {}", reply.value.error)));
        }
        context.ui.print(&format!("Joined {} servers successfully", reply.value.joined));
        Ok(Exit::OK)
    }
}
