//! What autoscalers may do.

mod policy;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with scaling.
#[derive(clap::Subcommand, Debug)]
pub(super) enum ScalingCommand {
    /// Work with scaling policies
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
}

impl ScalingCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            ScalingCommand::Policy(command) => command.run(context).await,
        }
    }
}
