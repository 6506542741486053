//! An agent that comes back finds its tasks, whatever it left and whatever happened meanwhile.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use client::{Client, ShutdownMode};
use model::{AllocId, ClientStatus, Job, Nanos};
use rustix::process::{Pid, Signal, kill_process};

use crate::fixture::{Host, alive, block_on, eventually, id, shell};
use crate::servers::Servers;

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("a_detached_agent_comes_back_to_the_same_process", detached),
    ("a_crashed_agent_comes_back_to_the_same_process", crashed),
    ("an_agent_killed_with_sigkill_is_replaced_without_loss", killed),
    ("what_ended_meanwhile_is_learnt_with_its_exit_code", ended_meanwhile),
    ("a_lost_state_file_costs_no_task", state_lost),
    ("a_broken_state_file_costs_no_task", state_broken),
    ("a_node_that_lost_its_identity_leaves_the_tasks_alone", identity_lost),
    ("what_the_servers_forgot_meanwhile_is_ended", forgotten_meanwhile),
    ("a_task_that_ended_does_not_run_again", not_again),
];

const DETACH: ShutdownMode = ShutdownMode::Detach { back_in: Duration::from_secs(60) };

/// First argument of this binary as an agent of its own.
pub(crate) const AGENT: &str = "agent";

/// As [`AGENT`], with a task of `exec`.
pub(crate) const EXEC_AGENT: &str = "exec-agent";

/// Runs a client with a task of a driver until it is killed.
pub(crate) fn agent(driver: &str, dir: &Path, alloc: AllocId) {
    block_on(async {
        let servers = Arc::<Servers>::default();
        servers.assign(&long_job(driver), &[alloc]);
        let _client = Client::start(crate::fixture::config(dir), servers).await.expect("client");
        std::future::pending().await
    });
}

/// Runs until the file `local/end` is there, then fails.
pub(crate) fn long_job(driver: &str) -> Arc<Job> {
    let script = "echo $$; while ! [ -e $NOMAD_TASK_DIR/end ]; do sleep 0.01; done; exit 7";
    let mut job = shell("service", 0, script);
    job.task_groups[0].tasks[0].driver = driver.to_owned();
    Arc::new(job)
}

/// Has another process run the task, and kills that process.
async fn running_of_a_killed_agent(host: &Host) -> (AllocId, i32) {
    let alloc = id();
    let mut agent = std::process::Command::new(std::env::current_exe().expect("own binary"))
        .arg(AGENT)
        .arg(host.dir.path())
        .arg(alloc.to_string())
        .spawn()
        .expect("agent");
    let pid = host.pid(alloc).await;
    agent.kill().expect("kill");
    agent.wait().expect("end");
    host.servers.assign(&long_job("raw_exec"), &[alloc]);
    (alloc, pid)
}

async fn running(host: &Host) -> (Client, AllocId, i32) {
    let client = host.client().await;
    let alloc = id();
    host.servers.assign(&long_job("raw_exec"), &[alloc]);
    host.reach(alloc, ClientStatus::Running).await;
    let pid = host.pid(alloc).await;
    (client, alloc, pid)
}

/// Ends the task and waits until the new agent has told so.
async fn end(host: &Host, alloc: AllocId, pid: i32) {
    std::fs::write(host.path(alloc, "web/local/end"), "").expect("file");
    let events = host.reach(alloc, ClientStatus::Failed).await;
    assert!(events.contains("exit_code: 7"), "{events}");
    assert!(!alive(pid));
}

async fn reattached(host: &Host, alloc: AllocId, pid: i32) -> Client {
    let client = host.client().await;
    eventually(|| host.events(alloc).contains("Reattached"), || host.events(alloc)).await;
    assert!(alive(pid));
    assert_eq!(client.is_running(alloc, "web"), Some(true));
    assert!(client.knows(alloc));
    client
}

fn detached() {
    block_on(async {
        let host = Host::new();
        let (client, alloc, pid) = running(&host).await;
        let node = client.node_id();
        client.shutdown(DETACH).await;
        assert_eq!(host.servers.left(), Some(Nanos::from_secs(60)));
        assert!(alive(pid));
        drop(client);
        let client = reattached(&host, alloc, pid).await;
        assert_eq!(client.node_id(), node);
        end(&host, alloc, pid).await;
    });
}

