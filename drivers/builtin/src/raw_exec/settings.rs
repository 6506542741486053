//! The `config` block of `plugin "raw_exec"`.

use driver::ConfigMap;
use driver::config::{ConfigError, ConfigErrors, Field, Kind, decode};

use crate::executed::DeniedIds;

const FIELDS: &[Field] = &[
    Field::optional("enabled", Kind::Bool),
    Field::optional("denied_host_uids", Kind::Text),
    Field::optional("denied_host_gids", Kind::Text),
    Field::optional("denied_envvars", Kind::TextList),
];

/// What operators say about the driver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawExecSettings {
    /// User ids that tasks may not run as, as ranges: `0,10-20`.
    pub denied_host_uids: String,
    /// Group ids, likewise.
    pub denied_host_gids: String,
    /// Environment variables that no task gets; `*` stands for anything.
    pub denied_envvars: Vec<String>,
}

impl RawExecSettings {
    /// Reads the block; `None` when it switches the driver off.
    ///
    /// # Errors
    /// Every mistake, each with its place.
    pub fn decode(config: &ConfigMap) -> Result<Option<Self>, ConfigErrors> {
        let decoded = decode(FIELDS, config)?;
        let settings = Self {
            denied_host_uids: decoded.text("denied_host_uids").unwrap_or_default(),
            denied_host_gids: decoded.text("denied_host_gids").unwrap_or_default(),
            denied_envvars: decoded.text_list("denied_envvars").unwrap_or_default(),
        };
        let denied = DeniedIds { uids: &settings.denied_host_uids, gids: &settings.denied_host_gids };
        if let Some((key, message)) = denied.mistake() {
            return Err(ConfigError::new(format!("config.{key}"), message).into());
        }
        Ok(decoded.bool("enabled").unwrap_or(true).then_some(settings))
    }
}
