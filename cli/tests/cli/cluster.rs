//! Commands that change nodes, pools, namespaces, deployments and the scheduler, as Nomad's print them.

use std::fmt::Write;

use expect_test::expect;
use nomadctl::show::DrainMonitor;
use serde_json::{Value, json};

use crate::agent::Agent;
use crate::{Ran, golden, recorded_stdout, run, trimmed};

const NODE: &str = "0d9bcedd-bc55-14ec-80b0-9877f7368a28";

/// Runs the recorded command against an agent and compares text and exit code; returns what was asked.
fn check(name: &str, answers: &[(&str, u16, &str)]) -> Vec<String> {
    check_in(name, answers, &[])
}

/// The same with files that the command reads.
fn check_in(name: &str, answers: &[(&str, u16, &str)], files: &[(&str, &str)]) -> Vec<String> {
    let recorded = golden(&format!("texts/{name}.txt"));
    let folder = tempfile::tempdir().unwrap();
    let command = recorded.lines().next().unwrap().strip_prefix("$ nomad ").unwrap();
    let mut words: Vec<String> = command.split(' ').map(str::to_owned).collect();
    for (file, text) in files {
        let path = folder.path().join(file);
        std::fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap().to_owned();
        words.iter_mut().filter(|word| word == file).for_each(|word| word.clone_from(&path));
    }
    let agent = Agent::start(answers);
    let flags = words.iter().position(|word| word.starts_with('-')).unwrap_or_else(|| {
        let nouns = ["pool", "scheduler"].iter().any(|noun| words.iter().any(|word| word == noun));
        if nouns { 3 } else { 2 }
    });
    let address = ["-address".to_owned(), agent.address.clone()];
    words.splice(flags.min(words.len())..flags.min(words.len()), address);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ran = run(&words);
    assert_eq!(trimmed(&ran.out), recorded_stdout(&recorded), "{name}: {}", ran.err);
    assert_eq!(ran.err.trim(), recorded_stderr(&recorded).replace("'nomad ", "'nomadctl "), "{name}");
    assert_eq!(format!("exit {}", ran.code), recorded.lines().last().unwrap(), "{name}");
    agent.asked()
}

fn recorded_stderr(recorded: &str) -> String {
    let (_, stderr) = recorded.split_once("--- stderr\n").unwrap_or_default();
    stderr.rsplit_once("exit ").map_or(String::new(), |(text, _)| text.trim().to_owned())
}

#[test]
fn namespaces_read_as_nomad_shows_them() {
    let team_c = recorded_stdout(&golden("texts/namespace-inspect.txt"));
    let list = json!([
        { "Name": "default", "Description": "Default shared namespace" },
        { "Name": "team-a", "Description": "Team A" },
        { "Name": "team-b", "Description": "Team B" },
    ]);
    check("namespace-list", &[("GET /v1/namespaces", 200, &list.to_string())]);
    check("namespace-status", &[("GET /v1/namespace/team-c", 200, &team_c)]);
    check("namespace-inspect", &[("GET /v1/namespace/team-c", 200, &team_c)]);
    check("namespace-apply-noargs", &[]);
}

#[test]
fn a_namespace_file_becomes_what_the_api_takes() {
    let file = r#"name        = "team-c"
description = "Team C"
capabilities {
  enabled_task_drivers  = ["raw_exec", "mock_driver"]
  disabled_task_drivers = ["docker"]
}
meta {
  owner = "carol"
}
"#;
    let asked = check_in("namespace-apply-file", &[("PUT /v1/namespace", 200, "")], &[("ns-c.hcl", file)]);
    let body: Value =
        serde_json::from_str(asked[0].split_once('{').map(|(_, rest)| format!("{{{rest}")).unwrap().as_str())
            .unwrap();
    let wanted: Value =
        serde_json::from_str(&recorded_stdout(&golden("texts/namespace-inspect.txt"))).unwrap();
    for key in ["Name", "Description", "Meta", "Quota"] {
        assert_eq!(body[key], wanted[key], "{key}");
    }
    assert_eq!(body["Capabilities"]["EnabledTaskDrivers"], wanted["Capabilities"]["EnabledTaskDrivers"]);
}

