//! `namespace inspect`.

use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show everything about a namespace as JSON
#[derive(clap::Args, Debug)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Format the answer with a Go template
    #[arg(long = "t", value_name = "template")]
    template: Option<String>,

    /// Name of a namespace
    #[arg(value_name = "namespace")]
    name: String,
}

impl InspectArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let asked = client.namespaces().info(&self.name).await;
        let reply = asked.map_err(|error| CommandError::request("querying namespace", &error))?;
        let output = OutputArgs { json: self.template.is_none(), template: self.template.clone() };
        context.ui.print(&output.render(&reply.raw)?.unwrap_or_default());
        Ok(Exit::OK)
    }
}
