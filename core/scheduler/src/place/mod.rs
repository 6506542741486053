//! Choosing nodes for the allocations of one evaluation, one after the other.

mod by_set;
mod change;
mod counted;
mod group_pass;
mod holders;
mod metrics;
mod near_miss;
mod placer;
mod preempt;
mod ranking;
mod request;
mod scan;
mod score;
mod select;
mod sifted;
mod tally;

pub(crate) use group_pass::GroupPass;
pub(crate) use placer::{Missed, Placed, Placer, RuledOut};
pub(crate) use ranking::At;
pub(crate) use request::Request;
pub(crate) use select::Detail;
pub(crate) use sifted::Sifted;
pub(crate) use tally::Verdict;
