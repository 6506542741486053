//! `namespace apply`.

use std::path::Path;

use serde_json::{Value, json};

use crate::commands::spec::{self, Spec};
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Create or change a namespace
///
/// The input is a file with the namespace in HCL (with -json in the API's JSON), - for stdin, or just a name.
#[derive(clap::Args, Debug)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// What the namespace is for
    #[arg(long, value_name = "text")]
    description: Option<String>,

    /// Quota that the namespace is held to
    #[arg(long, value_name = "quota")]
    quota: Option<String>,

    /// Read the file as JSON
    #[arg(long)]
    json: bool,

    /// File with the namespace, - for stdin, or a name
    #[arg(value_name = "input")]
    input: String,
}

impl ApplyArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let mut namespace = if self.input == "-" || Path::new(&self.input).is_file() {
            let text = spec::read(context, &self.input)?;
            if self.json { spec::from_json(&self.input, &text)? } else { namespace(&self.input, &text)? }
        } else {
            // What the name has already stays as it is.
            match client.namespaces().info(&self.input).await {
                Ok(known) => known.raw,
                Err(error) if error.status() == Some(404) => json!({ "Name": self.input }),
                Err(error) => return Err(CommandError::request("looking up namespace", &error)),
            }
        };
        if let Some(description) = &self.description {
            namespace["Description"] = description.as_str().into();
        }
        if let Some(quota) = &self.quota {
            namespace["Quota"] = quota.as_str().into();
        }
        let name = namespace.get("Name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let asked = client.namespaces().apply(namespace).await;
        asked.map_err(|error| CommandError::request("applying namespace", &error))?;
        context.ui.print(&format!("Successfully applied namespace {name:?}!"));
        Ok(Exit::OK)
    }
}

/// The namespace that HCL describes, as the API has it.
fn namespace(file: &str, text: &str) -> Result<Value, CommandError> {
    let file = Spec::parse(file, text)?;
    file.check_names(&["name", "description", "quota"], &["meta", "capabilities", "node_pool_config"])?;
    let capabilities = file.block("capabilities")?.map(|block| {
        let names = [
            "enabled_task_drivers",
            "disabled_task_drivers",
            "enabled_network_modes",
            "disabled_network_modes",
        ];
        block.check_names(&names, &[])?;
        let [drivers, no_drivers, modes, no_modes] = names.map(|name| block.texts(name));
        Ok::<_, CommandError>(json!({
            "EnabledTaskDrivers": drivers?, "DisabledTaskDrivers": no_drivers?,
            "EnabledNetworkModes": modes?, "DisabledNetworkModes": no_modes?,
        }))
    });
    let pools = file.block("node_pool_config")?.map(|block| {
        block.check_names(&["default", "allowed", "denied"], &[])?;
        Ok::<_, CommandError>(json!({
            "Default": block.text("default")?.unwrap_or_default(),
            "Allowed": block.texts("allowed")?,
            "Denied": block.texts("denied")?,
        }))
    });
    Ok(json!({
        "Name": file.text("name")?.unwrap_or_default(),
        "Description": file.text("description")?.unwrap_or_default(),
        "Quota": file.text("quota")?.unwrap_or_default(),
        "Meta": file.map("meta")?,
        "Capabilities": capabilities.transpose()?,
        "NodePoolConfiguration": pools.transpose()?,
    }))
}
