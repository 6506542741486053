//! `node status`.

use api::view::{AllocView, NodeStub};
use api::{ApiError, Client};

use super::find::{named_node, querying};
use crate::commands::show::{self, NodeColumns, NodePage};
use crate::context::Context;
use crate::format::{Length, OutputArgs, PageArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Allocations that are asked for their usage, at most.
const MAX_USAGE: usize = 50;

/// Show nodes
///
/// Without a node all nodes are listed.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    page: PageArgs,

    /// List also the numbers of running allocations
    #[arg(long)]
    allocs: bool,

    /// List also the operating systems
    #[arg(long)]
    os: bool,

    /// List only the ids
    #[arg(long)]
    quiet: bool,

    /// Show the node and its allocations only
    #[arg(long)]
    short: bool,

    /// Show what every processor and disk of the host does
    #[arg(long)]
    stats: bool,

    /// Show the node of the asked agent
    #[arg(long = "self", id = "own")]
    own: bool,

    /// Show whole ids and more details
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a node
    #[arg(value_name = "node")]
    id: Option<String>,
}

impl StatusArgs {
    /// Arguments for another command that shows a node.
    pub(crate) fn of(global: GlobalArgs, output: OutputArgs, verbose: bool, id: String) -> StatusArgs {
        StatusArgs { global, output, verbose, id: Some(id), ..StatusArgs::default() }
    }

    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        match named_node(&client, self.own, self.id.as_deref(), length).await? {
            Some(id) => self.show(&client, context, &id, length).await,
            None => self.list(&client, context, length).await,
        }
    }

    async fn list(&self, client: &Client, context: &Context<'_>, length: Length) -> CommandResult {
        let mut query = self.page.query();
        if self.os {
            query = query.with("os", "true");
        }
        let reply = client.nodes().list(query).await.map_err(querying)?;
        if let Some(text) = self.output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        if self.quiet {
            let ids: Vec<&str> = reply.value.iter().map(|node| node.id.as_str()).collect();
            context.ui.print(&ids.join("\n"));
            return Ok(Exit::OK);
        }
        let running =
            if self.allocs { Some(running(client, &reply.value).await.map_err(querying)?) } else { None };
        context.ui.print(&show::node_list(&reply.value, length, &NodeColumns { os: self.os, running }));
        context.next_page(&reply.meta.next_token);
        context.web_hint(client, "and manage Nomad clients", "clients");
        Ok(Exit::OK)
    }

    async fn show(&self, client: &Client, context: &Context<'_>, id: &str, length: Length) -> CommandResult {
        let node = client.nodes().info(id).await.map_err(querying)?;
        if let Some(text) = self.output.render(&node.raw)? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        let allocs = client.nodes().allocations(id).await;
        let allocs =
            allocs.map_err(|error| CommandError::request("querying node allocations", &error))?.value;
        let mut page = NodePage {
            node: node.value,
            allocs,
            short: self.short,
            stats: self.stats,
            ..NodePage::default()
        };
        if !self.short && page.node.status == "ready" {
            // A node that does not answer is shown without its measurements.
            page.host = client.client().host_stats(id).await.ok().map(|reply| reply.value);
            let running = page.allocs.iter().filter(|alloc| alloc.client_status == "running");
            let asked: Vec<&AllocView> = running.take(MAX_USAGE).filter(|_| page.host.is_some()).collect();
            for alloc in asked {
                let usage = client.client().alloc_stats(&alloc.id).await;
                page.usage.extend(usage.ok().map(|reply| reply.value));
            }
        }
        context.ui.print(&show::node_status(&page, context.clock, length));
        context.web_hint(client, "client details and metrics", &format!("clients/{id}"));
        Ok(Exit::OK)
    }
}

/// Counts the running allocations of nodes.
async fn running(client: &Client, nodes: &[NodeStub]) -> Result<Vec<usize>, ApiError> {
    let mut counts = Vec::new();
    for node in nodes {
        let allocs = client.nodes().allocations(&node.id).await?.value;
        counts.push(allocs.iter().filter(|alloc| alloc.client_status == "running").count());
    }
    Ok(counts)
}
