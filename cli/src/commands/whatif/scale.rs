//! `whatif scale`.

use serde_json::json;

use super::ask::AskArgs;
use crate::context::Context;
use crate::{CommandError, CommandResult};

/// Say what would happen if a group had another count
///
/// The group may be left out when the job has only one. Nothing is changed.
#[derive(clap::Args, Debug)]
pub(crate) struct ScaleArgs {
    #[command(flatten)]
    ask: AskArgs,

    /// Id of the job
    #[arg(value_name = "job")]
    job: String,

    /// Group, or the count when the job has only one group
    #[arg(value_name = "group")]
    group_or_count: String,

    /// How many allocations
    #[arg(value_name = "count")]
    count: Option<String>,
}

impl ScaleArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let (group, count) = match &self.count {
            Some(count) => (self.group_or_count.as_str(), count),
            None => ("", &self.group_or_count),
        };
        let count: u64 = count
            .parse()
            .map_err(|_| CommandError::failed(format!("Invalid count {count:?}: expected a number")))?;
        let question = json!({ "Scale": { "JobID": self.job, "Group": group, "Count": count } });
        self.ask.ask(&question, None, context).await
    }
}
