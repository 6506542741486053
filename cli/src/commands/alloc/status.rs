//! `alloc status`.

use api::Query;

use super::find::{Found, look_for, read};
use super::page::page_of;
use crate::commands::show;
use crate::context::Context;
use crate::format::{Length, OutputArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show an allocation
///
/// Shows its tasks, what they use, and what happened to them. With -json and without an id, lists all allocations.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Show the tasks only
    #[arg(long)]
    short: bool,

    /// Show in detail what the tasks use
    #[arg(long)]
    stats: bool,

    /// Show whole ids and how the node was chosen
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of an allocation
    #[arg(value_name = "allocation")]
    id: Option<String>,
}

impl StatusArgs {
    /// Arguments for another command that shows an allocation.
    pub(crate) fn of(global: GlobalArgs, output: OutputArgs, verbose: bool, id: String) -> StatusArgs {
        StatusArgs { global, output, verbose, id: Some(id), ..StatusArgs::default() }
    }

    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        let Some(prefix) = &self.id else {
            if !self.output.is_machine() {
                return Err(CommandError::failed(
                    "This command takes one argument unless -json or -t is given: <allocation>\nFor additional \
                     help try 'nomadctl alloc status -help'",
                ));
            }
            let asked = client.allocs().list(Query::default()).await;
            let reply = asked.map_err(|error| CommandError::request("querying allocations", &error))?;
            context.ui.print(&self.output.render(&reply.raw)?.unwrap_or_default());
            return Ok(Exit::OK);
        };
        let stub = match look_for(&client, context, prefix, length).await? {
            Found::One(stub) => stub,
            Found::Several(text) => {
                context.ui.print(&text);
                return Ok(Exit::OK);
            }
        };
        let reply = read(&client, &stub.id).await?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        let text = if self.short {
            show::alloc_short(&reply.value, context.clock, length)
        } else {
            let page = show::AllocPage { stats: self.stats, ..page_of(&client, reply.value).await };
            show::alloc_status(&page, context.clock, length)
        };
        context.ui.print(&text);
        context.web_hint(&client, "allocation details", &format!("allocations/{}", stub.id));
        Ok(Exit::OK)
    }
}
