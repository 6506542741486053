//! Which commands there are.
//!
//! Limits: the tree and one match; nothing is done here.

use clap::{Parser, Subcommand};

use super::alloc::{AllocCommand, FsArgs, LogsArgs};
use super::deployment::DeploymentCommand;
use super::eval::EvalCommand;
use super::explain::ExplainCommand;
use super::job::{InitArgs, InspectArgs, JobCommand, PlanArgs, RunArgs, StopArgs, ValidateArgs};
use super::namespace::NamespaceCommand;
use super::node::NodeCommand;
use super::operator::OperatorCommand;
use super::scaling::ScalingCommand;
use super::server::ServerCommand;
use super::service::ServiceCommand;
use super::system::SystemCommand;
use super::tls::TlsCommand;
use super::whatif::WhatIfCommand;
use super::{agent, agent_info, alloc, dev, eval, fmt, node, server, status, version};
use crate::context::Context;
use crate::{CommandError, CommandResult};

/// The program.
#[derive(Parser, Debug)]
#[command(name = "nomadctl", disable_help_flag = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Everything that can be asked for.
#[derive(Subcommand, Debug)]
enum Command {
    Dev(dev::DevArgs),
    Agent(agent::AgentArgs),
    Run(RunArgs),
    Stop(StopArgs),
    Status(status::StatusArgs),
    /// Work with jobs
    #[command(subcommand)]
    Job(JobCommand),
    /// Work with allocations
    #[command(subcommand)]
    Alloc(AllocCommand),
    /// Work with nodes
    #[command(subcommand)]
    Node(NodeCommand),
    AgentInfo(agent_info::AgentInfoArgs),
    /// Work with deployments
    #[command(subcommand)]
    Deployment(DeploymentCommand),
    /// Work with evaluations
    #[command(subcommand)]
    Eval(EvalCommand),
    /// Say why something is placed where it is, or is not, and what would help
    #[command(subcommand)]
    Explain(ExplainCommand),
    Fmt(fmt::FmtArgs),
    /// Work with namespaces
    #[command(subcommand)]
    Namespace(NamespaceCommand),
    /// Tools of operators
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Work with what autoscalers may do
    #[command(subcommand)]
    Scaling(ScalingCommand),
    /// Work with servers
    #[command(subcommand)]
    Server(ServerCommand),
    /// Work with services
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Have the servers tidy up
    #[command(subcommand)]
    System(SystemCommand),
    /// Make and read TLS certificates
    #[command(subcommand)]
    Tls(TlsCommand),
    Version(version::VersionArgs),
    /// Say what would happen, without doing it
    #[command(subcommand)]
    Whatif(WhatIfCommand),
    #[command(hide = true)]
    Plan(PlanArgs),
    #[command(hide = true)]
    Validate(ValidateArgs),
    #[command(hide = true)]
    Init(InitArgs),
    #[command(hide = true)]
    Inspect(InspectArgs),
    #[command(hide = true)]
    Logs(LogsArgs),
    #[command(hide = true)]
    Fs(FsArgs),
    #[command(hide = true)]
    AllocStatus(alloc::StatusArgs),
    #[command(hide = true)]
    EvalStatus(eval::StatusArgs),
    #[command(hide = true)]
    NodeDrain(node::DrainArgs),
    #[command(hide = true)]
    NodeStatus(node::StatusArgs),
    #[command(hide = true)]
    ServerMembers(server::MembersArgs),
}

/// Runs a command. Those that ask an agent run on a runtime of one thread; those that serve start their own.
pub(crate) fn dispatch(cli: Cli, context: &Context<'_>) -> CommandResult {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| CommandError::failed(format!("Error starting the runtime: {error}")))
    };
    match cli.command {
        Command::Dev(args) => args.run(context),
        Command::Agent(args) => args.run(context),
        Command::Version(args) => args.run(context),
        Command::Tls(command) => command.run(context),
        Command::Fmt(args) => args.run(context),
        asking => runtime()?.block_on(ask(asking, context)),
    }
}

async fn ask(command: Command, context: &Context<'_>) -> CommandResult {
    match command {
        Command::Dev(args) => args.run(context),
        Command::Agent(args) => args.run(context),
        Command::Run(args) => args.run(context).await,
        Command::Stop(args) => args.run(context).await,
        Command::Status(args) => args.run(context).await,
        Command::Job(command) => command.run(context).await,
        Command::Alloc(command) => command.run(context).await,
        Command::Node(command) => command.run(context).await,
        Command::AgentInfo(args) => args.run(context).await,
        Command::Deployment(command) => command.run(context).await,
        Command::Eval(command) => command.run(context).await,
        Command::Explain(command) => command.run(context).await,
        Command::Fmt(args) => args.run(context),
        Command::Namespace(command) => command.run(context).await,
        Command::Operator(command) => command.run(context).await,
        Command::Scaling(command) => command.run(context).await,
        Command::Server(command) => command.run(context).await,
        Command::Service(command) => command.run(context).await,
        Command::System(command) => command.run(context).await,
        Command::Tls(command) => command.run(context),
        Command::Version(args) => args.run(context),
        Command::Whatif(command) => command.run(context).await,
        Command::Plan(args) => args.run(context).await,
        Command::Validate(args) => args.run(context).await,
        Command::Init(args) => args.run(context).await,
        Command::Inspect(args) => args.run(context).await,
        Command::Logs(args) => args.run(context).await,
        Command::Fs(args) => args.run(context).await,
        Command::AllocStatus(args) => args.run(context).await,
        Command::EvalStatus(args) => args.run(context).await,
        Command::NodeDrain(args) => args.run(context).await,
        Command::NodeStatus(args) => args.run(context).await,
        Command::ServerMembers(args) => args.run(context).await,
    }
}
