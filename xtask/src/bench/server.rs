//! One real server as a process of its own, with mutual TLS and its log on disk.
//!
//! Limits: it is killed when this is dropped, and its directory removed. It listens on loopback only.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::http;

/// How long a server may take until it leads.
const READY: Duration = Duration::from_secs(20);
/// Time between two looks.
const LOOK: Duration = Duration::from_millis(5);

/// A running server.
pub(crate) struct Server {
    binary: PathBuf,
    dir: PathBuf,
    config: PathBuf,
    child: Child,
    /// Address of its HTTP API.
    pub(crate) http: SocketAddr,
    /// Address for clients.
    pub(crate) rpc: SocketAddr,
}

impl Server {
    /// Makes certificates, starts a server and waits until it leads.
    pub(crate) fn start(binary: &Path) -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("nomadctl-bench-{}", std::process::id()));
        fs::create_dir_all(&dir)?;
        for args in [&["ca", "create"][..], &["cert", "create", "-server"], &["cert", "create", "-client"]] {
            let output = Command::new(binary).arg("tls").args(args).current_dir(&dir).output()?;
            if !output.status.success() {
                bail!("tls {args:?} failed: {}", String::from_utf8_lossy(&output.stderr));
            }
        }
        let http = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let rpc = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let config = dir.join("server.hcl");
        fs::write(&config, configuration(&dir, http, rpc))?;
        let child = spawn(binary, &dir, &config)?;
        let mut server = Self { binary: binary.to_owned(), dir, config, child, http, rpc };
        server.await_leader()?;
        Ok(server)
    }

    /// Its pid.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Paths of the authority's certificate, and of the clients' certificate and key.
    pub(crate) fn client_files(&self) -> [PathBuf; 3] {
        ["nomad-agent-ca.pem", "global-client-nomad.pem", "global-client-nomad-key.pem"]
            .map(|name| self.dir.join(name))
    }

    /// Kills it as a power cut would, and starts it again at once.
    pub(crate) fn restart(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        self.child = spawn(&self.binary, &self.dir, &self.config)?;
        Ok(())
    }

    /// Waits until it leads.
    pub(crate) fn await_leader(&mut self) -> Result<()> {
        let deadline = Instant::now() + READY;
        loop {
            let leads = http::request(self.http, "GET", "/v1/status/leader", "")
                .is_ok_and(|leader| leader.as_str().is_some_and(|leader| !leader.is_empty()));
            if leads {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}; see {}", self.dir.join("server.log").display());
            }
            if Instant::now() > deadline {
                bail!("the server does not lead after {} s", READY.as_secs());
            }
            sleep(LOOK);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn spawn(binary: &Path, dir: &Path, config: &Path) -> Result<Child> {
    let log = File::options().create(true).append(true).open(dir.join("server.log"))?;
    let mut command = Command::new(binary);
    command.arg("agent").arg("-config").arg(config);
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    command.spawn().with_context(|| format!("cannot run {}", binary.display()))
}

fn configuration(dir: &Path, http: SocketAddr, rpc: SocketAddr) -> String {
    let dir = dir.display();
    format!(
        r#"name = "bench"
data_dir = "{dir}/data"
bind_addr = "127.0.0.1"
ports {{ http = {} rpc = {} }}
server {{ enabled = true bootstrap_expect = 1 }}
limits {{ http_max_conns_per_client = 0 }}
tls {{
  rpc = true
  ca_file = "{dir}/nomad-agent-ca.pem"
  cert_file = "{dir}/global-server-nomad.pem"
  key_file = "{dir}/global-server-nomad-key.pem"
}}
"#,
        http.port(),
        rpc.port()
    )
}
