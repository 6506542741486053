//! `service list`.

use api::Query;

use crate::commands::show;
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List services that are registered natively
#[derive(clap::Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Show only names
    #[arg(long)]
    name: bool,
}

impl ListArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let asked = client.services().list(Query::default()).await;
        let reply = asked.map_err(|error| CommandError::request("listing service registrations", &error))?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        let all_namespaces = client.config().namespace.as_deref() == Some("*");
        let text = if self.name {
            show::service_names(&reply.value)
        } else {
            show::service_list(&reply.value, all_namespaces)
        };
        context.ui.print(&text);
        Ok(Exit::OK)
    }
}
