//! Servers and clients as processes of their own, with mutual TLS on loopback.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::cluster::{SETTLE, free_port, get, running, sleep_job, task_pids};
use crate::process::{Running, binary, eventually, is_alive, nomadctl, run};
use crate::work_dir::WorkDir;

/// Servers and clients of one cluster, each with a directory, ports and certificates.
pub(crate) struct Hosts {
    dir: WorkDir,
    servers: Vec<Host>,
    clients: Vec<Host>,
}

struct Host {
    http: u16,
    rpc: u16,
    config: String,
    process: Option<Running>,
}

impl Hosts {
    /// Starts a cluster and waits until it has a leader and its clients are ready.
    pub(crate) fn new(name: &str, servers: usize, clients: usize) -> Self {
        let dir = WorkDir::new(name);
        let tls = |args: &[&str]| run(Command::new(binary()).args(args).current_dir(dir.path())).expect(0);
        tls(&["tls", "ca", "create"]);
        tls(&["tls", "cert", "create", "-server"]);
        tls(&["tls", "cert", "create", "-client"]);
        tls(&["tls", "cert", "create", "-cli"]);
        let ports: Vec<(u16, u16)> = (0..servers + clients).map(|_| (free_port(), free_port())).collect();
        let addresses: Vec<String> =
            ports[..servers].iter().map(|(_, rpc)| format!("\"127.0.0.1:{rpc}\"")).collect();
        let addresses = addresses.join(", ");
        let mut hosts = Self { dir, servers: Vec::new(), clients: Vec::new() };
        for (at, (http, rpc)) in ports.into_iter().enumerate() {
            let is_server = at < servers;
            let (kind, number) = if is_server { ("server", at) } else { ("client", at - servers) };
            let part = if is_server {
                format!(
                    "server {{ enabled = true bootstrap_expect = {servers} heartbeat_grace = \"2s\" server_join {{ retry_join = [{addresses}] }} }}"
                )
            } else {
                format!(
                    "client {{ enabled = true servers = [{addresses}] network_interface = \"lo\" }}\nplugin \"raw_exec\" {{ config {{ enabled = true }} }}"
                )
            };
            let config = hosts.config(&format!("{kind}-{number}"), kind, (http, rpc), "global", &part);
            let process = Some(Running::start(hosts.dir.path(), &["agent", "-config", &config]));
            let host = Host { http, rpc, config, process };
            if is_server { hosts.servers.push(host) } else { hosts.clients.push(host) }
        }
        hosts.await_leader();
        let ready = |node: &&serde_json::Value| node["Status"] == "ready";
        eventually(SETTLE, || {
            let nodes = get(&hosts.http(0), "/v1/nodes");
            (nodes.as_array()?.iter().filter(ready).count() == clients).then_some(())
        });
        hosts
    }

    fn config(&self, name: &str, kind: &str, ports: (u16, u16), region: &str, part: &str) -> String {
        let dir = self.dir.path().display();
        let (http, rpc) = ports;
        let text = format!(
            r#"name = "{name}"
region = "{region}"
data_dir = "{dir}/{name}"
bind_addr = "127.0.0.1"
ports {{ http = {http} rpc = {rpc} }}
tls {{
  rpc = true
  ca_file = "{dir}/nomad-agent-ca.pem"
  cert_file = "{dir}/global-{kind}-nomad.pem"
  key_file = "{dir}/global-{kind}-nomad-key.pem"
}}
{part}
"#
        );
        self.dir.write(&format!("{name}-{region}-{http}.hcl"), &text).to_string_lossy().into_owned()
    }

    /// The directory of the test.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// HTTP address of a server.
    pub(crate) fn http(&self, server: usize) -> String {
        format!("http://127.0.0.1:{}", self.servers[server].http)
    }

    /// QUIC address of a server.
    pub(crate) fn quic(&self, server: usize) -> String {
        format!("quic://127.0.0.1:{}", self.servers[server].rpc)
    }

    /// Pid of a server.
    pub(crate) fn server_pid(&self, server: usize) -> u32 {
        self.servers[server].process.as_ref().unwrap().pid()
    }

    /// Configuration of another agent that wants the directory of the first server.
    pub(crate) fn second_on_same_directory(&self) -> String {
        self.config(
            "server-0",
            "server",
            (free_port(), free_port()),
            "global",
            "server { enabled = true bootstrap_expect = 1 }",
        )
    }

