//! `eval list`.

use crate::commands::show;
use crate::context::Context;
use crate::format::{Length, OutputArgs, PageArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List evaluations
#[derive(clap::Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    page: PageArgs,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// List only evaluations of a job
    #[arg(long, value_name = "job")]
    job: Option<String>,

    /// List only evaluations with a status
    #[arg(long, value_name = "status")]
    status: Option<String>,
}

impl ListArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let mut query = self.page.query();
        for (key, value) in [("job", &self.job), ("status", &self.status)] {
            if let Some(value) = value {
                query = query.with(key, value.clone());
            }
        }
        let asked = client.evals().list(query).await;
        let reply = asked.map_err(|error| CommandError::request("querying evaluations", &error))?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        context.ui.print(&show::eval_list(&reply.value, Length::verbose(self.verbose)));
        context.next_page(&reply.meta.next_token);
        context.web_hint(&client, "evaluations", "evaluations");
        Ok(Exit::OK)
    }
}
