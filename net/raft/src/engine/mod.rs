//! Everything that openraft asks for: its types, our log as its log, our machine as its state machine, our transport
//! as its network.
mod declare;
mod log_store;
mod network;
mod state_machine;

pub(crate) use declare::{Raft, Types, settings};
pub(crate) use log_store::LogStore;
pub(crate) use network::Network;
pub(crate) use state_machine::StateMachine;
