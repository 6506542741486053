//! Listening, and naming the owner of a port that is taken.

use std::fs;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::error::AgentError;

/// Listens on an address.
///
/// # Errors
/// The address is taken; the error names the process that has it where that can be found out.
pub(crate) async fn listen(address: &str) -> Result<TcpListener, AgentError> {
    TcpListener::bind(address).await.map_err(|source| {
        let owner = address.parse().ok().and_then(owner_of);
        AgentError::Port { address: address.to_owned(), owner, source }
    })
}

/// The process that listens on a TCP port, as `name (pid N)`.
fn owner_of(address: SocketAddr) -> Option<String> {
    let inode = listening_inode(address.port())?;
    let wanted = format!("socket:[{inode}]");
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let pid = process.file_name().to_string_lossy().into_owned();
        if !pid.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let Ok(files) = fs::read_dir(process.path().join("fd")) else { continue };
        let has_it =
            files.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|to| *to.as_os_str() == *wanted));
        if has_it {
            let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return Some(format!("{} (pid {pid})", name.trim()));
        }
    }
    None
}

/// The inode of the socket that listens on a port, from the kernel's tables.
fn listening_inode(port: u16) -> Option<String> {
    const LISTEN: &str = "0A";
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let text = fs::read_to_string(table).unwrap_or_default();
        for line in text.lines().skip(1) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [_, local, _, state, ..] = columns.as_slice() else { continue };
            let here = local.rsplit_once(':').and_then(|(_, hex)| u16::from_str_radix(hex, 16).ok());
            if *state == LISTEN && here == Some(port) {
                return columns.get(9).map(|inode| (*inode).to_owned());
            }
        }
    }
    None
}
