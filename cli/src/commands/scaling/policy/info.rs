//! `scaling policy info`.

use api::Query;

use crate::commands::show;
use crate::context::Context;
use crate::format::{Length, OutputArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show a scaling policy
#[derive(clap::Args, Debug)]
pub(crate) struct InfoArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Show the id whole
    #[arg(long)]
    verbose: bool,

    /// Id of a scaling policy, or the beginning of one
    #[arg(value_name = "policy")]
    id: String,
}

impl InfoArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let length = Length::verbose(self.verbose);
        let client = context.client(&self.global)?;
        let querying = |error: api::ApiError| CommandError::request("querying scaling policy", &error);
        let mut found = client.scaling().list(Query::default()).await.map_err(querying)?.value;
        found.retain(|policy| policy.id.starts_with(&self.id));
        let id = match &found[..] {
            [] => {
                let text = format!("No scaling policies with prefix or id {:?} found", self.id);
                return Err(CommandError::failed(text));
            }
            [only] => &only.id,
            many => {
                let table = show::scaling_policy_list(many, length);
                let text = format!("Prefix matched multiple scaling policies\n\n{table}");
                return Err(CommandError::failed(text));
            }
        };
        let reply = client.scaling().info(id).await.map_err(querying)?;
        match self.output.render(&reply.raw)? {
            Some(text) => context.ui.print(&text),
            None => context.ui.print(&show::scaling_policy(&reply.value, length)),
        }
        Ok(Exit::OK)
    }
}
