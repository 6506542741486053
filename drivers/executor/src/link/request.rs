//! One question over the executor's socket.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::protocol::{self, MAX_FRAME, ProtocolError, Request, Response};
use crate::socket;

/// How long an executor may take to answer; it may be killing a stubborn group.
pub(super) const ANSWER: Duration = Duration::from_secs(10);

/// Asks the executor in `state_dir`.
///
/// # Errors
/// When it cannot be reached or does not answer in 10 s.
pub(super) fn ask(state_dir: &Path, request: &Request) -> Result<Response, ProtocolError> {
    // By way of a descriptor: the full path may be longer than the 107 bytes of a socket address.
    let dir = File::open(state_dir)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{}", dir.as_raw_fd(), socket::FILE));
    let mut stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.set_write_timeout(Some(ANSWER))?;
    protocol::send(&mut stream, request, MAX_FRAME)?;
    protocol::receive(&mut stream, MAX_FRAME)
}
