//! `dev`: a whole cluster in this process.

use std::path::PathBuf;

use ::agent::dev::{DevCluster, DevOptions, DevReport};
use ::agent::{AgentError, start_logging};

use crate::context::Context;
use crate::{CommandError, CommandResult, Exit};

/// Run a cluster on this machine
///
/// Servers and clients run in this process, with the code of production. Job files given as arguments are run as
/// soon as the cluster is ready. Ctrl-C stops every task and removes everything, unless -persist names a directory.
/// Tasks of the raw_exec driver run as the user who started it: only run job files that you trust.
#[derive(clap::Args, Debug)]
pub(crate) struct DevArgs {
    /// Number of servers
    #[arg(long, value_name = "count", default_value_t = 3)]
    servers: usize,

    /// Number of clients; they share this machine evenly
    #[arg(long, value_name = "count", default_value_t = 3)]
    clients: usize,

    /// Number of regions; only 1 exists yet
    #[arg(long, value_name = "count", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=1))]
    regions: u8,

    /// Number of simulated nodes, which run tasks of mock_driver
    #[arg(long, value_name = "count", default_value_t = 0)]
    sim_nodes: usize,

    /// Port of the first server's HTTP API on 127.0.0.1
    #[arg(long, value_name = "port", default_value_t = 4646)]
    http_port: u16,

    /// Directory that is kept, for the next start to go on from
    #[arg(long, value_name = "dir")]
    persist: Option<PathBuf>,

    /// Level of the log on standard error: trace, debug, info, warn, error or off
    #[arg(long, value_name = "level", default_value = "warn")]
    log_level: String,

    /// Job files to run
    #[arg(value_name = "job file")]
    jobs: Vec<String>,
}

impl DevArgs {
    /// Runs the cluster until the user ends it.
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        start_logging(&self.log_level, false);
        let runtime = super::runtime::many_threads()?;
        runtime.block_on(self.serve(context))
    }

    async fn serve(&self, context: &Context<'_>) -> CommandResult {
        let options = DevOptions {
            servers: self.servers,
            clients: self.clients,
            sim_nodes: self.sim_nodes,
            http_port: self.http_port,
            persist: self.persist.clone(),
        };
        let cluster = DevCluster::start(options).await.map_err(|error| failed(&error))?;
        context.ui.print(&describe(cluster.report()));
        let mut exit = Exit::OK;
        for job in &self.jobs {
            context.ui.print(&format!("\n==> Running {job}"));
            if let Err(error) = self.run_job(context, job, &cluster.report().http_address).await {
                context.ui.warn(&error.to_string());
                exit = Exit::FAILED;
            }
        }
        context.ui.print("\nPress Ctrl-C to stop every task and end the cluster.");
        cluster.stop_requested().await;
        context.ui.print("\n==> Stopping every task");
        cluster.shutdown().await;
        context.ui.print("==> Stopped");
        Ok(exit)
    }

    /// Runs a job file as `job run` does.
    async fn run_job(&self, context: &Context<'_>, job: &str, address: &str) -> CommandResult {
        let args = super::job::RunArgs::for_file(job, address);
        args.run(context).await
    }
}

/// What a ready cluster consists of.
fn describe(report: &DevReport) -> String {
    let mut lines = Vec::new();
    if report.swept > 0 {
        lines.push(format!("==> Swept what {} killed dev cluster(s) left", report.swept));
    }
    lines.push(format!("==> The cluster is ready after {} ms\n", report.ready_after.as_millis()));
    lines.push(format!("    HTTP API  {}", report.http_address));
    let servers: Vec<String> = report.servers.iter().map(|(name, http)| format!("{name} ({http})")).collect();
    lines.push(format!("    Servers   {}", servers.join(", ")));
    if !report.clients.is_empty() {
        lines.push(format!("    Clients   {}", report.clients.join(", ")));
    }
    if report.sim_nodes > 0 {
        lines.push(format!("    Simulated {} nodes", report.sim_nodes));
    }
    let stays = if report.persists { " (kept)" } else { "" };
    lines.push(format!("    Data      {}{stays}", report.data_dir.display()));
    if !report.http_address.ends_with(":4646") {
        lines.push(format!("\nexport NOMAD_ADDR={}", report.http_address));
    }
    lines.join("\n")
}

/// An error of an agent with its causes.
pub(crate) fn failed(error: &AgentError) -> CommandError {
    CommandError::failed(format!("Error: {}", wire::with_causes(error)))
}
