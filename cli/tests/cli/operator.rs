//! Commands of operators on the servers' own group and on saved states.

use expect_test::expect;

use crate::agent::Agent;
use crate::recorded::check;
use crate::run;

const CONFIG: &str = r#"{"LastContactThreshold":"200ms","ServerStabilizationTime":"10s","CleanupDeadServers":true,
    "MaxTrailingLogs":250,"MinQuorum":0,"ModifyIndex":4}"#;
const AUTOPILOT: &str = "/v1/operator/autopilot/configuration";

#[test]
fn the_autopilot_is_shown_and_changed_as_recorded() {
    let get = format!("GET {AUTOPILOT}");
    check("autopilot-get", &[(&get, 200, CONFIG)]);
    let put = format!("PUT {AUTOPILOT}");
    let asked = check("autopilot-set", &[(&get, 200, CONFIG), (&put, 200, "true")]);
    assert!(asked[1].contains("cas=4"), "{asked:?}");
    assert!(asked[1].contains(r#""MaxTrailingLogs":300"#), "{asked:?}");
    check("raft-remove-noarg", &[]);
    check("server-force-leave", &[("PUT /v1/agent/force-leave", 200, "")]);
}

#[test]
fn unhealthy_servers_are_shown_and_are_no_failure() {
    let health = r#"{"FailureTolerance":0,"Healthy":false,"Leader":"a1","Voters":["a1","b2"],"Servers":[
        {"ID":"a1","Name":"s0.global","Address":"127.0.0.1:1","SerfStatus":"alive","Version":"0.1.0","Leader":true,
         "LastContact":"0s","LastTerm":2,"LastIndex":9,"Healthy":true,"Voter":true,"StableSince":"2026-11-22T15:35:48Z"},
        {"ID":"b2","Name":"s1.global","Address":"127.0.0.1:2","SerfStatus":"failed","Version":"0.1.0","Leader":false,
         "LastContact":"7.5s","LastTerm":2,"LastIndex":5,"Healthy":false,"Voter":true,"StableSince":"2026-11-22T15:35:48Z"}]}"#;
    let agent = Agent::start(&[("GET /v1/operator/autopilot/health", 429, health)]);
    let ran = run(&["operator", "autopilot", "health", "-address", &agent.address]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    expect![[r#"
        Healthy: false
        FailureTolerance: 0
        Leader: a1
        Voters: 
        	a1
        	b2
        Servers: 
        ID  Name       Address      SerfStatus  Version  Leader  Voter  Healthy  LastContact  LastTerm  LastIndex  StableSince
        a1  s0.global  127.0.0.1:1  alive       0.1.0    true    true   true     0s           2         9          2026-11-22T15:35:48Z
        b2  s1.global  127.0.0.1:2  failed      0.1.0    false   true   false    7.5s         2         5          2026-11-22T15:35:48Z
    "#]].assert_eq(&ran.out);
}

#[test]
fn a_file_that_is_no_saved_state_is_named_and_never_sent() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.snap");
    std::fs::write(&file, "garbage").unwrap();
    let agent = Agent::start(&[]);
    let path = file.to_str().unwrap();
    let ran = run(&["operator", "snapshot", "restore", "-address", &agent.address, path]);
    let shown = ran.err.replace(path, "bad.snap");
    let expected = "Error restoring bad.snap: failed to decompress snapshot: unexpected EOF\n";
    assert_eq!((ran.code, shown.as_str()), (1, expected));
    assert_eq!(agent.asked(), Vec::<String>::new());
    let ran = run(&["operator", "snapshot", "inspect", path]);
    assert_eq!(ran.code, 1);
    let ran = run(&["operator", "snapshot", "save", "-address", &agent.address, path]);
    assert_eq!(ran.code, 1);
    assert_eq!(std::fs::read(&file).unwrap(), b"garbage", "a failed save leaves what was there");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn reads_are_answered_while_nobody_leads_and_say_so() {
    let agent = Agent::start(&[("GET /v1/nodes", 500, "No cluster leader"), ("GET /v1/nodes", 200, "[]")]);
    let ran = run(&["node", "status", "-address", &agent.address]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("Warning: the servers have no leader."), "{}", ran.err);
    assert!(agent.asked()[1].contains("stale"), "{:?}", agent.asked());
}

#[test]
fn joining_says_how_many_or_why_none() {
    let agent = Agent::start(&[("PUT /v1/agent/join", 200, r#"{"num_joined":2,"error":""}"#)]);
    let ran = run(&["server", "join", "-address", &agent.address, "10.0.0.1:4647", "10.0.0.2:4647"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Joined 2 servers successfully\n"));
    assert!(agent.asked()[0].contains("address=10.0.0.1"), "{:?}", agent.asked());
    let agent =
        Agent::start(&[("PUT /v1/agent/join", 200, r#"{"num_joined":0,"error":"10.0.0.1:1: refused"}"#)]);
    let ran = run(&["server", "join", "-address", &agent.address, "10.0.0.1:1"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, "Error joining: 10.0.0.1:1: refused\n"));
}
