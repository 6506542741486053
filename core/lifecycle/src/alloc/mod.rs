//! Decides what an allocation does next: prepares it, starts and stops its tasks in their order, reports it.
//!
//! ```text
//!             Prepared                      a task failed, the leader or all main tasks ended, Stop
//!  preparing ──────────▶ running its tasks ─────────────────────────────────────▶ stopping by rank
//!     │ failed               ▲      │ each task has a machine of its own             │ all but poststop dead
//!     ▼                      └──────┘                                                ▼
//!  over ◀──── Cleanup ◀──────────────────────────────────────────── poststop tasks run to their end
//!     │ Forget
//!     ▼
//!  removed
//! ```
//!
//! The status is terminal only when no task runs any more, so that whoever takes its room finds it free.
//! Limits: the tasks of one group; a report is made only when something changed.

mod event;
mod machine;
mod offering;
mod rules;
mod stopping;

pub use event::{Action, Event};
pub use machine::AllocMachine;
pub use rules::AllocRules;
