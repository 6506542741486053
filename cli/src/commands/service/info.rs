//! `service info`.

use super::find::find_service;
use crate::commands::show;
use crate::context::Context;
use crate::format::{Length, OutputArgs, PageArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show where a service runs
#[derive(clap::Args, Debug)]
pub(crate) struct InfoArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    page: PageArgs,

    /// Show everything about each registration
    #[arg(long)]
    verbose: bool,

    /// Name of a service, or the beginning of one
    #[arg(value_name = "service")]
    name: String,
}

impl InfoArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let name = find_service(&client, &self.name).await?;
        let asked = client.services().info(&name, self.page.query()).await;
        let reply = asked.map_err(|error| CommandError::request("querying services", &error))?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        context.ui.print(&show::service_info(&reply.value, Length::verbose(self.verbose)));
        context.next_page(&reply.meta.next_token);
        Ok(Exit::OK)
    }
}
