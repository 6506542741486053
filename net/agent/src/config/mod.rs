//! The configuration of an agent: HCL1 or JSON files, merged in order, then flags.
//!
//! Unknown keys are refused with their place and the nearest name that exists. Files have at most
//! [`MAX_FILE`] bytes and nest at most [`MAX_DEPTH`] deep.

mod agent_config;
mod decode;
mod error;
mod hcl1;
mod json;
mod load;
mod section;
mod tree;

pub use agent_config::{
    AgentConfig, ClientSection, HostVolumeSection, PortsSection, ReservedSection, ServerSection, TlsSection,
};
pub use error::ConfigError;
pub use load::load;

/// Longest configuration file in bytes.
pub const MAX_FILE: u64 = 1 << 20;
/// Deepest nesting of blocks, objects and lists.
pub const MAX_DEPTH: usize = 16;
