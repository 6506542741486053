//! The server's machines, driven by written events; and a whole server on a log that is a vector.

mod autopilot;
mod blocked;
mod broker;
mod cluster;
mod config;
mod drains;
mod heartbeats;
mod launches;
mod losses;
mod plans;
mod requests;
mod servers;
mod terms;
mod what_if;
mod workers;
