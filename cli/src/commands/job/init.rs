//! `job init`.
//!
//! Limits: templates come from variables below `nomad/job-templates`, as people keep them there; what they say is
//! not checked.

use std::io::Write as _;

use api::{ApiError, Client, Query, Request};
use jobspec::{ExampleKind, example};
use serde_json::Value;

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Name of the file that is written unless told otherwise.
const DEFAULT_FILE: &str = "example.nomad.hcl";
/// Path of the variables that hold templates.
const TEMPLATES: &str = "nomad/job-templates";

/// Write an example job file
///
/// The file describes a small web service, ready to be changed and run, or is a template that somebody keeps in the
/// variables below nomad/job-templates. An existing file is not overwritten.
#[derive(clap::Args, Debug)]
pub(crate) struct InitArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Leave the comments out
    #[arg(long)]
    short: bool,

    /// Write an example with a service mesh, which is not supported yet
    #[arg(long)]
    connect: bool,

    /// Write this template instead of the example
    #[arg(long, value_name = "name")]
    template: Option<String>,

    /// List the templates
    #[arg(long)]
    list_templates: bool,

    /// File to write
    #[arg(value_name = "filename")]
    file: Option<String>,
}

impl InitArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        if self.connect {
            return Err(CommandError::failed("connect blocks are not supported yet, so there is no example"));
        }
        if self.list_templates {
            return self.list(context).await;
        }
        let file = self.file.as_deref().unwrap_or(DEFAULT_FILE);
        let text = match &self.template {
            Some(name) => template(&context.client(&self.global)?, name).await?,
            None if self.short => example(ExampleKind::Short).to_owned(),
            None => example(ExampleKind::Explained).to_owned(),
        };
        write_new(file, &text)?;
        context.ui.print(&format!("Example job file written to {file}"));
        Ok(Exit::OK)
    }

    async fn list(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let request = Request::get("/v1/vars", Query::prefix(format!("{TEMPLATES}/")));
        let found: Vec<Value> = client
            .json(request)
            .await
            .map_err(|error| CommandError::request("listing the templates", &error))?
            .value;
        let path = |variable: &Value| variable.get("Path").and_then(Value::as_str).map(str::to_owned);
        let paths = found.iter().filter_map(path);
        let names: Vec<String> = paths
            .filter_map(|path| Some(path.strip_prefix(TEMPLATES)?.strip_prefix('/')?.to_owned()))
            .collect();
        if names.is_empty() {
            context.ui.print(&format!("No templates found below {TEMPLATES}"));
        } else {
            context.ui.print(&format!("Templates for 'job init -template=<name>':\n{}", names.join("\n")));
        }
        Ok(Exit::OK)
    }
}

/// Returns the text of a template: the item `template` of its variable.
async fn template(client: &Client, name: &str) -> Result<String, CommandError> {
    let path = format!("{TEMPLATES}/{name}");
    let missing =
        |what: &str| CommandError::failed(format!("{what} {path:?}")).hint("List them with -list-templates.");
    let request = Request::get(format!("/v1/var/{path}"), Query::default());
    let variable: Value = match client.json(request).await {
        Ok(reply) => reply.value,
        Err(ApiError::Status { status: 404, .. }) => return Err(missing("There is no variable")),
        Err(error) => return Err(CommandError::request("reading the template", &error)),
    };
    let text = variable.pointer("/Items/template").and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| missing("There is no item \"template\" in variable"))
}

fn write_new(file: &str, text: &str) -> Result<(), CommandError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            CommandError::failed(format!("Job file {file:?} already exists"))
        }
        _ => CommandError::failed(format!("Failed to write {file:?}: {error}")),
    };
    let mut created = std::fs::File::create_new(file).map_err(failed)?;
    created.write_all(text.as_bytes()).map_err(failed)
}