fn crashed() {
    block_on(async {
        let host = Host::new();
        let (client, alloc, pid) = running(&host).await;
        drop(client);
        let client = reattached(&host, alloc, pid).await;
        drop(client);
        let _client = reattached(&host, alloc, pid).await;
        host.servers.stop(alloc);
        host.reach(alloc, ClientStatus::Complete).await;
        assert!(!alive(pid));
    });
}

fn killed() {
    block_on(async {
        let host = Host::new();
        let (alloc, pid) = running_of_a_killed_agent(&host).await;
        let _client = host.client().await;
        let reattached =
            || host.servers.update_of(alloc).is_some_and(|_| host.events(alloc).contains("Reattached"));
        eventually(reattached, || "not reattached".to_owned()).await;
        assert!(alive(pid));
        end(&host, alloc, pid).await;

        let host = Host::new();
        let (alloc, pid) = running_of_a_killed_agent(&host).await;
        std::fs::write(host.path(alloc, "web/local/end"), "").expect("file");
        eventually(|| !alive(pid), || "still running".to_owned()).await;
        let _client = host.client().await;
        end(&host, alloc, pid).await;
    });
}

fn ended_meanwhile() {
    block_on(async {
        let host = Host::new();
        let (client, alloc, pid) = running(&host).await;
        drop(client);
        std::fs::write(host.path(alloc, "web/local/end"), "").expect("file");
        eventually(|| !alive(pid), || "still running".to_owned()).await;
        let _client = host.client().await;
        end(&host, alloc, pid).await;
    });
}

fn state_lost() {
    block_on(async {
        let host = Host::new();
        let (client, alloc, pid) = running(&host).await;
        client.shutdown(DETACH).await;
        drop(client);
        std::fs::remove_file(host.dir.path().join("state/client.redb")).expect("state");
        let _client = reattached(&host, alloc, pid).await;
        end(&host, alloc, pid).await;
    });
}

fn state_broken() {
    block_on(async {
        let host = Host::new();
        let (client, alloc, pid) = running(&host).await;
        client.shutdown(DETACH).await;
        drop(client);
        std::fs::write(host.dir.path().join("state/client.redb"), [7_u8; 10_000]).expect("state");
        let _client = reattached(&host, alloc, pid).await;
        end(&host, alloc, pid).await;
    });
}

fn identity_lost() {
    block_on(async {
        let mut host = Host::new();
        let (client, alloc, pid) = running(&host).await;
        client.shutdown(DETACH).await;
        drop(client);
        for file in ["client.redb", "node-id"] {
            std::fs::remove_file(host.dir.path().join("state").join(file)).expect("state");
        }
        // The servers know nothing of a new node.
        host.servers = Arc::default();
        let client = host.client().await;
        let probe = id();
        host.servers.assign(&Arc::new(shell("batch", 0, "true")), &[probe]);
        host.reach(probe, ClientStatus::Complete).await;
        assert!(alive(pid) && !client.knows(alloc));
        kill_process(Pid::from_raw(pid).expect("pid"), Signal::KILL).expect("kill");
    });
}

fn forgotten_meanwhile() {
    block_on(async {
        let host = Host::new();
        let (client, alloc, pid) = running(&host).await;
        drop(client);
        host.servers.remove(alloc);
        let client = host.client().await;
        eventually(|| !alive(pid) && !host.path(alloc, "").exists(), || "still there".to_owned()).await;
        assert!(!client.knows(alloc));
    });
}

fn not_again() {
    block_on(async {
        let host = Host::new();
        let client = host.client().await;
        let alloc = id();
        host.servers.assign(&Arc::new(shell("batch", 0, "echo once")), &[alloc]);
        host.reach(alloc, ClientStatus::Complete).await;
        drop(client);
        let client = host.client().await;
        let probe = id();
        host.servers.assign(&Arc::new(shell("batch", 0, "true")), &[probe]);
        host.reach(probe, ClientStatus::Complete).await;
        assert_eq!(crate::fixture::text(&client, alloc, "alloc/logs/web.stdout.0"), "once\n");
        assert_eq!(client.is_running(alloc, "web"), Some(false));
    });
}
