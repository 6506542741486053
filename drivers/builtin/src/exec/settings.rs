//! The `config` block of `plugin "exec"`.

use driver::ConfigMap;
use driver::config::{ConfigError, ConfigErrors, Field, Kind, decode};
use sandbox::isolate::{CapabilitySet, Share};

use super::config::share;
use crate::executed::DeniedIds;

const FIELDS: &[Field] = &[
    Field::optional("no_pivot_root", Kind::Bool),
    Field::optional("default_pid_mode", Kind::Text),
    Field::optional("default_ipc_mode", Kind::Text),
    Field::optional("allow_caps", Kind::TextList),
    Field::optional("denied_host_uids", Kind::Text),
    Field::optional("denied_host_gids", Kind::Text),
    Field::optional("pids_limit", Kind::Int { min: 1, max: 4_194_304 }),
];

/// Processes and threads of one task, unless configured: a fork bomb must not fill the host.
const PIDS: u64 = 8_192;

/// What operators say about the driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecSettings {
    /// Whether the root is moved over the old one instead of taking its place, for hosts that run from a ramfs.
    pub no_pivot_root: bool,
    /// Which processes a task sees when its job says nothing.
    pub default_pid_mode: Share,
    /// Which IPC objects a task sees when its job says nothing.
    pub default_ipc_mode: Share,
    /// Capabilities that jobs may ask for.
    pub allow_caps: CapabilitySet,
    /// User ids that tasks may not run as, as ranges: `0,10-20`.
    pub denied_host_uids: String,
    /// Group ids, likewise.
    pub denied_host_gids: String,
    /// Processes and threads that one task may have.
    pub pids_limit: u64,
}

impl Default for ExecSettings {
    fn default() -> Self {
        Self {
            no_pivot_root: false,
            default_pid_mode: Share::Private,
            default_ipc_mode: Share::Private,
            allow_caps: CapabilitySet::of_tasks(),
            denied_host_uids: String::new(),
            denied_host_gids: String::new(),
            pids_limit: PIDS,
        }
    }
}

impl ExecSettings {
    /// Reads the block.
    ///
    /// # Errors
    /// Every mistake, each with its place.
    pub fn decode(config: &ConfigMap) -> Result<Self, ConfigErrors> {
        let decoded = decode(FIELDS, config)?;
        let mut errors = Vec::new();
        let mut wrong =
            |key: &str, message: String| errors.push(ConfigError::new(format!("config.{key}"), message));
        let mut settings = Self::default();
        for (key, mode) in [
            ("default_pid_mode", &mut settings.default_pid_mode),
            ("default_ipc_mode", &mut settings.default_ipc_mode),
        ] {
            match decoded.text(key).map(|text| share(&text)) {
                Some(Ok(share)) => *mode = share,
                Some(Err(message)) => wrong(key, message),
                None => {}
            }
        }
        match decoded.text_list("allow_caps").map(|names| CapabilitySet::parse(&names)) {
            Some(Ok(allowed)) => settings.allow_caps = allowed,
            Some(Err(error)) => wrong("allow_caps", error.to_string()),
            None => {}
        }
        settings.no_pivot_root = decoded.bool("no_pivot_root").unwrap_or(false);
        settings.denied_host_uids = decoded.text("denied_host_uids").unwrap_or_default();
        settings.denied_host_gids = decoded.text("denied_host_gids").unwrap_or_default();
        let denied = DeniedIds { uids: &settings.denied_host_uids, gids: &settings.denied_host_gids };
        if let Some((key, message)) = denied.mistake() {
            wrong(key, message);
        }
        if let Some(limit) = decoded.int("pids_limit").and_then(|limit| u64::try_from(limit).ok()) {
            settings.pids_limit = limit;
        }
        match ConfigErrors::collect(errors) {
            Some(errors) => Err(errors),
            None => Ok(settings),
        }
    }
}
