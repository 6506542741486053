//! The UDP socket.
//!
//! Purpose: bind it with receive and send buffers that hold the handshakes of thousands of agents at once.
//! Limits: asks for 16 MiB with the privileged option, then within the system's limit; a smaller buffer is no
//! error, only slower under a storm of handshakes.

use std::io;
use std::net::{SocketAddr, UdpSocket};

use socket2::{Domain, Protocol, Socket, Type};

/// Wanted size of each kernel buffer in bytes.
const KERNEL_BUFFER: usize = 16 << 20;

/// Binds a UDP socket with large buffers.
pub(super) fn bind(addr: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP))?;
    let forced = rustix::net::sockopt::set_socket_recv_buffer_size_force(&socket, KERNEL_BUFFER);
    if forced.is_err() {
        socket.set_recv_buffer_size(KERNEL_BUFFER)?;
    }
    socket.set_send_buffer_size(KERNEL_BUFFER)?;
    if let Ok(size) = socket.recv_buffer_size()
        && size < KERNEL_BUFFER
    {
        tracing::debug!(%addr, size, "the kernel grants a small UDP receive buffer (net.core.rmem_max)");
    }
    socket.bind(&addr.into())?;
    Ok(socket.into())
}
