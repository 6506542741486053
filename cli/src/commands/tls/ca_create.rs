//! `tls ca create`.

use std::time::SystemTime;

use wire::ca::{CaRequest, ClusterCa, Subject};

use super::file;
use crate::context::Context;
use crate::{CommandResult, Exit};

/// Make a certificate authority
///
/// Writes its certificate and its key into the working directory. Keep the key secret: whoever has it can join the
/// cluster as a server.
#[derive(clap::Args, Debug)]
pub(crate) struct CaCreateArgs {
    /// Further domain that -name-constraint permits. May be repeated
    #[arg(long, value_name = "domain", action = clap::ArgAction::Append)]
    additional_domain: Vec<String>,

    /// Common name; made from the serial number unless given
    #[arg(long, value_name = "name")]
    common_name: Option<String>,

    /// Days until it expires
    #[arg(long, default_value_t = 1825, value_name = "days")]
    days: u32,

    /// Domain of the cluster
    #[arg(long, default_value = "nomad", value_name = "domain")]
    domain: String,

    /// Let it sign names of its domains only
    #[arg(long)]
    name_constraint: bool,

    /// Country (C), two letters
    #[arg(long, default_value = "", hide_default_value = true, value_name = "country")]
    country: String,

    /// State or province (ST)
    #[arg(long, default_value = "", hide_default_value = true, value_name = "province")]
    province: String,

    /// City (L)
    #[arg(long, default_value = "", hide_default_value = true, value_name = "locality")]
    locality: String,

    /// Organization (O)
    #[arg(long, default_value = "", hide_default_value = true, value_name = "organization")]
    organization: String,

    /// Organizational unit (OU)
    #[arg(long, default_value = "", hide_default_value = true, value_name = "unit")]
    organizational_unit: String,

    /// Street address
    #[arg(long, default_value = "", hide_default_value = true, value_name = "street")]
    street_address: String,

    /// Postal code
    #[arg(long, default_value = "", hide_default_value = true, value_name = "code")]
    postal_code: String,
}

impl CaCreateArgs {
    pub(crate) fn run(self, context: &Context<'_>) -> CommandResult {
        let cert_path = format!("{}-agent-ca.pem", self.domain);
        let key_path = format!("{}-agent-ca-key.pem", self.domain);
        let request = CaRequest {
            common_name: self.common_name,
            days: self.days,
            domain: self.domain,
            additional_domains: self.additional_domain,
            name_constraint: self.name_constraint,
            subject: Subject {
                country: self.country,
                province: self.province,
                locality: self.locality,
                organization: self.organization,
                organizational_unit: self.organizational_unit,
                street_address: self.street_address,
                postal_code: self.postal_code,
            },
        };
        let ca = ClusterCa::create(&request, SystemTime::now()).map_err(|error| file::failed(&error))?;
        let pair = ca.to_pem();
        file::write_pair((&cert_path, &pair.cert_pem), (&key_path, &pair.key_pem))?;
        context.ui.print(&format!("==> CA certificate saved to: {cert_path}"));
        context.ui.print(&format!("==> CA certificate key saved to: {key_path}"));
        Ok(Exit::OK)
    }
}
