//! What a running command has at hand.
//!
//! Limits: lives for one command.

use std::sync::Arc;
use std::time::Duration;

use api::{Client, ClientConfig, LeaderlessReads};

use crate::format::Clock;
use crate::global::GlobalArgs;
use crate::{CommandError, Environment, Ui};

/// Output, environment and clock of a command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    /// Where to print.
    pub ui: &'a Ui,
    /// Environment variables.
    pub env: &'a Environment,
    /// The present.
    pub clock: &'a Clock,
    /// The words after the program's name, for hints that repeat the command.
    pub args: &'a [String],
    /// Whether answers came from a server that knows no leader.
    pub leaderless: &'a Arc<LeaderlessReads>,
}

impl Context<'_> {
    /// Makes the client of a command.
    pub(crate) fn client(&self, global: &GlobalArgs) -> Result<Client, CommandError> {
        let config = global.client_config(self.env)?;
        GlobalArgs::connect(ClientConfig { leaderless: Some(Arc::clone(self.leaderless)), ..config })
    }

    /// Makes the client of a command whose answers may take long.
    pub(crate) fn patient_client(&self, global: &GlobalArgs) -> Result<Client, CommandError> {
        const PATIENCE: Duration = Duration::from_secs(900);
        let config = global.client_config(self.env)?;
        GlobalArgs::connect(ClientConfig { timeout: PATIENCE, ..config })
    }

    /// Tells whether what is printed may carry colours.
    #[must_use]
    pub(crate) fn colour(&self, global: &GlobalArgs) -> bool {
        let set = |name: &str| self.env.get(name).is_some();
        if global.no_color || set("NOMAD_CLI_NO_COLOR") || set("NO_COLOR") {
            return false;
        }
        global.force_color || set("NOMAD_CLI_FORCE_COLOR") || self.ui.is_terminal()
    }

    /// Says how to get the next page, when there is one.
    pub(crate) fn next_page(&self, token: &str) {
        if token.is_empty() {
            return;
        }
        let mut words = self.args.iter();
        let mut kept: Vec<&str> = vec![crate::PROGRAM];
        while let Some(word) = words.next() {
            match word.trim_start_matches('-') {
                "page-token" => drop(words.next()),
                other if other.starts_with("page-token=") => {}
                _ => kept.push(word),
            }
        }
        let command = kept.join(" ");
        self.ui.print(&format!(
            "\nResults have been paginated. To get the next page run:\n\n{command} -page-token {token}"
        ));
    }

    /// Points to the page of the web UI, when `NOMAD_CLI_SHOW_HINTS` asks for it.
    pub(crate) fn web_hint(&self, client: &Client, what: &str, path: &str) {
        if self.env.switch("NOMAD_CLI_SHOW_HINTS") == Some(true) {
            let address = &client.config().address;
            self.ui.warn(&format!("\n\n==> View {what} in the Web UI: {address}/ui/{path}"));
        }
    }
}
