//! Why every node was used or not, and what would have to change where none was.
//!
//! Everything is asked of the functions that place: [`explain_group`] runs a pass as an evaluation would, and a
//! change is only named after a pass over a copy on which it was made found a node.
//!
//! Limits: see [`Change::MOST`]; a question costs one pass over the candidate nodes, and a group that finds no
//! node up to [`Change::TRIES`] more.

mod change;
mod closed;
mod group;
mod needed;
mod nodes;
mod trial;

pub use change::{Change, Resource};
pub use group::{Fill, GroupExplained, NodeExplained, Question, explain_group};
pub use nodes::{Explanation, NodeVerdict, explain};
