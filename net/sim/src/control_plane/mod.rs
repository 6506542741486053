//! The production control plane as a [`Subject`](crate::Subject): state, control loop, workers, nodes and people.
//!
//! ```text
//! people, nodes ─→ any server ─→ shell of the leader ─→ consensus ─→ machine (state::State) ─→ news ─→ shell
//!                                  ↕ control::Server                        ↑ snapshots
//!                               workers of every server ── scheduler::schedule
//! ```
//! Here are only interpreters of the machines in `core/control`, as in `net/server`. Limits: pings go to the leader one
//! by one and clients look at a server's state instead of being told; HTTP, QUIC and drivers are not simulated.

mod call;
mod instance;
pub(crate) mod job;
mod keeper;
mod ledger;
mod machine;
mod node;
mod person;
mod shell;
mod start;
mod worker;

pub use ledger::Ledger;
pub(crate) use ledger::Wish;
pub use machine::ControlPlane;
