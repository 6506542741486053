//! A command in a running task, from the agent's side.

use std::fs::File;
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use super::LinkError;
use super::request::ANSWER;
use crate::envelope;
use crate::protocol::{self, Command, CommandExit, MAX_FRAME, ProtocolError, Request, Response};
use crate::socket;

/// A started command. Dropping the connection kills it.
#[derive(Debug)]
pub struct RunningCommand {
    stream: UnixStream,
}

/// Starts a command in the task of the executor in `state_dir`, with these standard streams.
pub(super) fn start(
    state_dir: &Path,
    command: Command,
    streams: [OwnedFd; 3],
) -> Result<RunningCommand, LinkError> {
    // By way of a descriptor: the full path may be longer than the 107 bytes of a socket address.
    let dir = File::open(state_dir).map_err(ProtocolError::from)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{}", dir.as_raw_fd(), socket::FILE));
    let mut stream = UnixStream::connect(path).map_err(ProtocolError::from)?;
    stream.set_read_timeout(Some(ANSWER)).map_err(ProtocolError::from)?;
    stream.set_write_timeout(Some(ANSWER)).map_err(ProtocolError::from)?;
    send(&stream, &protocol::frame(&Request::Exec(command), MAX_FRAME)?, &streams)?;
    match protocol::receive(&mut stream, MAX_FRAME)? {
        Response::Done => Ok(RunningCommand { stream }),
        Response::Refused(reason) => Err(LinkError::Refused(reason)),
        other => Err(LinkError::Refused(format!("unexpected answer {other:?}"))),
    }
}

fn send(stream: &UnixStream, frame: &[u8], descriptors: &[OwnedFd; 3]) -> Result<(), ProtocolError> {
    let borrowed = descriptors.each_ref().map(AsFd::as_fd);
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    // There is room for exactly these.
    control.push(SendAncillaryMessage::ScmRights(&borrowed));
    let sent = sendmsg(stream, &[IoSlice::new(frame)], &mut control, SendFlags::NOSIGNAL)
        .map_err(std::io::Error::from)?;
    // The descriptors went with the first byte.
    std::io::Write::write_all(&mut &*stream, &frame[sent..])?;
    Ok(())
}

impl RunningCommand {
    /// The largest message that [`RunningCommand::exit`] takes, in bytes.
    pub const MAX_MESSAGE: usize = MAX_FRAME;

    /// Gives up the connection, for callers that wait on a runtime: it then carries one message, a length of four
    /// bytes (big endian) first, whose body is for [`RunningCommand::exit`]; its end without one means that the task
    /// has ended.
    #[must_use]
    pub fn into_stream(self) -> UnixStream {
        self.stream
    }

    /// Reads how the command ended.
    ///
    /// # Errors
    /// A message of another kind.
    pub fn exit(message: &[u8]) -> Result<CommandExit, LinkError> {
        match envelope::decode::<Response>(message).map_err(ProtocolError::from)? {
            Response::Exited(exit) => Ok(exit),
            other => Err(LinkError::Refused(format!("unexpected answer {other:?}"))),
        }
    }
}
