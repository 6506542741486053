//! The server's machines: broker, plan applier, heartbeats and their kin.
//!
//! [`Server`] composes them: one [`Event`] in, [`Action`]s out, and nothing else has a branch in it. Beside it
//! stand the [`Worker`], which every server runs, and [`request`], which turns what people and clients ask
//! for into commands of the log.
//!
//! Must never do: I/O, read a clock, draw random numbers, start a thread, change the state.

#![forbid(unsafe_code)]
#![warn(clippy::wildcard_enum_match_arm)]
#![warn(missing_docs)]

pub mod autopilot;
pub mod blocked_evals;
pub mod deployment;
pub mod drainer;
pub mod eval_broker;
pub mod explain;
pub mod gc;
pub mod heartbeat;
pub mod launcher;
mod leader;
pub mod plan_apply;
pub mod plan_queue;
pub mod plan_split;
pub mod plan_verify;
pub mod request;
pub mod server;
pub mod term;
pub mod token;
pub mod whatif;
pub mod worker;

pub use eval_broker::{BrokerOptions, Delivery, GivenUp, TokenError};
pub use gc::GcOptions;
pub use heartbeat::HeartbeatOptions;
pub use plan_queue::{CallId, PlanError};
pub use server::{Action, CallError, Event, Server, ServerOptions, ServerStats};
pub use term::{TermAction, TermEvent, TermMachine};
pub use token::{EvalIds, Token};
pub use worker::{Worker, WorkerAction, WorkerEvent};
