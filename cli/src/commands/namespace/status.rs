//! `namespace status`.

use crate::commands::show;
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show a namespace
#[derive(clap::Args, Debug)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Name of a namespace
    #[arg(value_name = "namespace")]
    name: String,
}

impl StatusArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let asked = client.namespaces().info(&self.name).await;
        let reply = asked.map_err(|error| CommandError::request("querying namespace", &error))?;
        let text = self.output.render(&reply.raw)?;
        context.ui.print(&text.unwrap_or_else(|| show::namespace(&reply.value)));
        Ok(Exit::OK)
    }
}
