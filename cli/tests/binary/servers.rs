//! The group of servers as its operators see it: snapshots, membership, leadership, reads without a quorum.

use std::time::Duration;

use crate::cluster::{DevCluster, SETTLE, get, running, sleep_job, task_pids};
use crate::process::{eventually, nomadctl};
use crate::separate::Hosts;

/// A state saved on one cluster is restored on a fresh one, where its jobs come up; a damaged file changes nothing.
pub(crate) fn snapshot_moves_to_a_fresh_cluster() {
    let mut first = DevCluster::start("saved", &["-servers", "3", "-clients", "1"]);
    let file = first.dir.write("sleep.nomad.hcl", &sleep_job(2));
    first.nomadctl(&["job", "run", "-detach", file.to_str().unwrap()]).expect(0);
    let old = first.await_running("sleep", 2);
    let saved = first.dir.path().join("saved.snap");
    let path = saved.to_str().unwrap();
    let printed = first.nomadctl(&["operator", "snapshot", "save", path]).expect(0);
    assert_eq!(printed, format!("State file written to {path}\n"));
    let inspected = first.nomadctl(&["operator", "snapshot", "inspect", path]).expect(0);
    assert!(inspected.contains("\nJobVersion "), "{inspected}");

    let mut fresh = DevCluster::start("restored", &["-servers", "3", "-clients", "1"]);
    let index = |cluster: &DevCluster| {
        let asked = cluster.nomadctl(&["operator", "api", "-X", "GET", "-verbose", "/v1/jobs"]).stderr;
        asked.lines().find(|line| line.contains("x-nomad-index")).unwrap().to_owned()
    };
    let before = index(&fresh);
    let whole = std::fs::read(&saved).unwrap();
    let cut = fresh.dir.path().join("cut.snap");
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let refused = fresh.nomadctl(&["operator", "snapshot", "restore", cut.to_str().unwrap()]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("cut.snap: failed to decompress snapshot: unexpected EOF"),
        "{refused:?}"
    );
    assert_eq!(index(&fresh), before, "a refused file changes nothing");

    let printed = fresh.nomadctl(&["operator", "snapshot", "restore", path]).expect(0);
    assert_eq!(printed, "Snapshot Restored\n");
    // The nodes of the old cluster stay silent here, so the job moves to the new one's.
    let is_new = |alloc: &serde_json::Value| old.iter().all(|old| old["ID"] != alloc["ID"]);
    let moved = eventually(SETTLE, || {
        let allocs = fresh.running("sleep");
        (allocs.len() == 2 && allocs.iter().all(is_new)).then_some(allocs)
    });
    assert_eq!(moved.len(), 2);

    // What is restored where it came from takes back what was done since, for the servers and for the clients.
    first.nomadctl(&["job", "stop", "-purge", "-detach", "sleep"]).expect(0);
    let runs = |alloc: &serde_json::Value| !task_pids(alloc["ID"].as_str().unwrap_or_default()).is_empty();
    let ended = || first.running("sleep").is_empty() && !old.iter().any(runs);
    eventually(SETTLE, || ended().then_some(()));
    first.nomadctl(&["operator", "snapshot", "restore", path]).expect(0);
    eventually(SETTLE, || {
        let allocs = first.running("sleep");
        (allocs.len() == 2 && allocs.iter().all(runs)).then_some(())
    });
    fresh.interrupt();
    first.interrupt();
}

