//! The `config` block of an `exec` task.

use std::path::Path;

use driver::ConfigMap;
use driver::config::{ConfigError, ConfigErrors, Field, Kind, decode};
use sandbox::isolate::{CapabilitySet, Share};

const FIELDS: &[Field] = &[
    Field::required("command", Kind::Text),
    Field::optional("args", Kind::TextList),
    Field::optional("work_dir", Kind::Text),
    Field::optional("pid_mode", Kind::Text),
    Field::optional("ipc_mode", Kind::Text),
    Field::optional("cap_add", Kind::TextList),
    Field::optional("cap_drop", Kind::TextList),
    Field::optional("oom_score_adj", Kind::Int { min: 0, max: 1000 }),
    Field::optional("cpu_hard_limit", Kind::Bool),
];

/// A checked block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) command: String,
    pub(crate) args: Vec<String>,
    /// Absolute, within the task's root.
    pub(crate) work_dir: Option<String>,
    pub(crate) pid_mode: Option<Share>,
    pub(crate) ipc_mode: Option<Share>,
    pub(crate) cap_add: CapabilitySet,
    pub(crate) cap_drop: CapabilitySet,
    pub(crate) oom_score_adj: i32,
    /// Whether the task's share of the CPU is also its limit.
    pub(crate) cpu_hard_limit: bool,
}

impl Config {
    /// Checks a block.
    ///
    /// # Errors
    /// Every mistake, each with its place.
    pub(crate) fn decode(config: &ConfigMap) -> Result<Self, ConfigErrors> {
        let decoded = decode(FIELDS, config)?;
        let mut errors = Vec::new();
        let mut wrong =
            |key: &str, message: String| errors.push(ConfigError::new(format!("config.{key}"), message));
        let command = decoded.text("command").unwrap_or_default();
        if command.is_empty() {
            wrong("command", "must not be empty".to_owned());
        }
        let work_dir = decoded.text("work_dir").filter(|dir| !dir.is_empty());
        if work_dir.as_ref().is_some_and(|dir| !Path::new(dir).is_absolute()) {
            wrong("work_dir", "must be an absolute path".to_owned());
        }
        let mut mode =
            |key: &str| match decoded.text(key).filter(|text| !text.is_empty()).map(|text| share(&text)) {
                Some(Err(message)) => {
                    wrong(key, message);
                    None
                }
                Some(Ok(share)) => Some(share),
                None => None,
            };
        let (pid_mode, ipc_mode) = (mode("pid_mode"), mode("ipc_mode"));
        let mut capabilities = |key: &str| {
            let names = decoded.text_list(key).unwrap_or_default();
            CapabilitySet::parse(&names).unwrap_or_else(|error| {
                wrong(key, error.to_string());
                CapabilitySet::EMPTY
            })
        };
        let (cap_add, cap_drop) = (capabilities("cap_add"), capabilities("cap_drop"));
        match ConfigErrors::collect(errors) {
            Some(errors) => Err(errors),
            None => Ok(Self {
                command,
                args: decoded.text_list("args").unwrap_or_default(),
                work_dir,
                pid_mode,
                ipc_mode,
                cap_add,
                cap_drop,
                oom_score_adj: decoded.int("oom_score_adj").and_then(|n| i32::try_from(n).ok()).unwrap_or(0),
                cpu_hard_limit: decoded.bool("cpu_hard_limit").unwrap_or(false),
            }),
        }
    }
}

/// Reads whether something is shared with the host.
pub(super) fn share(text: &str) -> Result<Share, String> {
    match text {
        "private" => Ok(Share::Private),
        "host" => Ok(Share::Host),
        other => Err(format!("expected \"private\" or \"host\", found {other:?}")),
    }
}
