//! Times and peak memory of parsing and canonicalising job files of four sizes; `cargo xtask bench jobspec` runs it.
//!
//! Limits: the system's allocator, Linux only. Prints a line a job with tabs between: name, bytes of text, mean time on
//! a processor in µs, and how much the resident set grows at its peak, in kB.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and its own memory and prints; the library does not"
)]

use std::time::{Duration, Instant};

use jobspec::{Format, Inputs, Limits, Source, parse};

/// How long each job is parsed again and again.
const LONG_ENOUGH: Duration = Duration::from_secs(2);
/// Fewest runs of each job.
const FEWEST: u32 = 5;

/// The jobs by name.
const NAMES: [&str; 4] = ["1 KB job", "100 KB job", "2,000-group job", "1 MB file"];

/// With a name, measures that job; else measures each in a process of its own, so that peaks do not mix.
fn main() {
    let wanted = std::env::args().find(|arg| NAMES.contains(&arg.as_str()));
    if let Some(name) = wanted {
        measure(&name, &text_of(&name));
        return;
    }
    for name in NAMES {
        let own = std::env::current_exe().expect("a process knows its file");
        let status = std::process::Command::new(own).arg(name).status().expect("the file can be run");
        assert!(status.success(), "{name}: {status}");
    }
}

fn text_of(name: &str) -> String {
    match name {
        "1 KB job" => job_of(&GROUP.repeat_to(1_000)),
        "100 KB job" => job_of(&GROUP.repeat_to(100_000)),
        "2,000-group job" => job_of(&SMALL_GROUP.times(2_000)),
        _ => job_of(&GROUP.repeat_to(1_000_000)),
    }
}

fn measure(name: &str, text: &str) {
    let before = status("VmRSS:");
    run(text);
    let peak = status("VmHWM:").saturating_sub(before);
    let (mut runs, started, before) = (0, Instant::now(), cpu_time());
    while runs < FEWEST || started.elapsed() < LONG_ENOUGH {
        run(text);
        runs += 1;
    }
    let micros = (cpu_time() - before).as_secs_f64() * 1e6 / f64::from(runs);
    println!("{name}\t{}\t{micros:.1}\t{peak}", text.len());
}

/// Parses and canonicalises, as `/v1/jobs/parse` does.
fn run(text: &str) {
    let source = Source { file_name: "input.hcl".to_owned(), text: text.to_owned(), format: Format::Hcl };
    let mut parsed = parse(source, &Inputs::default(), None, Limits::default()).expect("the jobs are valid");
    parsed.job.canonicalise();
    std::hint::black_box(&parsed.job);
}

/// Time on a processor so far; other processes do not count.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("the kernel counts time");
    let nanos = text.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanos.expect("the kernel writes a number"))
}

/// A figure of this process in kB.
fn status(field: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("every process has a status");
    let line = text.lines().find_map(|line| line.strip_prefix(field)).expect("the field is always there");
    line.trim().trim_end_matches(" kB").parse().expect("the kernel writes a number")
}

struct GroupText(&'static str);

impl GroupText {
    fn times(&self, count: usize) -> String {
        (0..count).map(|number| self.0.replace("NUMBER", &number.to_string())).collect()
    }

    fn repeat_to(&self, bytes: usize) -> String {
        self.times((bytes / self.0.len()).max(1))
    }
}

fn job_of(groups: &str) -> String {
    format!("variable \"image\" {{\n  default = \"web:1.2\"\n}}\njob \"bench\" {{\n{groups}}}\n")
}

const SMALL_GROUP: GroupText = GroupText(
    r#"  group "gNUMBER" {
    task "t" {
      driver = "raw_exec"
      config {
        command = "/bin/sleep"
        args    = ["NUMBER"]
      }
    }
  }
"#,
);

const GROUP: GroupText = GroupText(
    r#"  group "gNUMBER" {
    count = 2
    network {
      port "http" { to = 8080 }
    }
    service {
      name     = "web-NUMBER"
      port     = "http"
      provider = "nomad"
      tags     = ["a", "b-${NOMAD_ALLOC_INDEX}"]
      check {
        type     = "http"
        path     = "/health"
        interval = "10s"
        timeout  = "2s"
      }
    }
    task "server" {
      driver = "docker"
      config {
        image = "${var.image}-${upper("x")}"
        ports = ["http"]
      }
      env {
        LEVEL = "info"
        HOST  = "${attr.unique.hostname}"
      }
      template {
        destination = "local/a.conf"
        data        = <<EOT
listen {{ env "NOMAD_PORT_http" }}
name group-NUMBER
EOT
      }
      resources {
        cpu    = 100 + 50
        memory = 128
      }
    }
  }
"#,
);
