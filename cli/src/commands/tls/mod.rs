//! TLS certificates.

mod ca_create;
mod ca_info;
mod cert_create;
mod cert_info;
mod file;

use crate::CommandResult;
use crate::context::Context;

/// What can be done with certificates.
#[derive(clap::Subcommand, Debug)]
pub(super) enum TlsCommand {
    /// Certificate authorities
    #[command(subcommand)]
    Ca(CaCommand),
    /// Certificates of agents and command lines
    #[command(subcommand)]
    Cert(CertCommand),
}

/// What can be done with certificate authorities.
#[derive(clap::Subcommand, Debug)]
pub(super) enum CaCommand {
    Create(Box<ca_create::CaCreateArgs>),
    Info(ca_info::CaInfoArgs),
}

/// What can be done with certificates.
#[derive(clap::Subcommand, Debug)]
pub(super) enum CertCommand {
    Create(cert_create::CertCreateArgs),
    Info(cert_info::CertInfoArgs),
}

impl TlsCommand {
    pub(crate) fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            TlsCommand::Ca(CaCommand::Create(args)) => args.run(context),
            TlsCommand::Ca(CaCommand::Info(args)) => args.run(context),
            TlsCommand::Cert(CertCommand::Create(args)) => args.run(context),
            TlsCommand::Cert(CertCommand::Info(args)) => args.run(context),
        }
    }
}
