//! Decides what one task does next.
//!
//! ```text
//!           Start          Prepared        Started            Exited, policy says restart
//!  waiting ──────▶ preparing ──────▶ starting ─────▶ running ─────────────────────▶ backing off
//!     ▲               │ failed          │ failed       │ │ Stop                       │   │
//!     │               ▼                 ▼              │ ▼            delay is over    │   │ Stop
//!     │          (policy: as if it had ended)          │ (shutdown delay)              │   │
//!     │                                                │ stopping ── 5 s beyond kill_timeout: Destroy
//!     └────────────────────────────────────────────────┼──┼────────────────────────────┘   │
//!                                  policy says no      ▼  ▼ Exited                         ▼
//!                                                      dead ◀──────────────────────────────┘
//! ```
//!
//! A dead task stays dead. What it reports is a [`TaskState`], kept in step with the machine.
//! Limits: restarts by the policy; events [`TaskState::MAX_EVENTS`]; a stop that the driver does not carry out
//! is enforced [`STOP_MARGIN`] after the kill timeout.

mod event;
mod machine;
mod rules;

pub use event::{Action, Event, Exit, StopCause};
pub use machine::{STOP_MARGIN, TaskMachine};
pub use rules::{DEFAULT_KILL_SIGNAL, TaskRules};
