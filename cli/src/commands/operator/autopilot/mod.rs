//! The autopilot: how the servers look after their own group.

mod get_config;
mod health;
mod set_config;

use crate::CommandResult;
use crate::context::Context;

/// What operators can do with the autopilot.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum AutopilotCommand {
    GetConfig(get_config::GetConfigArgs),
    SetConfig(set_config::SetConfigArgs),
    Health(health::HealthArgs),
}

impl AutopilotCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            AutopilotCommand::GetConfig(args) => args.run(context).await,
            AutopilotCommand::SetConfig(args) => args.run(context).await,
            AutopilotCommand::Health(args) => args.run(context).await,
        }
    }
}