#[test]
fn node_pools_read_as_nomad_shows_them() {
    let pool = json!({ "Name": "arm", "Description": "ARM nodes", "Meta": { "arch": "arm64" } });
    let list = json!([
        { "Name": "all", "Description": "Node pool with all nodes in the cluster." },
        { "Name": "default", "Description": "Default node pool." },
        { "Name": "gpu", "Description": "GPU nodes" },
    ]);
    let nodes = json!([{
        "ID": NODE, "Datacenter": "dc1", "Name": "golden-1", "NodeClass": "golden", "Drain": false,
        "SchedulingEligibility": "eligible", "Status": "ready",
    }]);
    check("node-pool-info", &[("GET /v1/node/pool/arm", 200, &pool.to_string())]);
    check("node-pool-list", &[("GET /v1/node/pools", 200, &list.to_string())]);
    check("node-pool-nodes", &[("GET /v1/node/pool/default/nodes", 200, &nodes.to_string())]);
    let file = "node_pool \"arm\" {\n  description = \"ARM nodes\"\n  meta {\n    arch = \"arm64\"\n  }\n}\n";
    let asked = check_in("node-pool-apply", &[("PUT /v1/node/pools", 200, "")], &[("pool.hcl", file)]);
    assert!(asked[0].contains(r#""Meta":{"arch":"arm64"}"#), "{asked:?}");
}

#[test]
fn deployments_are_paused_and_promoted() {
    let id = "52ad18ed-73a5-db15-3f46-5632cbce5def";
    let list = json!([{ "ID": id, "JobID": "canary-app", "Status": "running" }]).to_string();
    let changed = r#"{"EvalID":"69cf69de-e435-888c-0351-e7f408793b10"}"#;
    let pause = format!("PUT /v1/deployment/pause/{id}");
    let asked = check("deployment-pause", &[("GET /v1/deployments", 200, &list), (&pause, 200, "{}")]);
    assert!(asked[1].contains(r#""Pause":true"#), "{asked:?}");
    let promote = format!("PUT /v1/deployment/promote/{id}");
    let asked = check("deployment-promote", &[("GET /v1/deployments", 200, &list), (&promote, 200, changed)]);
    assert!(asked[1].contains(r#""All":true"#), "{asked:?}");
}

#[test]
fn the_scheduler_keeps_what_is_not_given() {
    let config = json!({ "SchedulerConfig": {
        "SchedulerAlgorithm": "binpack", "PreemptionConfig": { "SystemSchedulerEnabled": true },
        "NodeLimitForFeasibilityChecks": 0, "ModifyIndex": 266,
    }})
    .to_string();
    let path = "/v1/operator/scheduler/configuration";
    let (get, put) = (format!("GET {path}"), format!("PUT {path}"));
    check("sched-get", &[(&get, 200, &config)]);
    let asked = check("sched-set", &[(&get, 200, &config), (&put, 200, r#"{"Updated":true}"#)]);
    let written = &asked[1];
    for part in ["cas=266", r#""SchedulerAlgorithm":"spread""#, r#""SystemSchedulerEnabled":true"#] {
        assert!(written.contains(part), "{written}");
    }
}

#[test]
fn nodes_are_closed_for_new_allocations() {
    let nodes = json!([{ "ID": NODE }]).to_string();
    let put = format!("PUT /v1/node/{NODE}/eligibility");
    check("node-elig-disable", &[("GET /v1/nodes", 200, &nodes), (&put, 200, "{}")]);
    check("node-elig-noflag", &[]);
    check("node-drain-noflag", &[]);
    let idle = json!({ "ID": NODE, "Drain": false }).to_string();
    let get = format!("GET /v1/node/{NODE}");
    check("node-drain-monitor-none", &[("GET /v1/nodes", 200, &nodes), (&get, 200, &idle)]);
}

#[test]
fn allocations_are_stopped() {
    let alloc = json!([{ "ID": "017ec43b-0000-0000-0000-000000000000" }]).to_string();
    let put = "PUT /v1/allocation/017ec43b-0000-0000-0000-000000000000/stop";
    let eval = r#"{"EvalID":"237723e6-2f2d-4dfb-b3c2-504d691bd57c"}"#;
    check("alloc-stop", &[("GET /v1/allocations", 200, &alloc), (put, 200, eval)]);
    check("alloc-stop-notfound", &[("GET /v1/allocations", 200, "[]")]);
}

/// Lines of a monitor for a row of answers: whether the node drains, and allocations as
/// `name desired client [migrate]`.
fn monitored(answers: &[(bool, &[&str])]) -> String {
    let mut monitor = DrainMonitor::default();
    let mut text = String::new();
    for (drain, allocs) in answers {
        let node = serde_json::from_value(json!({ "ID": "n", "Drain": drain })).unwrap();
        let alloc = |words: &&str| {
            let words: Vec<&str> = words.split(' ').collect();
            serde_json::from_value(json!({
                "ID": words[0], "DesiredStatus": words[1], "ClientStatus": words[2],
                "DesiredTransition": { "Migrate": words.get(3).map(|_| true) },
            }))
            .unwrap()
        };
        let allocs: Vec<_> = allocs.iter().map(alloc).collect();
        for line in monitor.observe(&node, &allocs) {
            writeln!(text, "{line}").unwrap();
        }
    }
    writeln!(text, "done: {}", monitor.is_done()).unwrap();
    text
}

#[test]
fn a_drain_is_followed_until_everything_has_left() {
    let text = monitored(&[
        (true, &["web run running", "old stop complete", "sys run running"]),
        (true, &["web run running migrate", "sys run running"]),
        (true, &["web stop running migrate", "sys run running"]),
        (false, &["web stop running migrate", "sys run running"]),
        (false, &["web stop complete migrate", "sys run running"]),
    ]);
    expect![[r#"
        Alloc "web" marked for migration
        Alloc "web" draining
        Drain complete for node n
        Alloc "web" status running -> complete
        All allocations on node "n" have stopped
        done: true
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_drain_needs_consent_and_one_deadline() {
    let refused = |words: &[&str]| -> Ran { run(words) };
    let ran = refused(&["node", "drain", "-enable", "-force", "-no-deadline", "0d9bcedd"]);
    assert!(ran.err.starts_with("Only one of -deadline, -force and -no-deadline can be used"), "{}", ran.err);
    let nodes = json!([{ "ID": NODE }]).to_string();
    let agent = Agent::start(&[("GET /v1/nodes", 200, &nodes)]);
    let ran = run(&["node", "drain", "-enable", "-address", &agent.address, "0d9bcedd"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.ends_with("Canceling drain toggle\n"), "{}", ran.out);
    assert_eq!(agent.asked().len(), 1, "nothing was changed");
}
