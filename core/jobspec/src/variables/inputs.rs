//! What the caller gives to a parse besides the job file.
//!
//! Limits: plain data.

use std::collections::BTreeMap;

use crate::source::Source;

/// Values for variables, later kinds before earlier ones: `vars`, then `var_files`, then `env_vars`.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// `name` and `value` of each `-var` flag, in order.
    pub vars: Vec<(String, String)>,
    /// The texts of `-var-file` and the API's `Variables`, in order.
    pub var_files: Vec<Source>,
    /// `name` and `value` of each `NOMAD_VAR_name` of the environment; undeclared names are ignored.
    pub env_vars: Vec<(String, String)>,
    /// Whether a name in a variables file that the job does not declare is an error and not a warning.
    pub strict: bool,
    /// Seed of `uuidv4` and of bcrypt's salts; draw it anew for each parse.
    pub seed: [u8; 32],
}

/// What flags and the environment gave to variables that the job declares; a flag stands for both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Texts of variables that are strings, numbers or booleans, by name.
    pub simple: BTreeMap<String, String>,
    /// Expressions of all other variables, by name.
    pub complex: BTreeMap<String, String>,
}
