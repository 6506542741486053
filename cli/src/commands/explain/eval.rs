//! `explain eval`.

use api::Query;

use super::page::NodesArgs;
use crate::commands::alloc::even_prefix;
use crate::commands::show;
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult};

/// Say why an evaluation could not place what it should, as of now
///
/// Shows the groups that it could not place, or all groups of its job. What it found when it ran is shown by
/// 'eval status'.
#[derive(clap::Args, Debug)]
pub(crate) struct EvalArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    nodes: NodesArgs,

    /// Beginning of the id of an evaluation
    #[arg(value_name = "evaluation")]
    id: String,
}

impl EvalArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let explaining = |error| CommandError::request("explaining evaluation", &error);
        let found =
            client.evals().list(Query::prefix(even_prefix(&self.id)?)).await.map_err(explaining)?.value;
        let id = match found.as_slice() {
            [] => {
                let text = format!("No evaluation(s) with prefix or id {:?} found", self.id);
                return Err(CommandError::failed(text));
            }
            [only] => &only.id,
            several => {
                let table = show::eval_list(several, self.nodes.length());
                return Err(CommandError::failed(format!("Prefix matched multiple evaluations\n\n{table}")));
            }
        };
        let reply = client.explain().eval(id, self.nodes.query()).await.map_err(explaining)?;
        self.nodes.print(&reply, &self.output, context)
    }
}
