//! What would happen: the production machines on a copy of the state, with clients that do at once what they are
//! told. Nothing is written, and nothing outside the copy is seen.
//!
//! First everything that is under way is finished, so that only the change itself is reported: evaluations that wait
//! are scheduled, drains and deployments are carried out. Then the change is made and carried out as well.
//!
//! Limits: [`MAX_STEPS`] events and [`MAX_ROUNDS`] rounds of clients' reports for each of the two; time does not pass,
//! so that whatever waits for a clock (delays of rescheduling, periodic launches, deadlines) stays where it is;
//! canaries that nobody promotes stay canaries. [`MAX_NODES`] nodes may be added. What would not fit is explained for
//! [`EXPLAINED`] groups.

mod compare;
mod hypothesis;
mod report;
mod select;
mod simulate;

pub use compare::{Move, Unplaced, Utilisation};
pub use hypothesis::{Hypothesis, WhatIfError};
pub use report::{EXPLAINED, WhatIf, what_if};
pub use select::Selector;
pub use simulate::{MAX_ROUNDS, MAX_STEPS};

/// Nodes that may be added at once.
pub const MAX_NODES: u32 = 10_000;
