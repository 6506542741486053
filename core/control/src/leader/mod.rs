//! What only the leader does. One concern a file: restoring, changes of the state, evaluations, plans, nodes,
//! reports of clients, and what is due by the clock.

mod changes;
mod evals;
mod leadership;
mod nodes;
mod plans;
mod proposals;
mod retries;
mod sweep;
mod updates;

pub(crate) use leadership::Leader;
