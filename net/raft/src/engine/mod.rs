//! Everything that openraft asks for: its types, our log as its log, our machine as its state machine, our transport
//! as its network.
mod log_store;
mod network;
mod state_machine;
mod types;

pub(crate) use log_store::LogStore;
pub(crate) use network::Network;
pub(crate) use state_machine::StateMachine;
pub(crate) use types::{Raft, Types, settings};
