//! Allocations.

mod find;
mod fs;
mod logs;
mod page;
mod status;
mod tail;

pub(crate) use find::even_prefix;
pub(super) use fs::FsArgs;
pub(super) use logs::LogsArgs;
pub(super) use status::StatusArgs;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with allocations.
#[derive(clap::Subcommand, Debug)]
pub(super) enum AllocCommand {
    Fs(FsArgs),
    Logs(LogsArgs),
    Status(StatusArgs),
}

impl AllocCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            AllocCommand::Fs(args) => args.run(context).await,
            AllocCommand::Logs(args) => args.run(context).await,
            AllocCommand::Status(args) => args.run(context).await,
        }
    }
}
