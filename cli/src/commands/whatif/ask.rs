//! What the commands share: asking the live cluster or a saved state, and showing the answer.
//!
//! Limits: a saved state is asked as of its last entry, with a fixed seed: the same question has the same answer.

use std::path::{Path, PathBuf};

use api::view::WhatIfView;
use api::{Meta, Reply};
use http_api::what_if::{DraftNamespace, WhatIfQuestion};
use serde_json::Value;

use crate::commands::show;
use crate::context::Context;
use crate::format::{Length, OutputArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Ids of supposed evaluations and nodes follow from it when a saved state is asked.
const SEED: u128 = 0x0077_6861_7469_6600;

/// Where to ask, and how to show the answer.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct AskArgs {
    #[command(flatten)]
    pub(super) global: GlobalArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,

    /// Ask a state that 'operator snapshot save' saved instead of a live cluster
    #[arg(long, value_name = "file")]
    snapshot: Option<PathBuf>,

    /// Show every change, and whole ids
    #[arg(long)]
    verbose: bool,
}

impl AskArgs {
    /// Asks and prints; `namespace` is the one that a job file names.
    pub(super) async fn ask(
        &self,
        question: &Value,
        namespace: Option<&str>,
        context: &Context<'_>,
    ) -> CommandResult {
        self.output.check()?;
        let reply = match &self.snapshot {
            Some(path) => self.ask_saved(path, question, namespace)?,
            None => {
                let client = context.client(&self.global)?.scoped(None, namespace);
                let asked = client.explain().what_if(question.clone()).await;
                asked.map_err(|error| CommandError::request("asking what would happen", &error))?
            }
        };
        let text = match self.output.render(&reply.raw)? {
            Some(text) => text,
            None => show::what_if(&reply.value, Length::verbose(self.verbose)),
        };
        context.ui.print(&text);
        Ok(Exit::OK)
    }

    fn ask_saved(
        &self,
        path: &Path,
        question: &Value,
        namespace: Option<&str>,
    ) -> Result<Reply<WhatIfView>, CommandError> {
        let saved = archive::load(path)
            .map_err(|error| CommandError::failed(format!("Error reading the saved state: {error}")))?;
        let (state, region) = (saved.state, saved.meta.region);
        let given = namespace.or(self.global.namespace.as_deref());
        let namespace = DraftNamespace { name: given.unwrap_or("default"), given: given.is_some() };
        let failed = |error: http_api::ApiError| {
            CommandError::failed(format!("Error asking what would happen: {}", error.text()))
        };
        let question = WhatIfQuestion::parse(question, namespace, &region).map_err(failed)?;
        let what = question.answer(&state, state.now, &region, SEED).map_err(failed)?;
        let raw = http_api::views::what_if(&what, &|_| true);
        let value = serde_json::from_value(raw.clone())
            .map_err(|error| CommandError::failed(format!("Error reading the answer: {error}")))?;
        Ok(Reply { value, raw, meta: Meta::default() })
    }
}
