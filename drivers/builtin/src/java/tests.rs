//! Tests of the block and of versions; the rest runs real processes in `tests/builtin`.

use driver::ConfigMap;
use serde_json::{Value, json};

use super::config::command;
use super::version::{Version, answer, release};

fn block(value: Value) -> ConfigMap {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no block"),
    }
}

#[test]
fn a_block_becomes_a_command_line() {
    let args = |value| command(&block(value)).expect("block").args.join(" ");
    assert_eq!(
        args(json!({
            "jar_path": "local/a.jar", "jvm_options": ["-Xmx64m", "-Xms8m"], "class_path": "lib/*", "args": ["x", 1],
        })),
        "-Xmx64m -Xms8m -cp lib/* -jar local/a.jar x 1"
    );
    assert_eq!(args(json!({"class": "Main", "args": ["y"]})), "Main y");
    let config = command(&block(json!({"class": "Main", "work_dir": "/local", "cap_drop": ["all"]})));
    let config = config.expect("block");
    assert_eq!((config.command.as_str(), config.work_dir.as_deref()), ("java", Some("/local")));
}

#[test]
fn mistakes_are_named_with_their_place() {
    let error = |value| command(&block(value)).expect_err("a mistake").to_string();
    assert_eq!(error(json!({})), "config: one of \"class\" and \"jar_path\" is required");
    assert_eq!(
        error(json!({"jar_pat": "x", "class": "Main"})),
        "config.jar_pat: unknown key \"jar_pat\", did you mean \"jar_path\"?"
    );
    assert_eq!(
        error(json!({"class": "Main", "ipc_mode": "none"})),
        "config.ipc_mode: expected \"private\" or \"host\", found \"none\""
    );
}

#[test]
fn versions_are_read_from_what_java_prints_and_from_its_release_file() {
    let printed = "Picked up JAVA_TOOL_OPTIONS: -Dx\nopenjdk version \"17.0.15\" 2025-04-15\n\
                   OpenJDK Runtime Environment (build 17.0.15+6)\nOpenJDK 64-Bit Server VM (build 17.0.15+6)\n";
    let expected = Version {
        version: "17.0.15".to_owned(),
        runtime: "OpenJDK Runtime Environment (build 17.0.15+6)".to_owned(),
        vm: "OpenJDK 64-Bit Server VM (build 17.0.15+6)".to_owned(),
    };
    assert_eq!(answer(printed), Some(expected));
    assert_eq!(answer("java: not found\n"), None);
    let text = "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"17.0.15\"\n";
    assert_eq!(release(text).map(|version| version.version), Some("17.0.15".to_owned()));
    assert_eq!(release(""), None);
}