    /// Stops the first server and returns a configuration that has it in another region.
    pub(crate) fn moved_to_other_region(mut self) -> (Self, String) {
        self.servers[0].process.as_mut().unwrap().kill();
        self.servers[0].process = None;
        let ports = (free_port(), free_port());
        let tls =
            |args: &[&str]| run(Command::new(binary()).args(args).current_dir(self.dir.path())).expect(0);
        tls(&["tls", "cert", "create", "-server", "-region", "mars"]);
        let config = self.config(
            "server-0",
            "server",
            ports,
            "mars",
            "server { enabled = true bootstrap_expect = 1 }",
        );
        let text = std::fs::read_to_string(&config).unwrap().replace("global-server", "mars-server");
        std::fs::write(&config, text).unwrap();
        (self, config)
    }

    /// Kills everything.
    pub(crate) fn stop(&mut self) {
        for host in self.clients.iter_mut().chain(&mut self.servers) {
            host.process = None;
        }
    }

    /// Number of the server that leads.
    pub(crate) fn await_leader(&self) -> usize {
        eventually(SETTLE, || self.leader())
    }

    /// Number of the server that leads, if one does.
    pub(crate) fn leader(&self) -> Option<usize> {
        let alive = (0..self.servers.len()).filter(|server| self.servers[*server].process.is_some());
        alive.into_iter().find_map(|server| {
            let leader = get(&self.http(server), "/v1/status/leader");
            let port = leader.as_str()?.rsplit_once(':')?.1.parse::<u16>().ok()?;
            self.servers.iter().position(|host| host.rpc == port && host.process.is_some())
        })
    }

    /// Id of a server in consensus.
    pub(crate) fn id(&self, server: usize) -> String {
        let address = format!("127.0.0.1:{}", self.servers[server].rpc);
        let alive = (0..self.servers.len()).find(|server| self.servers[*server].process.is_some()).unwrap();
        eventually(SETTLE, || {
            let peers = get(&self.http(alive), "/v1/operator/raft/configuration?stale");
            let found = peers["Servers"].as_array()?.iter().find(|one| one["Address"] == address.as_str())?;
            Some(found["ID"].as_str()?.to_owned())
        })
    }

    /// Empties the directory of a server that does not run.
    pub(crate) fn wipe(&self, server: usize) {
        std::fs::remove_dir_all(self.dir.path().join(format!("server-{server}"))).unwrap();
    }

    /// Starts a server that cannot run and returns what it printed.
    pub(crate) fn start_and_fail(&mut self, server: usize) -> String {
        let config = &self.servers[server].config;
        let mut process = Running::start(self.dir.path(), &["agent", "-config", config]);
        assert_ne!(process.wait(SETTLE), 0);
        process.output()
    }

    /// Kills a server.
    pub(crate) fn kill_server(&mut self, server: usize) {
        self.servers[server].process.as_mut().unwrap().kill();
        self.servers[server].process = None;
    }

    /// Starts a server that does not run.
    pub(crate) fn start_server(&mut self, server: usize) {
        let process = Running::start(self.dir.path(), &["agent", "-config", &self.servers[server].config]);
        self.servers[server].process = Some(process);
    }
}

/// A killed client agent finds its tasks again; a killed host is replaced within 6 s at a grace of 2 s.
pub(crate) fn client_agent_restarts() {
    let mut hosts = Hosts::new("client-restart", 3, 2);
    let file = hosts.dir.write("sleep.nomad.hcl", &sleep_job(3));
    nomadctl(&hosts.http(0), &["job", "run", "-detach", file.to_str().unwrap()]).expect(0);
    let allocs =
        eventually(SETTLE, || Some(running(&hosts.http(1), "sleep")).filter(|allocs| allocs.len() == 3));
    let name = allocs[0]["NodeName"].as_str().unwrap().to_owned();
    let client: usize = name.rsplit_once('-').unwrap().1.parse().unwrap();
    let on_it = |allocs: &[serde_json::Value]| -> Vec<String> {
        allocs
            .iter()
            .filter(|alloc| alloc["NodeName"] == name.as_str())
            .map(|alloc| alloc["ID"].as_str().unwrap().to_owned())
            .collect()
    };
    let ids = on_it(&allocs);
    let pids: BTreeSet<u32> = ids.iter().flat_map(|id| task_pids(id)).collect();
    hosts.clients[client].process.as_mut().unwrap().kill();
    std::thread::sleep(Duration::from_millis(300));
    hosts.clients[client].process =
        Some(Running::start(hosts.dir.path(), &["agent", "-config", &hosts.clients[client].config]));
    eventually(SETTLE, || {
        let nodes = get(&hosts.http(0), "/v1/nodes");
        nodes.as_array()?.iter().all(|node| node["Status"] == "ready").then_some(())
    });
    let after: BTreeSet<u32> = ids.iter().flat_map(|id| task_pids(id)).collect();
    assert_eq!(pids, after, "the same processes");
    assert_eq!(on_it(&running(&hosts.http(2), "sleep")).len(), ids.len());

    // Now the whole host: agent, executors and tasks.
    hosts.clients[client].process.as_mut().unwrap().kill();
    for pid in after.iter().filter(|pid| is_alive(**pid)) {
        crate::process::signal(*pid, "KILL");
    }
    let started = Instant::now();
    eventually(SETTLE, || {
        let allocs = running(&hosts.http(0), "sleep");
        (allocs.len() == 3 && on_it(&allocs).is_empty()).then_some(())
    });
    let took = started.elapsed();
    println!("replaced after {:.1} s", took.as_secs_f64());
    assert!(took < Duration::from_secs(6), "{took:?}");
    nomadctl(&hosts.http(0), &["job", "stop", "-purge", "sleep"]).expect(0);
    eventually(SETTLE, || running(&hosts.http(0), "sleep").is_empty().then_some(()));
    hosts.stop();
}

