//! `node status`.

use api::view::{AllocView, NodeStub};
use api::{ApiError, Client, Query};

use crate::commands::alloc::even_prefix;
use crate::commands::show::{self, NodeColumns, NodePage};
use crate::context::Context;
use crate::format::{Length, OutputArgs};
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

    /// Show what the host uses; this is shown in any case when the node says it
    #[arg(long)]
    stats: bool,

    /// Show the node of the asked agent
    #[arg(long = "self", id = "own")]
    own: bool,

    /// Show whole ids and more details
    #[arg(long)]
    verbose: bool,

    /// List only nodes that fulfil an expression
    #[arg(long, value_name = "expression")]
    filter: Option<String>,

    /// How many nodes a page lists
    #[arg(long, value_name = "count")]
    per_page: Option<u32>,

    /// Where the page starts
    #[arg(long, value_name = "token")]
    page_token: Option<String>,

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
        let id = match &self.id {
            _ if self.own => own_node(&client).await?,
            None => return self.list(&client, context, length).await,
            Some(prefix) => find(&client, prefix, length).await?,
        };
        self.show(&client, context, &id, length).await
    }

    async fn list(&self, client: &Client, context: &Context<'_>, length: Length) -> CommandResult {
        let mut query = Query {
            filter: self.filter.clone(),
            per_page: self.per_page.unwrap_or(0),
            next_token: self.page_token.clone(),
            ..Query::default()
        };
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
        let mut page = NodePage { node: node.value, allocs, short: self.short, ..NodePage::default() };
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

fn querying(error: ApiError) -> CommandError {
    CommandError::request("querying node status", &error)
}

/// Returns the id of the asked agent's node.
async fn own_node(client: &Client) -> Result<String, CommandError> {
    let asked = client.agent().itself().await;
    let itself = asked.map_err(|error| CommandError::request("querying agent info", &error))?.raw;
    let id = itself.pointer("/stats/client/node_id").and_then(serde_json::Value::as_str);
    id.map(str::to_owned)
        .ok_or_else(|| CommandError::failed("Error querying node status: the agent is not a client"))
}

async fn find(client: &Client, prefix: &str, length: Length) -> Result<String, CommandError> {
    let query = Query::prefix(even_prefix(prefix)?);
    let nodes = client.nodes().list(query).await.map_err(querying)?.value;
    match nodes.as_slice() {
        [] => Err(CommandError::failed(format!("No node(s) with prefix {prefix:?} found"))),
        [only] => Ok(only.id.clone()),
        several => {
            let table = show::node_list(several, length, &NodeColumns::default());
            Err(CommandError::failed(format!("Prefix matched multiple nodes\n\n{table}")))
        }
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
