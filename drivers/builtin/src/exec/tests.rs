//! Tests of the blocks, of rights and of paths; the rest runs real processes in `tests/builtin`.

use std::collections::BTreeMap;

use driver::ConfigMap;
use sandbox::isolate::{CapabilitySet, Share};
use serde_json::{Value, json};

use super::command::candidates;
use super::config::Config;
use super::{ExecSettings, rights};

fn block(value: Value) -> ConfigMap {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no block"),
    }
}

fn capabilities(names: &[&str]) -> CapabilitySet {
    CapabilitySet::parse(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).expect("names")
}

#[test]
fn a_whole_block_is_understood() {
    let config = Config::decode(&block(json!({
        "command": "web", "args": ["-p", 80], "work_dir": "/srv", "pid_mode": "host", "ipc_mode": "private",
        "cap_add": ["net_raw"], "cap_drop": ["CAP_MKNOD"], "oom_score_adj": 500, "cpu_hard_limit": true,
    })));
    let expected = Config {
        command: "web".to_owned(),
        args: vec!["-p".to_owned(), "80".to_owned()],
        work_dir: Some("/srv".to_owned()),
        pid_mode: Some(Share::Host),
        ipc_mode: Some(Share::Private),
        cap_add: capabilities(&["net_raw"]),
        cap_drop: capabilities(&["mknod"]),
        oom_score_adj: 500,
        cpu_hard_limit: true,
    };
    assert_eq!(config, Ok(expected));
}

#[test]
fn mistakes_are_named_with_their_place() {
    let error = |value| Config::decode(&block(value)).expect_err("a mistake").to_string();
    assert_eq!(error(json!({})), "config: missing required key \"command\"");
    assert_eq!(error(json!({"command": "x", "work_dir": "a"})), "config.work_dir: must be an absolute path");
    assert_eq!(
        error(json!({"command": "x", "pid_mode": "shared", "cap_add": ["net_rwa"]})),
        "config.pid_mode: expected \"private\" or \"host\", found \"shared\"; \
         config.cap_add: unknown capability \"net_rwa\""
    );
    assert_eq!(
        error(json!({"command": "x", "cap_ad": []})),
        "config.cap_ad: unknown key \"cap_ad\", did you mean \"cap_add\"?"
    );
}

#[test]
fn the_plugin_is_configured_strictly() {
    let settings = ExecSettings::decode(&block(json!({
        "no_pivot_root": true, "default_pid_mode": "host", "allow_caps": ["chown", "net_raw"],
        "denied_host_uids": "0,10-20", "pids_limit": 100,
    })))
    .expect("block");
    assert_eq!((settings.no_pivot_root, settings.pids_limit), (true, 100));
    assert_eq!((settings.default_pid_mode, settings.default_ipc_mode), (Share::Host, Share::Private));
    assert_eq!(settings.allow_caps, capabilities(&["chown", "net_raw"]));
    assert_eq!(ExecSettings::decode(&ConfigMap::new()), Ok(ExecSettings::default()));
    let error = |value| ExecSettings::decode(&block(value)).expect_err("a mistake").to_string();
    assert_eq!(
        error(json!({"allow_cap": []})),
        "config.allow_cap: unknown key \"allow_cap\", did you mean \"allow_caps\"?"
    );
    assert_eq!(
        error(json!({"denied_host_gids": "x", "allow_caps": ["nope"]})),
        "config.allow_caps: unknown capability \"nope\"; \
         config.denied_host_gids: \"x\" is not a list of ids and ranges"
    );
}

#[test]
fn rights_are_the_default_plus_what_is_asked_for_and_allowed() {
    let of = |add: &[&str], drop: &[&str], allowed| {
        let config = Config { cap_add: capabilities(add), cap_drop: capabilities(drop), ..Config::default() };
        rights::of(&config, allowed)
    };
    let (default, held) = (CapabilitySet::of_tasks(), CapabilitySet::held());
    let rights = of(&[], &["mknod"], default).expect("rights");
    assert_eq!(rights.most, default.without(capabilities(&["mknod"])).intersection(held));
    assert_eq!(rights.ambient, CapabilitySet::EMPTY);
    assert_eq!(of(&[], &["all"], default).expect("rights").most, CapabilitySet::EMPTY);
    let refused = of(&["net_raw", "chown", "sys_admin"], &[], default).expect_err("refused");
    let expected = "driver does not allow the following capabilities: net_raw, sys_admin";
    assert_eq!(refused.to_string(), expected);
    // An agent that allows less than the default gives less.
    let rights = of(&["all"], &[], capabilities(&["chown", "net_raw"])).expect("rights");
    assert_eq!(rights.most, capabilities(&["chown", "net_raw"]).intersection(held));
    assert_eq!(rights.ambient, rights.most);
}

#[test]
fn a_command_is_looked_for_in_the_task_before_the_path() {
    let env = BTreeMap::from([("PATH".to_owned(), "relative:/bin/:/usr/bin".to_owned())]);
    assert_eq!(candidates("/bin/x", &env), ["/bin/x"]);
    assert_eq!(candidates("x", &env), ["/local/x", "/x", "/bin/x", "/usr/bin/x"]);
    assert_eq!(candidates("bin/x", &env), ["/local/bin/x", "/bin/x"]);
    assert_eq!(candidates("x", &BTreeMap::new()).len(), 8);
}
