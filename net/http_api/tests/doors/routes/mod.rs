//! Every route of the first tier against recordings of the real thing, without a socket.
//!
//! [`fake`] is a server whose log is a plain function call, [`populate`] runs the jobs of the recordings on it,
//! [`replay`] sends a recorded request and compares the answer with the recorded one.

mod errors;
mod explain;
mod fake;
mod operator;
mod plans;
mod populate;
mod replay;
mod scaling;
mod services;
mod shape;
mod shapes;
mod stream;
mod table;
mod versions;
