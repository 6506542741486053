//! `tls cert create`.

use std::net::IpAddr;
use std::path::Path;
use std::time::SystemTime;

use wire::ca::{ClusterCa, LeafRequest};
use wire::{Region, Role};

use super::file;
use crate::context::Context;
use crate::{CommandError, CommandResult, Exit};

/// Make a certificate
///
/// Signs a certificate for a server, a client or a command line with the authority that `tls ca create` made, and
/// writes it with its key into the working directory. A command line finds its certificate as cli.pem, cli-key.pem
/// and ca.pem in $XDG_CONFIG_HOME/nomadctl or ~/.config/nomadctl.
#[derive(clap::Args, Debug)]
pub(crate) struct CertCreateArgs {
    /// For a server
    #[arg(long)]
    server: bool,

    /// For a client
    #[arg(long)]
    client: bool,

    /// For a command line
    #[arg(long)]
    cli: bool,

    /// Certificate of the authority. Default: DOMAIN-agent-ca.pem
    #[arg(long, value_name = "path")]
    ca: Option<String>,

    /// Key of the authority. Default: DOMAIN-agent-ca-key.pem
    #[arg(long, value_name = "path")]
    key: Option<String>,

    /// Days until it expires
    #[arg(long, default_value_t = 365, value_name = "days")]
    days: u32,

    /// Domain of the cluster
    #[arg(long, default_value = "nomad", value_name = "domain")]
    domain: String,

    /// Region of the holder. Overrides NOMAD_REGION. Default: global
    #[arg(long, value_name = "region")]
    region: Option<String>,

    /// Further DNS name. May be repeated
    #[arg(long, value_name = "name", action = clap::ArgAction::Append)]
    additional_dnsname: Vec<String>,

    /// Further IP address. May be repeated
    #[arg(long, value_name = "address", action = clap::ArgAction::Append)]
    additional_ipaddress: Vec<IpAddr>,
}

impl CertCreateArgs {
    pub(crate) fn run(self, context: &Context<'_>) -> CommandResult {
        let (role, title) = match (self.server, self.client, self.cli) {
            (true, false, false) => (Role::Server, "Server"),
            (false, true, false) => (Role::Client, "Client"),
            (false, false, true) => (Role::Cli, "Cli"),
            _ => return Err(CommandError::failed("Please provide exactly one of -server, -client and -cli")),
        };
        let region = self.region.as_deref().or_else(|| context.env.get("NOMAD_REGION")).unwrap_or("global");
        let region = Region::new(region).map_err(|error| CommandError::failed(format!("Error: {error}")))?;
        let ca_path = self.ca.unwrap_or_else(|| format!("{}-agent-ca.pem", self.domain));
        let key_path = self.key.unwrap_or_else(|| format!("{}-agent-ca-key.pem", self.domain));
        if !Path::new(&ca_path).exists() {
            let text = format!("Error reading {ca_path}: no such file; 'nomadctl tls ca create' makes one");
            return Err(CommandError::failed(text));
        }
        let ca = ClusterCa::load(&file::read(&ca_path)?, &file::read(&key_path)?)
            .map_err(|error| file::failed(&error))?;
        let stem = format!("{region}-{}-{}", role.label(), self.domain);
        let request = LeafRequest {
            days: self.days,
            domain: self.domain,
            additional_dns_names: self.additional_dnsname,
            additional_addresses: self.additional_ipaddress,
            ..LeafRequest::new(role, region)
        };
        let pair = ca.issue(&request, SystemTime::now()).map_err(|error| file::failed(&error))?;
        let (cert_file, key_file) = (format!("{stem}.pem"), format!("{stem}-key.pem"));
        file::write_pair((&cert_file, &pair.cert_pem), (&key_file, &pair.key_pem))?;
        context.ui.print(&format!("==> {title} Certificate saved to {cert_file}"));
        context.ui.print(&format!("==> {title} Certificate key saved to {key_file}"));
        Ok(Exit::OK)
    }
}
