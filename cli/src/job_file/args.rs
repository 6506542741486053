//! Flags of commands that read a job file.
//!
//! Limits: the flags only; `load` applies them.

use std::path::PathBuf;

/// How a job file is read.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct JobFileArgs {
    /// Read the file as JSON of the HTTP API instead of HCL
    #[arg(long)]
    pub json: bool,

    /// Refuse variable files with values that the job does not declare
    #[arg(long, default_value = "true", value_name = "bool", action = clap::ArgAction::Set)]
    pub hcl2_strict: bool,

    /// Set a variable: -var 'key=value'. May be repeated
    #[arg(long = "var", value_name = "key=value", action = clap::ArgAction::Append)]
    pub vars: Vec<String>,

    /// Read variables from a file. May be repeated
    #[arg(long = "var-file", value_name = "path", action = clap::ArgAction::Append)]
    pub var_files: Vec<PathBuf>,

    /// Namespace in Vault that the job uses
    #[arg(long, value_name = "namespace")]
    pub vault_namespace: Option<String>,
}
