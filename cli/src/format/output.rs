//! `-json` and `-t`.
//!
//! Limits: only one of the two; both show the agent's own JSON.

use serde_json::Value;

use super::{canonical_json, render_template};
use crate::error::CommandError;

/// Output for machines.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct OutputArgs {
    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,

    /// Format the answer with a Go template
    #[arg(long = "t", value_name = "template")]
    pub template: Option<String>,
}

impl OutputArgs {
    /// Tells whether output for machines is wanted.
    #[must_use]
    pub fn is_machine(&self) -> bool {
        self.json || self.template.is_some()
    }

    /// Refuses both forms together. To be called before anything is asked.
    pub fn check(&self) -> Result<(), CommandError> {
        if self.json && self.template.is_some() {
            return Err(CommandError::failed("Both json and template formatting are not allowed"));
        }
        Ok(())
    }

    /// Returns the answer in the wanted form; `None` when it is for people.
    pub fn render(&self, value: &Value) -> Result<Option<String>, CommandError> {
        self.check()?;
        if let Some(template) = &self.template {
            let text = render_template(template, value)
                .map_err(|error| CommandError::failed(format!("Error formatting the data: {error}")))?;
            return Ok(Some(text));
        }
        Ok(self.json.then(|| canonical_json(value)))
    }
}
