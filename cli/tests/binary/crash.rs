//! A server that dies at a system call of its disk, restarted: whatever it acknowledged is there.
//!
//! `strace` kills it at the n-th call that writes, syncs or renames; the calls are counted thread by thread, and the
//! log has one thread. Every second point goes on with the directory of the one before, so that recovery itself is
//! killed too. Limits: one server, since nobody else may have what it lost.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::cluster::{SETTLE, free_port, get};
use crate::process::{Running, binary, eventually, run};
use crate::work_dir::WorkDir;

/// The calls that change what is on the disk.
const CALLS: &str =
    "pwrite64,pwritev,pwritev2,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,ftruncate";
/// The last point in any case.
const LAST_POINT: usize = 500;
/// How long a server may take to reach its point.
const REACHED: Duration = Duration::from_secs(60);
/// Writers at a time: writes of several share a sync.
const WRITERS: usize = 2;

/// Points to try: forty spread over all unless told otherwise.
fn points() -> Vec<usize> {
    let count = std::env::var("NOMADCTL_CRASH_POINTS").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let count = count.clamp(1, LAST_POINT);
    (0..count).map(|number| 1 + number * LAST_POINT / count).collect()
}

/// Kills a server at each point and looks for what it had acknowledged.
pub(crate) fn killed_at_system_calls() {
    if run(Command::new("strace").arg("-V")).code != 0 {
        println!("strace is not installed: no server was killed at a system call");
        return;
    }
    let (mut host, mut killed, mut writes) = (Host::new(), 0, 0);
    let points = points();
    for (number, point) in points.iter().enumerate() {
        if number.is_multiple_of(2) {
            host = Host::new();
        }
        let reached = host.run_until_killed(*point);
        killed += usize::from(reached);
        writes += host.acknowledged.len();
        host.check(*point);
    }
    println!("killed at {killed} of {} points, {writes} acknowledged writes looked for", points.len());
    assert!(killed * 10 >= points.len() * 9, "only {killed} of {} points were reached", points.len());
}

/// A server's directory, and what it acknowledged.
struct Host {
    dir: WorkDir,
    acknowledged: BTreeSet<String>,
    next: usize,
}

impl Host {
    fn new() -> Self {
        Self { dir: WorkDir::new("crash"), acknowledged: BTreeSet::new(), next: 0 }
    }

    /// Writes a configuration on fresh ports; returns its path and the address of the API. Snapshots come often.
    fn config(&self) -> (String, String) {
        let (dir, http) = (self.dir.path().display(), free_port());
        let text = format!(
            r#"name = "crash"
data_dir = "{dir}/data"
ports {{ http = {http} rpc = {} }}
server {{ enabled = true bootstrap_expect = 1 num_schedulers = 1 raft_snapshot_threshold = 60 raft_trailing_logs = 20 }}
"#,
            free_port()
        );
        let path = self.dir.write("server.hcl", &text);
        (path.to_string_lossy().into_owned(), format!("http://127.0.0.1:{http}"))
    }

    /// Runs the server and writes to it until it is killed at the point; false when it was not reached.
    fn run_until_killed(&mut self, point: usize) -> bool {
        let (config, address) = self.config();
        let inject = format!("inject={CALLS}:signal=KILL:when={point}");
        let (log, program) = (self.dir.path().join("strace.log"), binary());
        let (log, program) = (log.to_str().unwrap(), program.to_str().unwrap());
        let trace = format!("trace={CALLS}");
        let args =
            ["-f", "-qq", "-o", log, "-e", &trace, "-e", &inject, program, "agent", "-config", &config];
        let mut server = Running::start_group(Path::new("strace"), self.dir.path(), &args);
        let done = Arc::new(AtomicBool::new(false));
        let acknowledged: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let first = self.next;
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (done, acknowledged) = (Arc::clone(&done), Arc::clone(&acknowledged));
                let address = address.clone();
                std::thread::spawn(move || write_until(&done, &acknowledged, &address, first + writer))
            })
            .collect();
        let ended = server.ends_within(REACHED);
        done.store(true, Ordering::Relaxed);
        for writer in writers {
            self.next = self.next.max(writer.join().unwrap());
        }
        server.kill_group();
        self.acknowledged.extend(acknowledged.lock().unwrap().iter().cloned());
        ended
    }

    /// Starts the server once more and looks for everything that it acknowledged.
    fn check(&self, point: usize) {
        let (config, address) = self.config();
        let mut server = Running::start(self.dir.path(), &["agent", "-config", &config]);
        let there = eventually(SETTLE, || {
            let found = get(&address, "/v1/namespaces?consistent");
            found.as_array().map(|found| {
                let name = |one: &serde_json::Value| one["Name"].as_str().map(str::to_owned);
                found.iter().filter_map(name).collect::<BTreeSet<String>>()
            })
        });
        let lost: Vec<&String> = self.acknowledged.difference(&there).collect();
        assert!(lost.is_empty(), "killed at call {point}: lost {lost:?}");
        server.kill();
    }
}

/// Creates namespaces, one after another, until told to stop; returns the number of the next.
fn write_until(
    done: &AtomicBool,
    acknowledged: &Mutex<BTreeSet<String>>,
    address: &str,
    first: usize,
) -> usize {
    let host = address.trim_start_matches("http://");
    let mut number = first;
    while !done.load(Ordering::Relaxed) {
        let name = format!("n{number}");
        match write(host, &name) {
            Ok(true) => drop(acknowledged.lock().unwrap().insert(name)),
            // Refused before it leads, or cut off in the middle: not acknowledged.
            Ok(false) | Err(_) => std::thread::sleep(Duration::from_millis(2)),
        }
        number += WRITERS;
    }
    number
}

/// Creates a namespace over a connection of its own: hundreds of programs like curl would take longer than the server.
fn write(host: &str, name: &str) -> std::io::Result<bool> {
    let body = format!(r#"{{"Name":"{name}"}}"#);
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let head = format!(
        "PUT /v1/namespace/{name} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200"))
}
