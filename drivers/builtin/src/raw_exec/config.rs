//! The `config` block of a `raw_exec` task.

use std::collections::BTreeMap;
use std::path::PathBuf;

use driver::ConfigMap;
use driver::config::{ConfigError, ConfigErrors, Field, Kind, decode};

const FIELDS: &[Field] = &[
    Field::required("command", Kind::Text),
    Field::optional("args", Kind::TextList),
    Field::optional("work_dir", Kind::Text),
    Field::optional("oom_score_adj", Kind::Int { min: 0, max: 1000 }),
    Field::optional("cgroup_v2_override", Kind::Text),
    Field::optional("cgroup_v1_override", Kind::TextMap),
    Field::optional("denied_envvars", Kind::TextList),
];

/// A checked block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Config {
    pub(super) command: String,
    pub(super) args: Vec<String>,
    pub(super) work_dir: Option<PathBuf>,
    pub(super) oom_score_adj: i32,
    pub(super) cgroup: CgroupOverride,
    pub(super) denied_envvars: Vec<String>,
}

/// A cgroup of somebody else that the task runs in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum CgroupOverride {
    /// The task gets its own.
    #[default]
    None,
    /// A path in the unified hierarchy.
    V2(String),
    /// Paths by controller.
    V1(BTreeMap<String, String>),
}

impl Config {
    /// Checks a block.
    ///
    /// # Errors
    /// Every mistake, each with its place.
    pub(super) fn decode(config: &ConfigMap) -> Result<Self, ConfigErrors> {
        let decoded = decode(FIELDS, config)?;
        let mut errors = Vec::new();
        let mut wrong =
            |key: &str, message: &str| errors.push(ConfigError::new(format!("config.{key}"), message));
        let command = decoded.text("command").unwrap_or_default();
        if command.is_empty() {
            wrong("command", "must not be empty");
        }
        let work_dir = decoded.text("work_dir").map(PathBuf::from);
        if work_dir.as_ref().is_some_and(|dir| !dir.is_absolute()) {
            wrong("work_dir", "must be an absolute path");
        }
        let v1 = decoded.text_map("cgroup_v1_override").filter(|map| !map.is_empty());
        let v2 = decoded.text("cgroup_v2_override").filter(|path| !path.is_empty());
        if v1.iter().flatten().any(|(_, path)| escapes(path)) {
            wrong("cgroup_v1_override", "a path must not contain \"..\"");
        }
        if v2.as_deref().is_some_and(escapes) {
            wrong("cgroup_v2_override", "must not contain \"..\"");
        }
        let cgroup = match (v1, v2) {
            (Some(_), Some(_)) => {
                wrong("cgroup_v1_override", "excludes cgroup_v2_override");
                CgroupOverride::None
            }
            (Some(paths), None) => CgroupOverride::V1(paths),
            (None, Some(path)) => CgroupOverride::V2(path),
            (None, None) => CgroupOverride::None,
        };
        match ConfigErrors::collect(errors) {
            Some(errors) => Err(errors),
            None => Ok(Self {
                command,
                args: decoded.text_list("args").unwrap_or_default(),
                work_dir,
                oom_score_adj: decoded.int("oom_score_adj").and_then(|n| i32::try_from(n).ok()).unwrap_or(0),
                cgroup,
                denied_envvars: decoded.text_list("denied_envvars").unwrap_or_default(),
            }),
        }
    }
}

fn escapes(path: &str) -> bool {
    path.split('/').any(|component| component == "..")
}
