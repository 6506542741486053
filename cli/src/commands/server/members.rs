//! `server members`.

use std::collections::{BTreeMap, BTreeSet};

use crate::commands::show;
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// List servers
///
/// The exit code is 1 when the leader of a region could not be found out; the list is printed all the same.
#[derive(clap::Args, Debug)]
pub(crate) struct MembersArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Show also what servers say about themselves
    #[arg(long, alias = "detailed")]
    verbose: bool,
}

impl MembersArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let asked = client.agent().members().await;
        let reply = asked.map_err(|error| CommandError::request("querying servers", &error))?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        let tags = reply.value.members.iter().filter_map(|member| member.tags.get("region"));
        let regions: BTreeSet<&String> = tags.collect();
        let mut leaders = BTreeMap::new();
        let mut failures = Vec::new();
        for region in regions {
            match client.status().leader(Some(region)).await {
                Ok(leader) => drop(leaders.insert(region.clone(), leader.value)),
                Err(error) => failures.push(format!("Error determining leaders: region {region:?}: {error}")),
            }
        }
        context.ui.print(&show::members(&reply.value, &leaders, self.verbose));
        context.web_hint(&client, "and manage Nomad servers", "servers");
        if failures.is_empty() { Ok(Exit::OK) } else { Err(CommandError::failed(failures.join("\n"))) }
    }
}
