//! `agent`: a server or client agent, or both, until a signal ends it.

use std::path::PathBuf;

use ::agent::config::{AgentConfig, load};
use ::agent::{AgentError, AgentReport, StopSignal, run_agent, start_logging};

use super::dev::failed;
use crate::context::Context;
use crate::{CommandResult, Exit};

/// Run an agent: a server, a client, or both
///
/// Configuration files are HCL or JSON; folders are read file by file, by name. Flags win over files. Without a tls
/// block an agent listens on loopback only. The exit code is 0 after a graceful leave and 1 otherwise.
#[derive(clap::Args, Debug)]
pub(crate) struct AgentArgs {
    /// Configuration file or folder; may be repeated
    #[arg(long, value_name = "path")]
    config: Vec<PathBuf>,

    /// Enable the server part
    #[arg(long)]
    server: bool,

    /// Enable the client part
    #[arg(long)]
    client: bool,

    /// Address to bind
    #[arg(long, value_name = "address")]
    bind: Option<String>,

    /// Region
    #[arg(long, value_name = "name")]
    region: Option<String>,

    /// Datacenter
    #[arg(long, value_name = "name")]
    dc: Option<String>,

    /// Name of the agent
    #[arg(long, value_name = "name")]
    node: Option<String>,

    /// Directory that the agent keeps everything in
    #[arg(long, value_name = "dir")]
    data_dir: Option<PathBuf>,

    /// Servers that found the cluster together
    #[arg(long, value_name = "count")]
    bootstrap_expect: Option<usize>,

    /// Address of another server to join; may be repeated
    #[arg(long, value_name = "address")]
    retry_join: Vec<String>,

    /// Addresses of servers for the client part, separated by commas
    #[arg(long, value_name = "addresses", value_delimiter = ',')]
    servers: Vec<String>,

    /// Class of the node
    #[arg(long, value_name = "class")]
    node_class: Option<String>,

    /// Pool of the node
    #[arg(long, value_name = "pool")]
    node_pool: Option<String>,

    /// Metadata of the node as key=value; may be repeated
    #[arg(long, value_name = "key=value")]
    meta: Vec<String>,

    /// Level of the log: trace, debug, info, warn, error or off
    #[arg(long, value_name = "level")]
    log_level: Option<String>,

    /// Write the log as JSON
    #[arg(long)]
    log_json: bool,
}

impl AgentArgs {
    /// Runs the agent until a signal ends it.
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let config = self.configuration().map_err(|error| failed(&error))?;
        start_logging(&config.log_level, config.log_json);
        let leave = (config.leave_on_interrupt, config.leave_on_terminate);
        let runtime = super::runtime::many_threads()?;
        let signal = runtime
            .block_on(run_agent(config, |report| context.ui.print(&describe(report))))
            .map_err(|error| failed(&error))?;
        let left = match signal {
            StopSignal::Interrupt => leave.0,
            StopSignal::Terminate => leave.1,
        };
        Ok(if left { Exit::OK } else { Exit::FAILED })
    }

    fn configuration(&self) -> Result<AgentConfig, AgentError> {
        let mut config = AgentConfig::default();
        load(&self.config, &mut config)?;
        let set = |slot: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                slot.clone_from(value);
            }
        };
        set(&mut config.bind_addr, &self.bind);
        set(&mut config.region, &self.region);
        set(&mut config.datacenter, &self.dc);
        set(&mut config.name, &self.node);
        set(&mut config.log_level, &self.log_level);
        set(&mut config.client.node_class, &self.node_class);
        set(&mut config.client.node_pool, &self.node_pool);
        config.log_json |= self.log_json;
        config.server.enabled |= self.server;
        config.client.enabled |= self.client;
        config.data_dir = self.data_dir.clone().or(config.data_dir);
        config.server.bootstrap_expect = self.bootstrap_expect.unwrap_or(config.server.bootstrap_expect);
        if !self.retry_join.is_empty() {
            config.server.retry_join.clone_from(&self.retry_join);
        }
        config.client.servers.extend(self.servers.iter().cloned());
        for meta in &self.meta {
            let (key, value) = meta.split_once('=').unwrap_or((meta, ""));
            config.client.meta.insert(key.to_owned(), value.to_owned());
        }
        Ok(config)
    }
}

fn describe(report: &AgentReport) -> String {
    let mut lines = vec!["==> nomadctl agent started\n".to_owned()];
    lines.push(format!("    Name      {}", report.name));
    lines.push(format!("    HTTP API  {}", report.http_address));
    lines.push(format!("    Agents    {} (UDP)", report.rpc_address));
    if let Some(node) = &report.node_id {
        lines.push(format!("    Node      {node}"));
    }
    if report.own_certificates {
        lines.push(
            "\n    There is no tls block: this agent listens on loopback only and no other agent can join it.\n    \
             `nomadctl tls ca create` and `nomadctl tls cert create` make certificates."
                .to_owned(),
        );
    }
    lines.join("\n")
}
