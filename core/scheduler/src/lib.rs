//! The scheduler: a snapshot and an evaluation in, a plan out.
//!
//! [`schedule`] is a function of its arguments: same snapshot, evaluation and options, same plan, for any number
//! of threads. Every feasible node is scored for every placement. [`fits`] is the one rule of what fits on a
//! node; the plan applier asks it again through [`verify`].
//!
//! Steps, each in its own folder: `reconcile` (what is wanted), `feasible` (which nodes may take it), `rank` (how
//! good they are), `place` (choosing them one after the other), `kind` (what differs between job types).
//!
//! Must never do: I/O, read a clock, draw random numbers, block; rayon runs loops over nodes, and nothing else.

#![forbid(unsafe_code)]
#![warn(clippy::wildcard_enum_match_arm)]
#![warn(missing_docs)]

mod assign;
mod assign_task;
mod claims;
mod cluster;
mod explain;
mod feasible;
mod fits;
mod frame;
mod kind;
mod parallel;
mod place;
mod plan_builder;
mod rank;
mod reconcile;
mod schedule;
mod triggers;
mod usage;
mod verify;

pub use claims::Claims;
pub use explain::{
    Change, Explanation, Fill, GroupExplained, NodeExplained, NodeVerdict, Question, Resource, explain,
    explain_group,
};
pub use fits::{Misfit, fits};
pub use rank::vector_level;
pub use schedule::{Options, ScheduleError, schedule};
pub use usage::{Amounts, Claim, NodeUse};
pub use verify::{Verified, verify};
