//! `tls cert info`.

use wire::ca::CertInfo;

use super::file;
use crate::context::Context;
use crate::format::KeyValue;
use crate::{CommandResult, Exit};

/// Describe a certificate
#[derive(clap::Args, Debug)]
pub(crate) struct CertInfoArgs {
    /// File of the certificate
    #[arg(value_name = "file")]
    file: String,
}

impl CertInfoArgs {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let info = CertInfo::from_pem(&file::read(&self.file)?).map_err(|error| file::failed(&error))?;
        let addresses: Vec<String> = info.addresses.iter().map(ToString::to_string).collect();
        let text = KeyValue::new()
            .add("Serial Number", &info.serial_number)
            .add("Issuer CN", &info.issuer_common_name)
            .add("Common Name", &info.common_name)
            .add("Expiry Date", file::expiry(&info, context.clock))
            .add("DNS Names", info.dns_names.join(", "))
            .add("IP Addresses", addresses.join(", "))
            .render();
        context.ui.print(&text);
        Ok(Exit::OK)
    }
}