/// Leaders to kill: twenty in a nightly run, fewer where CI must be quick.
fn kills() -> usize {
    std::env::var("NOMADCTL_LEADER_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5)
}

/// Eight writers register a thousand jobs while leaders are killed: none that was acknowledged is lost.
pub(crate) fn leaders_are_killed() {
    const WRITERS: usize = 8;
    const REGISTRATIONS: usize = 1_000;
    let mut hosts = Hosts::new("leaders", 3, 0);
    let addresses: Arc<Vec<String>> = Arc::new((0..3).map(|server| hosts.http(server)).collect());
    let acknowledged: Arc<Mutex<Vec<(String, Instant)>>> = Arc::default();
    let done = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (addresses, acknowledged, done) =
                (Arc::clone(&addresses), Arc::clone(&acknowledged), Arc::clone(&done));
            std::thread::spawn(move || {
                let mut number = 0;
                while !done.load(Ordering::Relaxed) || acknowledged.lock().unwrap().len() < REGISTRATIONS {
                    let id = format!("job-{writer}-{number}");
                    let address = &addresses[(writer + number) % addresses.len()];
                    if register(address, &id) {
                        acknowledged.lock().unwrap().push((id, Instant::now()));
                    }
                    number += 1;
                }
            })
        })
        .collect();
    let mut gaps = Vec::new();
    for _ in 0..kills() {
        let before = acknowledged.lock().unwrap().len();
        eventually(SETTLE, || (acknowledged.lock().unwrap().len() >= before + 20).then_some(()));
        let leader = hosts.await_leader();
        hosts.kill_server(leader);
        let killed = Instant::now();
        let next = eventually(SETTLE, || {
            acknowledged
                .lock()
                .unwrap()
                .iter()
                .map(|(_, at)| *at)
                .find(|at| *at > killed + Duration::from_millis(50))
        });
        gaps.push(next - killed);
        hosts.start_server(leader);
        eventually(SETTLE, || {
            get(&hosts.http(leader), "/v1/status/leader")
                .as_str()
                .filter(|leader| !leader.is_empty())
                .map(|_| ())
        });
    }
    done.store(true, Ordering::Relaxed);
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    gaps.sort();
    println!(
        "{} acknowledged, {} leaders killed, writes went on after {gaps:?}",
        acknowledged.lock().unwrap().len(),
        gaps.len()
    );
    assert!(gaps.last().unwrap() < &Duration::from_secs(3), "{gaps:?}");
    let jobs = eventually(SETTLE, || Some(get(&hosts.http(0), "/v1/jobs")).filter(|jobs| jobs.is_array()));
    let stored: BTreeSet<&str> =
        jobs.as_array().unwrap().iter().map(|job| job["ID"].as_str().unwrap()).collect();
    let lost: Vec<String> = acknowledged
        .lock()
        .unwrap()
        .iter()
        .map(|(id, _)| id.clone())
        .filter(|id| !stored.contains(id.as_str()))
        .collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    hosts.stop();
}

/// Registers a job that needs no node; whether it was acknowledged.
fn register(address: &str, id: &str) -> bool {
    let body = format!(
        r#"{{"Job": {{"ID": "{id}", "Name": "{id}", "Type": "batch", "Datacenters": ["nowhere"], "TaskGroups": [{{"Name": "g", "Tasks": [{{"Name": "t", "Driver": "raw_exec", "Config": {{"command": "/bin/true"}}, "Resources": {{"CPU": 1, "MemoryMB": 10}}}}]}}]}}}}"#
    );
    let curl = ["-sS", "--max-time", "8", "-o", "/dev/null", "-w", "%{http_code}", "-X", "PUT", "-d", &body];
    run(Command::new("curl").args(curl).arg(format!("{address}/v1/jobs"))).stdout == "200"
}
