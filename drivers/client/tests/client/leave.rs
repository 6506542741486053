//! What a client leaves behind: everything, nothing, or what the next one sweeps.

use std::path::Path;
use std::sync::Arc;

use client::{Client, ShutdownMode, StartError};
use model::{AllocId, ClientStatus};
use sandbox::cgroup::Hierarchies;

use crate::fixture::{Host, alive, block_on, eventually, id, shell};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("an_ephemeral_client_leaves_nothing", nothing),
    ("a_start_sweeps_what_a_killed_client_left", swept),
    ("a_second_client_is_told_who_is_there", second),
];

async fn family(host: &Host, ephemeral: bool) -> (Client, AllocId, i32) {
    let mut config = host.config();
    config.ephemeral = ephemeral;
    let client = host.client_with(config).await;
    let alloc = id();
    let script = "sleep 60 & setsid sleep 60 & echo x > $NOMAD_SECRETS_DIR/token; echo $$; wait";
    host.servers.assign(&Arc::new(shell("service", 0, script)), &[alloc]);
    host.reach(alloc, ClientStatus::Running).await;
    let pid = host.pid(alloc).await;
    assert!(!leftovers(host).is_empty());
    (client, alloc, pid)
}

/// Processes with this host's directory in their environment or arguments, mounts, cgroups and files.
fn leftovers(host: &Host) -> Vec<String> {
    let dir = host.dir.path().to_string_lossy().into_owned();
    let mut left = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("proc").flatten() {
        let read = |file: &str| std::fs::read(entry.path().join(file)).unwrap_or_default();
        let text = [read("environ"), read("cmdline")].concat();
        if String::from_utf8_lossy(&text).contains(&dir) {
            left.push(format!("process {}", entry.path().display()));
        }
    }
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").expect("mounts");
    left.extend(mounts.lines().filter(|line| line.contains(&dir)).map(str::to_owned));
    for root in Hierarchies::detect().map(|found| found.roots()).unwrap_or_default() {
        let group = root.join(host.cgroup());
        left.extend(group.exists().then(|| group.display().to_string()));
    }
    for part in ["allocs", "state"] {
        let entries = std::fs::read_dir(host.dir.path().join(part)).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path()).filter(|path| !path.ends_with("lock"));
        left.extend(files.map(|path| path.display().to_string()));
    }
    left
}

fn nothing() {
    block_on(async {
        let host = Host::new();
        let (client, alloc, pid) = family(&host, true).await;
        client.shutdown(ShutdownMode::Leave).await;
        assert!(!alive(pid));
        assert_eq!(leftovers(&host), Vec::<String>::new());
        let status = host.servers.update_of(alloc).map(|update| update.status);
        assert!(status.is_some(), "the servers heard of it");
    });
}

fn swept() {
    block_on(async {
        let host = Host::new();
        let (client, _, pid) = family(&host, false).await;
        drop(client);
        let mut config = host.config();
        config.sweep_on_start = true;
        host.servers.set_down(true);
        let client = host.client_with(config).await;
        eventually(|| !alive(pid), || "the task lives".to_owned()).await;
        let left = leftovers(&host);
        let own = |left: &String| {
            let file = Path::new(left).file_name().and_then(|name| name.to_str()).unwrap_or_default();
            ["node-id", "client.redb"].contains(&file)
        };
        assert!(left.iter().all(own), "{left:?}");
        drop(client);
    });
}

fn second() {
    block_on(async {
        let host = Host::new();
        let _client = host.client().await;
        let error = Client::start(host.config(), host.servers.clone()).await.err().expect("refused");
        assert!(matches!(error, StartError::Lock(_)));
        let message = error.to_string();
        assert!(
            message.contains(&format!("in use by another agent (pid {})", std::process::id())),
            "{message}"
        );
    });
}
