//! The executor's unix socket: a listener and its few, short-lived connections.
//!
//! Bounds: 48 connections, 64 KiB and 3 descriptors buffered per connection; a peer that does not read its answer is
//! dropped.

use std::fs;
use std::io::{self, IoSliceMut, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};

use rustix::io::Errno;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use crate::protocol::{self, MAX_FRAME, Request, Response};

/// Name of the socket in the state directory.
pub(crate) const FILE: &str = "socket";

const MAX_CONNECTIONS: usize = 48;
/// Descriptors that come with one request.
const DESCRIPTORS: usize = 3;

/// The listener and its connections.
#[derive(Debug)]
pub(crate) struct Socket {
    listener: UnixListener,
    connections: Vec<Connection>,
    next: u64,
}

/// One request, with what came along.
pub(crate) struct Asked {
    /// Which connection asks; never reused.
    pub(crate) connection: u64,
    pub(crate) request: Request,
    pub(crate) descriptors: Vec<OwnedFd>,
}

#[derive(Debug)]
struct Connection {
    id: u64,
    stream: UnixStream,
    descriptors: Vec<OwnedFd>,
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
        Ok(Self { listener, connections: Vec::new(), next: 0 })
    }

    /// Returns the descriptors to poll.
    pub(crate) fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let connections = self.connections.iter().map(|connection| connection.stream.as_fd());
        std::iter::once(self.listener.as_fd()).chain(connections)
    }

    /// Accepts who waits, and answers each whole request with `answer`; `None` is answered later, by [`Socket::tell`].
    pub(crate) fn serve(&mut self, mut answer: impl FnMut(Asked) -> Option<Response>) {
        while let Ok((stream, _)) = self.listener.accept() {
            if self.connections.len() < MAX_CONNECTIONS && stream.set_nonblocking(true).is_ok() {
                self.next += 1;
                let (id, buffer, descriptors) = (self.next, Vec::new(), Vec::new());
                self.connections.push(Connection { id, stream, descriptors, buffer, broken: false });
            }
        }
        for connection in &mut self.connections {
            connection.serve(&mut answer);
        }
        self.connections.retain(|connection| !connection.broken);
    }

    /// Returns the connections that are open.
    pub(crate) fn open(&self) -> Vec<u64> {
        self.connections.iter().map(|connection| connection.id).collect()
    }

    /// Sends an answer to a connection; one that is gone needs none.
    pub(crate) fn tell(&mut self, connection: u64, response: &Response) {
        if let Some(connection) = self.connections.iter_mut().find(|known| known.id == connection) {
            connection.send(response);
        }
    }
}

impl Connection {
    fn serve(&mut self, answer: &mut impl FnMut(Asked) -> Option<Response>) {
        self.receive();
        loop {
            match protocol::take::<Request>(&mut self.buffer) {
                Ok(Some(request)) => {
                    let descriptors = std::mem::take(&mut self.descriptors);
                    if let Some(response) = answer(Asked { connection: self.id, request, descriptors }) {
                        self.send(&response);
                    }
                }
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
            match self.receive_some(&mut chunk) {
                Ok(0) => self.broken = true,
                Ok(read) => self.buffer.extend_from_slice(&chunk[..read]),
                Err(Errno::AGAIN) => return,
                Err(Errno::INTR) => continue,
                Err(_) => self.broken = true,
            }
            if self.broken || self.buffer.len() > MAX_FRAME {
                return;
            }
        }
    }

    /// Reads bytes, and keeps the descriptors that come with them.
    fn receive_some(&mut self, chunk: &mut [u8]) -> Result<usize, Errno> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
        let received = recvmsg(&self.stream, &mut [IoSliceMut::new(chunk)], &mut control, flags)?;
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                self.descriptors.extend(descriptors.take(DESCRIPTORS));
            }
        }
        self.descriptors.truncate(DESCRIPTORS);
        Ok(received.bytes)
    }

    fn send(&mut self, response: &Response) {
        let sent =
            protocol::frame(response, MAX_FRAME).is_ok_and(|frame| self.stream.write_all(&frame).is_ok());
        self.broken |= !sent;
    }
}
