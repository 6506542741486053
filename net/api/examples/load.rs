//! `load`: requests to one agent, for `cargo xtask bench control`.
//!
//! ```text
//! load writes ADDRESS CLIENTS SECONDS   namespaces written one after another by each client
//! load jobs   ADDRESS CLIENTS SECONDS   jobs of one allocation, each until its evaluation is complete
//! load watch  ADDRESS CLIENTS ROUNDS    blocked queries, woken by one write
//! ```
//! Prints one line of JSON. A client is one kept-alive connection that asks one thing at a time; no client library is
//! measured along.
#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const USAGE: &str = "usage: load writes|jobs|watch ADDRESS CLIENTS SECONDS|ROUNDS";

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.to_string()),
    };
    match runtime.block_on(run()) {
        #[expect(clippy::print_stdout, reason = "the answer of a tool for developers")]
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stderr, reason = "a tool for developers")]
fn fail(error: &str) -> ExitCode {
    eprintln!("load: {error}");
    ExitCode::FAILURE
}

async fn run() -> Result<Value, String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [what, address, clients, third] = args.as_slice() else { return Err(USAGE.to_owned()) };
    let address: SocketAddr = address.parse().map_err(|_| USAGE.to_owned())?;
    let clients: usize = clients.parse().map_err(|_| USAGE.to_owned())?;
    let third: u64 = third.parse().map_err(|_| USAGE.to_owned())?;
    match what.as_str() {
        "writes" => repeat(address, clients, Duration::from_secs(third), Work::Writes).await,
        "jobs" => repeat(address, clients, Duration::from_secs(third), Work::Jobs).await,
        "watch" => watch(address, clients, third).await,
        _ => Err(USAGE.to_owned()),
    }
}

/// What a client does again and again.
#[derive(Clone, Copy)]
enum Work {
    Writes,
    Jobs,
}

/// A kept-alive connection.
struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Client {
    async fn new(address: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let (sender, connection) =
            handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        // It ends with the connection.
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_string() })
    }

    async fn ask(&mut self, method: &str, path: &str, body: String) -> Result<(u64, Bytes), String> {
        let request = hyper::Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.host)
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| error.to_string())?;
        let response = self.sender.send_request(request).await.map_err(|error| error.to_string())?;
        let status = response.status();
        let index = response.headers().get("x-nomad-index").and_then(|index| index.to_str().ok());
        let index = index.and_then(|index| index.parse().ok()).unwrap_or(0);
        let body = response.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
        if !status.is_success() {
            return Err(format!("{method} {path}: {status} {}", String::from_utf8_lossy(&body)));
        }
        Ok((index, body))
    }

    async fn write(&mut self, client: usize, number: usize) -> Result<(), String> {
        let body = json!({ "Name": format!("bench-{client}"), "Description": format!("write {number}") });
        self.ask("PUT", &format!("/v1/namespace/bench-{client}"), body.to_string()).await.map(|_| ())
    }

    /// Registers a job of one allocation and waits until its evaluation is complete.
    async fn place(&mut self, client: usize, number: usize) -> Result<(), String> {
        let (_, answer) =
            self.ask("PUT", "/v1/jobs", job(&format!("bench-{client}-{number}")).to_string()).await?;
        let answer: Value = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
        let path = format!("/v1/evaluation/{}", answer["EvalID"].as_str().unwrap_or_default());
        let mut seen = 0;
        loop {
            let (index, eval) =
                self.ask("GET", &format!("{path}?index={seen}&wait=5s"), String::new()).await?;
            let eval: Value = serde_json::from_slice(&eval).map_err(|error| error.to_string())?;
            match eval["Status"].as_str() {
                Some("complete")
                    if eval["FailedTGAllocs"].as_object().is_none_or(serde_json::Map::is_empty) =>
                {
                    return Ok(());
                }
                Some("pending") => seen = index,
                _ => return Err(format!("evaluation {eval}")),
            }
        }
    }
}

fn job(id: &str) -> Value {
    json!({ "Job": {
        "ID": id, "Name": id, "Type": "batch", "Datacenters": ["*"],
        "TaskGroups": [{ "Name": "g", "Count": 1, "Tasks": [{
            "Name": "t", "Driver": "mock_driver", "Config": { "run_for": "1ms" },
            "Resources": { "CPU": 1, "MemoryMB": 10 },
        }] }],
    } })
}

/// Has every client work until the time is up.
async fn repeat(address: SocketAddr, clients: usize, time: Duration, work: Work) -> Result<Value, String> {
    let barrier = Arc::new(Barrier::new(clients + 1));
    let mut tasks = JoinSet::new();
    for number in 0..clients {
        let barrier = Arc::clone(&barrier);
        let mut client = Client::new(address).await?;
        tasks.spawn(async move {
            barrier.wait().await;
            let end = Instant::now() + time;
            let mut times = Vec::new();
            while Instant::now() < end {
                let started = Instant::now();
                match work {
                    Work::Writes => client.write(number, times.len()).await?,
                    Work::Jobs => client.place(number, times.len()).await?,
                }
                times.push(started.elapsed());
            }
            Ok::<_, String>(times)
        });
    }
    barrier.wait().await;
    let started = Instant::now();
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done.map_err(|error| error.to_string())??);
    }
    Ok(summary(times, started.elapsed()))
}

/// Blocks every client on the same namespace and wakes them by one write, round after round.
async fn watch(address: SocketAddr, clients: usize, rounds: u64) -> Result<Value, String> {
    let mut writer = Client::new(address).await?;
    writer.write(0, 0).await?;
    let mut watchers = Vec::with_capacity(clients);
    for _ in 0..clients {
        watchers.push(Client::new(address).await?);
    }
    let mut times = Vec::new();
    for round in 1..=rounds {
        let (index, _) = writer.ask("GET", "/v1/namespace/bench-0", String::new()).await?;
        let path = Arc::new(format!("/v1/namespace/bench-0?index={index}&wait=60s"));
        let mut blocked = JoinSet::new();
        for mut watcher in watchers.drain(..) {
            let path = Arc::clone(&path);
            blocked.spawn(async move {
                watcher.ask("GET", &path, String::new()).await?;
                Ok::<_, String>((watcher, Instant::now()))
            });
        }
        // Long enough that all of them wait at the server.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let number = usize::try_from(round).unwrap_or(0);
        let started = Instant::now();
        writer.write(0, number).await?;
        while let Some(done) = blocked.join_next().await {
            let (watcher, at) = done.map_err(|error| error.to_string())??;
            times.push(at.saturating_duration_since(started));
            watchers.push(watcher);
        }
    }
    Ok(summary(times, Duration::ZERO))
}

fn summary(mut times: Vec<Duration>, took: Duration) -> Value {
    times.sort_unstable();
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        times.get(place.min(times.len().saturating_sub(1))).map_or(0.0, Duration::as_secs_f64)
    };
    let rate = if took.is_zero() { 0.0 } else { times.len() as f64 / took.as_secs_f64() };
    json!({ "count": times.len(), "rate": rate, "p50_s": at(0.5), "p99_s": at(0.99), "max_s": at(1.0) })
}
