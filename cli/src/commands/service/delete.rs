//! `service delete`.

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Delete one registration of a service
///
/// A client that still runs the allocation registers it again with its next report; what is deleted for good is what
/// a client left behind.
#[derive(clap::Args, Debug)]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Name of a service
    #[arg(value_name = "service")]
    name: String,

    /// Whole id of a registration, as 'service info -verbose' shows it
    #[arg(value_name = "registration id")]
    id: String,
}

impl DeleteArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let asked = client.services().delete(&self.name, &self.id).await;
        asked.map_err(|error| CommandError::request("deleting service registration", &error))?;
        context.ui.print("Successfully deleted service registration");
        Ok(Exit::OK)
    }
}
