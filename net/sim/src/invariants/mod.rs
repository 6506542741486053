//! What must always hold, or hold in the end: one rule a file.
//!
//! | rule | when |
//! |---|---|
//! | [`node_room`] no node is given more than it has | after every entry, on every server |
//! | [`accounted`] every index and summary agrees with its table | after every 32nd entry, on every server |
//! | [`one_each`] nothing is placed twice | after every 32nd entry, on every server |
//! | [`equal_states`] servers at one index have one state | after every 32nd entry, on every server |
//! | [`jobs_kept`] no acknowledged job is lost | when healed |
//! | [`evals_end`] every evaluation ends, or waits for room | when healed |
//! | [`nodes_back`] every node is ready and takes allocations | when healed |
//! | [`jobs_run`] every job has what it wants, running or done | when healed |
//!
//! That all servers have one history and nothing acknowledged is replaced is the [oracle](crate::oracle)'s own rule.

pub(crate) mod accounted;
pub(crate) mod equal_states;
pub(crate) mod evals_end;
pub(crate) mod jobs_kept;
pub(crate) mod jobs_run;
pub(crate) mod node_room;
pub(crate) mod nodes_back;
pub(crate) mod one_each;
