//! Allocations.

mod find;
mod fs;
mod logs;
mod page;
mod restart;
mod signal;
mod status;
mod stop;
mod tail;

pub(crate) use find::even_prefix;
pub(super) use find::{Found, look_for};
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
    Restart(restart::RestartArgs),
    Signal(signal::SignalArgs),
    Status(StatusArgs),
    Stop(stop::StopArgs),
}

impl AllocCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            AllocCommand::Fs(args) => args.run(context).await,
            AllocCommand::Logs(args) => args.run(context).await,
            AllocCommand::Restart(args) => args.run(context).await,
            AllocCommand::Signal(args) => args.run(context).await,
            AllocCommand::Status(args) => args.run(context).await,
            AllocCommand::Stop(args) => args.run(context).await,
        }
    }
}
