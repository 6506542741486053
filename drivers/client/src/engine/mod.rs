//! The loop that owns every allocation: events in, machines asked, actions carried out.
//!
//! It never waits for anything but its next message. What takes time (directories, drivers) runs beside it, one thing
//! after another for each task, and comes back as a message.

mod act;
mod checks;
mod control;
mod garbage;
mod message;
mod operate;
mod push;
mod restore;
mod run;
mod runner;

pub use message::ControlError;
pub(crate) use message::Message;
pub(crate) use restore::recover;
pub(crate) use run::{Engine, INBOX};
