//! The scheduler against recorded decisions, and the properties that every plan must have.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

mod bench;
mod check;
mod compare;
mod golden;
mod jobs;
mod load;
mod near_miss;
mod nodes;
mod properties;
mod story;
mod view;
mod world;
