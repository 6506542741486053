//! `tls ca info`.

use wire::ca::CertInfo;

use super::file;
use crate::context::Context;
use crate::format::KeyValue;
use crate::{CommandResult, Exit};

/// Describe the certificate of an authority
#[derive(clap::Args, Debug)]
pub(crate) struct CaInfoArgs {
    /// File of the certificate
    #[arg(value_name = "file")]
    file: String,
}

impl CaInfoArgs {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let info = CertInfo::from_pem(&file::read(&self.file)?).map_err(|error| file::failed(&error))?;
        let text = KeyValue::new()
            .add("Serial Number", &info.serial_number)
            .add("Issuer CN", &info.issuer_common_name)
            .add("Common Name", &info.common_name)
            .add("Expiry Date", file::expiry(&info, context.clock))
            .add("Permitted DNS Domains", info.permitted_domains.join(", "))
            .render();
        context.ui.print(&text);
        Ok(Exit::OK)
    }
}
