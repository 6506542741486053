//! The scheduler against recorded decisions, and the properties that every plan must have.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

#[path = "../../benches/placements/cluster.rs"]
mod bench;
mod check;
mod clients;
mod compare;
mod config;
mod constraints;
mod counts;
mod explain;
mod explain_properties;
mod generated;
mod golden;
mod hostile;
mod jobs;
mod load;
mod near_miss;
mod nodes;
mod places;
mod preempts;
mod properties;
mod reference;
mod reschedule;
mod story;
mod system;
mod updates;
mod view;
mod world;
mod world_node;
