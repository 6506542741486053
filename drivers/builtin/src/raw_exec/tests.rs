//! Tests of the block and of finding the command; the rest runs real processes in `tests/builtin`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use driver::{ConfigMap, LogConfig, Resources, TaskConfig, TaskDirs, TaskId};
use serde_json::{Value, json};

use super::RawExecSettings;
use super::command::resolve;
use super::config::{CgroupOverride, Config};

fn block(value: Value) -> ConfigMap {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no block"),
    }
}

fn error(value: Value) -> String {
    Config::decode(&block(value)).expect_err("a mistake").to_string()
}

#[test]
fn a_whole_block_is_understood() {
    let config = Config::decode(&block(json!({
        "command": "web", "args": ["-p", 80], "work_dir": "/srv", "oom_score_adj": 500,
        "cgroup_v1_override": [{"pids": "a/b"}, {"cpu": "c"}], "denied_envvars": ["AWS_*"],
    })))
    .expect("block");
    let paths = BTreeMap::from([("pids".to_owned(), "a/b".to_owned()), ("cpu".to_owned(), "c".to_owned())]);
    assert_eq!(
        config,
        Config {
            command: "web".to_owned(),
            args: vec!["-p".to_owned(), "80".to_owned()],
            work_dir: Some(PathBuf::from("/srv")),
            oom_score_adj: 500,
            cgroup: CgroupOverride::V1(paths),
            denied_envvars: vec!["AWS_*".to_owned()],
        }
    );
}

#[test]
fn mistakes_are_named_with_their_place() {
    assert_eq!(error(json!({})), "config: missing required key \"command\"");
    assert_eq!(error(json!({"command": ""})), "config.command: must not be empty");
    assert_eq!(error(json!({"command": "x", "work_dir": "a"})), "config.work_dir: must be an absolute path");
    assert_eq!(
        error(json!({"command": "x", "oom_score_adj": -1})),
        "config.oom_score_adj: expected a whole number from 0 to 1000, found -1"
    );
    assert_eq!(
        error(json!({"command": "x", "cgroup_v1_override": {"pids": "a"}, "cgroup_v2_override": "b"})),
        "config.cgroup_v1_override: excludes cgroup_v2_override"
    );
    assert_eq!(
        error(json!({"command": "x", "cgroup_v2_override": "a/../../b"})),
        "config.cgroup_v2_override: must not contain \"..\""
    );
}

#[test]
fn the_plugin_is_configured_strictly() {
    let decode = |value| RawExecSettings::decode(&block(value)).map_err(|errors| errors.to_string());
    let given = decode(json!({"enabled": true, "denied_host_uids": "0", "denied_envvars": ["A*"]}));
    let expected = RawExecSettings {
        denied_host_uids: "0".to_owned(),
        denied_envvars: vec!["A*".to_owned()],
        ..RawExecSettings::default()
    };
    assert_eq!(given, Ok(Some(expected)));
    assert_eq!(decode(json!({"enabled": false})), Ok(None));
    let mistake = decode(json!({"denied_host_gid": "0"}));
    let expected =
        "config.denied_host_gid: unknown key \"denied_host_gid\", did you mean \"denied_host_gids\"?";
    assert_eq!(mistake, Err(expected.to_owned()));
}

#[test]
fn a_command_is_looked_for_in_the_task_before_the_path() {
    let dir = tempfile::tempdir().expect("directory");
    let task = task(dir.path());
    std::fs::create_dir_all(&task.dirs.local).expect("directory");
    assert_eq!(resolve("sh", &task), Ok(PathBuf::from("/bin/sh")));
    assert_eq!(resolve("/etc/hostname", &task), Ok(PathBuf::from("/etc/hostname")));
    let own = task.dirs.local.join("sh");
    std::fs::write(&own, "").expect("file");
    assert_eq!(resolve("sh", &task), Ok(PathBuf::from("/bin/sh")), "not executable");
    std::fs::set_permissions(&own, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("mode");
    assert_eq!(resolve("sh", &task), Ok(own.clone()));
    assert_eq!(resolve("local/sh", &task), Ok(task.dirs.task.join("local/sh")));
    let error = resolve("no-such-command", &task).expect_err("error").to_string();
    let expected = format!(
        "command \"no-such-command\" not found; looked for {0}/local/no-such-command, {0}/no-such-command, \
         /bin/no-such-command",
        task.dirs.task.display()
    );
    assert_eq!(error, expected);
}

fn task(dir: &Path) -> TaskConfig {
    let at = |name: &str| dir.join(name);
    TaskConfig {
        id: TaskId { alloc: "a".to_owned(), task: "t".to_owned() },
        config: ConfigMap::new(),
        env: BTreeMap::from([("PATH".to_owned(), "relative:/bin".to_owned())]),
        user: None,
        resources: Resources::default(),
        dirs: TaskDirs {
            alloc: dir.to_path_buf(),
            shared: at("alloc"),
            task: at("t"),
            local: at("t/local"),
            secrets: at("t/secrets"),
        },
        logs: LogConfig { disabled: false, dir: at("alloc/logs"), max_files: 10, max_file_size_mb: 10 },
        cgroup_parent: None,
    }
}
