//! The scheduler against recorded decisions, and the properties that every plan must have.

mod bench;
mod check;
mod compare;
mod golden;
mod jobs;
mod load;
mod nodes;
mod properties;
