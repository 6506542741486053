//! Bad input: a clear error, the right exit code or status, and nothing changed.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cluster::{DevCluster, free_port};
use crate::process::{Finished, Running, binary, nomadctl, run};
use crate::separate::Hosts;
use crate::work_dir::WorkDir;

pub(crate) fn refused() {
    let mut cluster = DevCluster::start("bad-input", &["-servers", "1", "-clients", "1"]);
    job_files(&cluster);
    large_job(&cluster);
    cross_site(&cluster);
    taken_port(&cluster);
    assert_eq!(cluster.get("/v1/jobs"), Value::Array(Vec::new()), "nothing was registered");
    cluster.interrupt();
    nobody_there();
    certificates_and_directories();
}

fn says(finished: &Finished, code: i32, words: &[&str]) {
    let text = format!("{}{}", finished.stdout, finished.stderr);
    assert_eq!(finished.code, code, "{text}");
    for word in words {
        assert!(text.contains(word), "no {word:?} in:\n{text}");
    }
}

fn job(body: &str) -> String {
    format!(
        "job \"x\" {{\n  group \"g\" {{\n{body}\n    task \"t\" {{\n      driver = \"raw_exec\"\n    }}\n  }}\n}}\n"
    )
}

fn job_files(cluster: &DevCluster) {
    let cases = [
        ("unknown", job("    cuont = 3"), ["count", "x.nomad.hcl:3"]),
        ("type", job("    count = \"many\""), ["number", "x.nomad.hcl:3"]),
        (
            "port",
            job("    network {\n      port \"p\" {\n        static = 70000\n      }\n    }"),
            ["70000", "p"],
        ),
    ];
    for (name, text, words) in cases {
        let file = cluster.dir.write("x.nomad.hcl", &text);
        let started = Instant::now();
        says(&cluster.nomadctl(&["job", "run", file.to_str().unwrap()]), 1, &words);
        assert!(started.elapsed() < Duration::from_secs(10), "{name} took too long");
    }
    let file = cluster.dir.write("x.nomad.hcl", &job("    cuont = 3"));
    says(&cluster.nomadctl(&["job", "plan", file.to_str().unwrap()]), 255, &["count"]);
}

/// A job file over the limit of what is stored is refused or cut with a warning, and nothing hangs.
fn large_job(cluster: &DevCluster) {
    let comment = "# nothing but length\n".repeat(120_000);
    let file = cluster.dir.write("large.nomad.hcl", &format!("{comment}{}", job("")));
    let finished = cluster.nomadctl(&["job", "run", "-detach", file.to_str().unwrap()]);
    says(&finished, 1, &["large.nomad.hcl"]);
}

/// A web page must not be able to post a job to a cluster that runs commands as root.
fn cross_site(cluster: &DevCluster) {
    let post = |header: &str| {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", "-H", header, "-d", "{}"]);
        run(curl.arg(format!("{}/v1/jobs", cluster.address))).stdout
    };
    assert_eq!(post("Origin: https://evil.invalid"), "403");
    assert_eq!(post("Host: evil.invalid"), "403");
}

fn taken_port(cluster: &DevCluster) {
    let port = cluster.address.rsplit_once(':').unwrap().1;
    let finished = run(Command::new(binary()).args(["dev", "-http-port", port]));
    says(&finished, 1, &[port, "in use", &cluster.process.pid().to_string()]);
}

fn nobody_there() {
    let address = format!("http://127.0.0.1:{}", free_port());
    says(&nomadctl(&address, &["job", "status"]), 1, &["connection refused"]);
}

/// A wrong certificate, a second agent on one directory, a directory of another region.
fn certificates_and_directories() {
    let hosts = Hosts::new("bad-hosts", 1, 0);
    let other = WorkDir::new("other-ca");
    let create = |args: &[&str]| run(Command::new(binary()).args(args).current_dir(other.path())).expect(0);
    create(&["tls", "ca", "create"]);
    create(&["tls", "cert", "create", "-cli"]);
    let file = |name: &str| other.path().join(name).to_string_lossy().into_owned();
    let finished = run(Command::new(binary()).args([
        "server",
        "members",
        "-address",
        &hosts.quic(0),
        "-ca-cert",
        &file("nomad-agent-ca.pem"),
        "-client-cert",
        &file("global-cli-nomad.pem"),
        "-client-key",
        &file("global-cli-nomad-key.pem"),
    ]));
    says(&finished, 1, &["certificate"]);

    let mut second = Running::start(hosts.dir(), &["agent", "-config", &hosts.second_on_same_directory()]);
    assert_eq!(second.wait(Duration::from_secs(20)), 1);
    assert!(second.output().contains(&hosts.server_pid(0).to_string()), "{}", second.output());

    let (mut hosts, config) = hosts.moved_to_other_region();
    let mut moved = Running::start(hosts.dir(), &["agent", "-config", &config]);
    assert_eq!(moved.wait(Duration::from_secs(20)), 1);
    assert!(moved.output().contains("region"), "{}", moved.output());
    hosts.stop();
}
