//! `eval status`.

use api::Query;

use crate::commands::alloc::even_prefix;
use crate::commands::show;
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::{Length, OutputArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show an evaluation
///
/// Shows what it placed and what it could not place, with the reasons.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Follow the evaluation and its deployment
    #[arg(long)]
    monitor: bool,

    /// Show whole ids and more details
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of an evaluation
    #[arg(value_name = "evaluation")]
    id: String,
}

impl StatusArgs {
    /// Arguments for another command that shows an evaluation.
    pub(crate) fn of(global: GlobalArgs, output: OutputArgs, verbose: bool, id: String) -> StatusArgs {
        StatusArgs { global, output, verbose, id, ..StatusArgs::default() }
    }

    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        let querying = |error| CommandError::request("querying evaluation", &error);
        let found = client.evals().list(Query::prefix(even_prefix(&self.id)?)).await.map_err(querying)?.value;
        let id = match found.as_slice() {
            [] => {
                let text = format!("No evaluation(s) with prefix or id {:?} found", self.id);
                return Err(CommandError::failed(text));
            }
            [only] => &only.id,
            several => {
                let table = show::eval_list(several, length);
                let text = format!("Prefix matched multiple evaluations\n\n{table}");
                return Err(CommandError::failed(text));
            }
        };
        if self.monitor {
            return Monitor::new(&client, context, length).follow(id).await;
        }
        let reply = client.evals().info(id, Query::default()).await.map_err(querying)?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        let placed = client.evals().allocations(id).await.map_err(querying)?.value;
        context.ui.print(&show::eval_status(&reply.value, &placed, context.clock, length));
        context.web_hint(&client, "evaluation details", &format!("evaluations?currentEval={id}"));
        Ok(Exit::OK)
    }
}
