//! What would happen, without doing it.

mod add;
mod ask;
mod drain;
mod lose;
mod run;
mod scale;
mod select;

use crate::CommandResult;
use crate::context::Context;

/// What can be supposed.
#[derive(clap::Subcommand, Debug)]
pub(super) enum WhatIfCommand {
    Drain(drain::DrainArgs),
    Lose(lose::LoseArgs),
    Add(add::AddArgs),
    Run(run::RunArgs),
    Scale(scale::ScaleArgs),
}

impl WhatIfCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            WhatIfCommand::Drain(args) => args.run(context).await,
            WhatIfCommand::Lose(args) => args.run(context).await,
            WhatIfCommand::Add(args) => args.run(context).await,
            WhatIfCommand::Run(args) => args.run(context).await,
            WhatIfCommand::Scale(args) => args.run(context).await,
        }
    }
}
