//! Tasks of `exec` by way of a client. Hosts that cannot isolate skip them.

use std::io::Read;
use std::sync::Arc;

use client::{ControlError, ExecRequest};
use model::{AllocId, ClientStatus};
use sandbox::cgroup::{Group, GroupName, Hierarchies};
use serde_json::json;

use crate::fixture::{Host, alive, block_on, eventually, id, set_config, shell, text};
use crate::reattach;

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("an_exec_task_finds_its_directories_and_nothing_of_the_host", directories),
    ("an_exec_task_outlives_an_agent_killed_with_sigkill", killed),
    ("a_command_runs_in_a_task_of_an_allocation", commands),
    ("the_default_of_users_that_exec_denies_is_root", root_is_denied),
];

fn skipped() -> bool {
    let limited = Hierarchies::detect().is_ok_and(|found| found.obstacle().is_none());
    !limited || sandbox::isolate::missing().is_some()
}

fn directories() {
    if skipped() {
        return;
    }
    block_on(async {
        let host = Host::new();
        let client = host.client().await;
        eventually(|| !host.servers.nodes().is_empty(), || "no node".to_owned()).await;
        let node = host.servers.nodes().remove(0);
        assert_eq!(node.attributes.get("driver.exec").map(|found| &**found), Some("1"));
        let alloc = id();
        let mut job = shell("batch", 0, "");
        let script = "id -un; echo $NOMAD_TASK_DIR $NOMAD_ALLOC_DIR $NOMAD_SECRETS_DIR $HOME; \
                      echo kept >/secrets/token && cat /secrets/token; touch /local/a /alloc/data/b /tmp/c; \
                      ls -d $0 2>&1 | grep -c 'No such file'";
        let hidden = host.dir.path().to_string_lossy();
        set_config(&mut job, json!({ "command": "sh", "args": ["-c", script, hidden] }));
        job.task_groups[0].tasks[0].driver = "exec".to_owned();
        host.servers.assign(&Arc::new(job), &[alloc]);
        let events = host.reach(alloc, ClientStatus::Complete).await;
        let printed = text(&client, alloc, "alloc/logs/web.stdout.0");
        assert_eq!(printed, "nobody\n/local /alloc /secrets /nonexistent\nkept\n1\n", "{events}");
        let there = ["web/local/a", "alloc/data/b", "web/tmp/c"].map(|path| host.path(alloc, path).exists());
        assert_eq!(there, [true; 3]);
        // Only places for mounts: nothing of the host is in the directory that is removed at the end.
        assert_eq!(std::fs::read_dir(host.path(alloc, "web/usr")).expect("directory").count(), 0);
    });
}

/// Returns the pids of the task as the host sees them.
fn pids(host: &Host, alloc: AllocId) -> Vec<i32> {
    let name = GroupName::new(&format!("{}/{alloc}.web", host.cgroup())).expect("name");
    Group::open(&Hierarchies::detect().expect("hierarchies"), &name).expect("group").pids()
}

fn killed() {
    if skipped() {
        return;
    }
    block_on(async {
        let host = Host::new();
        let alloc = id();
        let mut agent = std::process::Command::new(std::env::current_exe().expect("own binary"))
            .arg(reattach::EXEC_AGENT)
            .arg(host.dir.path())
            .arg(alloc.to_string())
            .spawn()
            .expect("agent");
        assert_eq!(host.pid(alloc).await, 1, "the first process of its namespace");
        agent.kill().expect("kill");
        agent.wait().expect("end");
        let before = pids(&host, alloc);
        let task = before[0];
        assert!(alive(task));
        host.servers.assign(&reattach::long_job("exec"), &[alloc]);
        let client = host.client().await;
        host.reach(alloc, ClientStatus::Running).await;
        eventually(|| host.events(alloc).contains("Reattached"), || host.events(alloc)).await;
        assert!(alive(task));
        assert_eq!(client.is_running(alloc, "web"), Some(true));
        std::fs::write(host.path(alloc, "web/local/end"), "").expect("file");
        let events = host.reach(alloc, ClientStatus::Failed).await;
        assert!(events.contains("exit_code: 7"), "{events}");
        assert!(!alive(task));
    });
}

fn commands() {
    block_on(async {
        let host = Host::new();
        let client = host.client().await;
        let alloc = id();
        let request = |program: &str| ExecRequest {
            command: [program, "-c", "echo in $NOMAD_TASK_NAME; exit 4"].map(str::to_owned).to_vec(),
            terminal: None,
        };
        let unknown = client.exec(alloc, "web", request("sh")).await.err().expect("unknown");
        assert!(matches!(unknown, ControlError::UnknownAlloc(_)), "{unknown}");
        host.servers.assign(&reattach::long_job("raw_exec"), &[alloc]);
        host.reach(alloc, ClientStatus::Running).await;
        let session =
            client.exec(alloc, "web", request("sh")).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(session.exit.await.expect("exit").exit_code, 4);
        let mut printed = String::new();
        std::fs::File::from(session.output).read_to_string(&mut printed).expect("output");
        assert_eq!(printed, "in web\n");
        let unknown = client.exec(alloc, "other", request("sh")).await.err().expect("unknown");
        assert!(matches!(unknown, ControlError::UnknownTask(_)), "{unknown}");
        let missing = client.exec(alloc, "web", request("no-such")).await.err().expect("missing");
        assert!(missing.to_string().contains("command \"no-such\" not found"), "{missing}");
    });
}

fn root_is_denied() {
    if skipped() {
        return;
    }
    block_on(async {
        let host = Host::new();
        let _client = host.client().await;
        let alloc = id();
        let mut job = shell("batch", 0, "true");
        job.task_groups[0].tasks[0].driver = "exec".to_owned();
        job.task_groups[0].tasks[0].user = "root".to_owned();
        host.servers.assign(&Arc::new(job), &[alloc]);
        let events = host.reach(alloc, ClientStatus::Failed).await;
        assert!(events.contains("running as user \\\"root\\\" is disallowed"), "{events}");
    });
}
