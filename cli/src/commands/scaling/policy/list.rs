//! `scaling policy list`.

use api::Query;

use crate::commands::show;
use crate::context::Context;
use crate::format::{Length, OutputArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List scaling policies
#[derive(clap::Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Only policies of this job
    #[arg(long, value_name = "id")]
    job: Option<String>,

    /// Only policies of this type: horizontal, vertical_cpu or vertical_mem
    #[arg(long = "type", value_name = "type")]
    kind: Option<String>,

    /// Show ids whole
    #[arg(long)]
    verbose: bool,
}

impl ListArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let wanted = [("job", &self.job), ("type", &self.kind)];
        let query = wanted.into_iter().fold(Query::default(), |query, (name, value)| match value {
            Some(value) => query.with(name, value),
            None => query,
        });
        let asked = client.scaling().list(query).await;
        let reply = asked.map_err(|error| CommandError::request("listing scaling policies", &error))?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
        } else if reply.value.is_empty() {
            context.ui.print("No policies found");
        } else {
            context.ui.print(&show::scaling_policy_list(&reply.value, Length::verbose(self.verbose)));
        }
        Ok(Exit::OK)
    }
}