/// Leadership moves on demand; a dead server is taken out; a blank one with its name gets a vote only after probation.
pub(crate) fn servers_come_and_go() {
    let mut hosts = Hosts::new("members", 3, 0);
    let config = ["operator", "autopilot", "set-config", "-server-stabilization-time=2s"];
    assert_eq!(nomadctl(&hosts.http(0), &config).expect(0), "Configuration updated!\n");

    let leader = hosts.await_leader();
    let other = (leader + 1) % 3;
    let to = hosts.id(other);
    let moved =
        nomadctl(&hosts.http(2), &["operator", "raft", "transfer-leadership", "-peer-id", &to]).expect(0);
    assert!(moved.starts_with("Transferred leadership to peer "), "{moved}");
    eventually(SETTLE, || (hosts.leader() == Some(other)).then_some(()));

    let gone = hosts.id(leader);
    // Asked of all while all run: the blank one knows nobody at first.
    let old: Vec<String> = (0..3).map(|server| hosts.id(server)).collect();
    let leads = nomadctl(&hosts.http(other), &["operator", "raft", "remove-peer", "-peer-id", &to]);
    assert!(leads.stderr.contains("transfer leadership first"), "{leads:?}");
    let name = format!("server-{leader}");
    let alive = nomadctl(&hosts.http(other), &["server", "force-leave", &name]);
    assert!(alive.stderr.contains("only a failed server can be made to leave"), "{alive:?}");

    // The same name with an empty directory: another server, which must not vote as the old one.
    hosts.kill_server(leader);
    hosts.wipe(leader);
    hosts.start_server(leader);
    let voters = |hosts: &Hosts| -> Vec<(String, bool)> {
        let peers = get(&hosts.http(other), "/v1/operator/raft/configuration");
        let server = |one: &serde_json::Value| {
            (one["ID"].as_str().unwrap_or_default().to_owned(), one["Voter"] == true)
        };
        peers["Servers"].as_array().into_iter().flatten().map(server).collect()
    };
    let blank = eventually(SETTLE, || voters(&hosts).into_iter().find(|(id, _)| !old.contains(id)));
    assert!(!blank.1, "a blank server has no vote at first");
    // The old one counts as failed once it was silent for three seconds.
    eventually(SETTLE, || {
        nomadctl(&hosts.http(other), &["server", "force-leave", &name]).code.eq(&0).then_some(())
    });
    eventually(SETTLE, || {
        let found = voters(&hosts);
        let in_peace = !found.iter().any(|(id, _)| *id == gone);
        (in_peace && found.len() == 3 && found.iter().all(|(_, voter)| *voter)).then_some(())
    });
    eventually(SETTLE, || {
        let health = nomadctl(&hosts.http(0), &["operator", "autopilot", "health"]).expect(0);
        health.starts_with("Healthy: true\nFailureTolerance: 1\n").then_some(())
    });
    hosts.stop();
}

/// Without a quorum writes are refused and reads are answered, marked as stale.
pub(crate) fn reads_without_a_quorum() {
    let mut hosts = Hosts::new("no-quorum", 3, 0);
    nomadctl(&hosts.http(0), &["namespace", "apply", "kept"]).expect(0);
    eventually(SETTLE, || {
        let found = get(&hosts.http(1), "/v1/namespaces?consistent");
        found.as_array().is_some_and(|found| found.iter().any(|one| one["Name"] == "kept")).then_some(())
    });
    let leader = hosts.await_leader();
    let follower = (leader + 1) % 3;
    hosts.kill_server(leader);
    hosts.kill_server((leader + 2) % 3);
    let headers = |query: &str| {
        let path = format!("/v1/namespaces{query}");
        nomadctl(&hosts.http(follower), &["operator", "api", "-X", "GET", "-verbose", &path])
    };
    let stale = eventually(SETTLE, || {
        Some(headers("?stale")).filter(|ran| ran.stderr.contains("x-nomad-knownleader: false"))
    });
    assert!(stale.stdout.contains("\"kept\""), "{stale:?}");
    assert!(!stale.stderr.contains("x-nomad-lastcontact: 0\n"), "{stale:?}");
    for query in ["", "?consistent"] {
        let refused = headers(query);
        assert!(refused.stderr.contains("HTTP 500"), "{query:?}: {refused:?}");
    }
    let listed = nomadctl(&hosts.http(follower), &["namespace", "list"]);
    assert_eq!(listed.code, 0, "{listed:?}");
    assert!(listed.stdout.contains("kept"), "{listed:?}");
    assert!(listed.stderr.contains("Warning: the servers have no leader."), "{listed:?}");
    let written = nomadctl(&hosts.http(follower), &["namespace", "apply", "lost"]);
    assert_eq!(written.code, 1, "{written:?}");
    hosts.start_server(leader);
    eventually(Duration::from_secs(20), || {
        nomadctl(&hosts.http(follower), &["namespace", "apply", "after"]).code.eq(&0).then_some(())
    });
    assert!(running(&hosts.http(follower), "none").is_empty());
    hosts.stop();
}

/// A byte of the log that is not what was written keeps the server from starting, and is named.
pub(crate) fn damaged_log_is_named() {
    let mut hosts = Hosts::new("damaged", 1, 0);
    for number in 0..20 {
        nomadctl(&hosts.http(0), &["namespace", "apply", &format!("n{number}")]).expect(0);
    }
    hosts.kill_server(0);
    let folder = hosts.dir().join("server-0/server/raft");
    let is_log = |path: &std::path::PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("wal-"))
    };
    let paths = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let log = paths.into_iter().find(is_log).unwrap();
    let mut bytes = std::fs::read(&log).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&log, &bytes).unwrap();
    let printed = hosts.start_and_fail(0);
    let name = log.file_name().unwrap().to_string_lossy().into_owned();
    assert!(printed.contains(&name) && printed.contains("corrupt at byte"), "{printed}");
    hosts.stop();
}
