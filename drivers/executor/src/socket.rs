//! The executor's unix socket: a listener and its few, short-lived connections.
//!
//! Bounds: 16 connections, 64 KiB buffered per connection; a peer that does not read its answer is dropped.

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};

use crate::protocol::{self, MAX_FRAME, Request, Response};

/// Name of the socket in the state directory.
pub(crate) const FILE: &str = "socket";

const MAX_CONNECTIONS: usize = 16;

/// The listener and its connections.
#[derive(Debug)]
pub(crate) struct Socket {
    listener: UnixListener,
    connections: Vec<Connection>,
}

#[derive(Debug)]
struct Connection {
    stream: UnixStream,
    buffer: Vec<u8>,
    broken: bool,
}

impl Socket {
    /// Listens in the current directory, which is the state directory: its full path may be too long for a socket.
    pub(crate) fn listen() -> io::Result<Self> {
        match fs::remove_file(FILE) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(FILE)?;
        fs::set_permissions(FILE, fs::Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener, connections: Vec::new() })
    }

    /// Returns the descriptors to poll.
    pub(crate) fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let connections = self.connections.iter().map(|connection| connection.stream.as_fd());
        std::iter::once(self.listener.as_fd()).chain(connections)
    }

    /// Accepts who waits, and answers each whole request with `answer`.
    pub(crate) fn serve(&mut self, mut answer: impl FnMut(Request) -> Response) {
        while let Ok((stream, _)) = self.listener.accept() {
            if self.connections.len() < MAX_CONNECTIONS && stream.set_nonblocking(true).is_ok() {
                self.connections.push(Connection { stream, buffer: Vec::new(), broken: false });
            }
        }
        for connection in &mut self.connections {
            connection.serve(&mut answer);
        }
        self.connections.retain(|connection| !connection.broken);
    }
}

impl Connection {
    fn serve(&mut self, answer: &mut impl FnMut(Request) -> Response) {
        self.receive();
        loop {
            match protocol::take::<Request>(&mut self.buffer) {
                Ok(Some(request)) => self.send(&answer(request)),
                Ok(None) => return,
                Err(error) => {
                    self.send(&Response::Refused(error.to_string()));
                    self.broken = true;
                    return;
                }
            }
        }
    }

    fn receive(&mut self) {
        let mut chunk = [0_u8; 4096];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => self.broken = true,
                Ok(read) => self.buffer.extend_from_slice(&chunk[..read]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => self.broken = true,
            }
            if self.broken || self.buffer.len() > MAX_FRAME {
                return;
            }
        }
    }

    fn send(&mut self, response: &Response) {
        let sent =
            protocol::frame(response, MAX_FRAME).is_ok_and(|frame| self.stream.write_all(&frame).is_ok());
        self.broken |= !sent;
    }
}
