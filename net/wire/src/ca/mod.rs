//! The cluster's certificate authority.
//!
//! Purpose: make the CA of a development cluster in memory, make CA and role certificates for
//! `nomadctl tls ca create` and `tls cert create`, and describe certificates for the `info` commands.
//! Limits: returns PEM texts and writes no files; the present time is an argument; keys are ECDSA P-256.

mod authority;
mod error;
mod info;
mod leaf;

pub use authority::{CaRequest, ClusterCa, Subject};
pub use error::CaError;
pub use info::CertInfo;
pub use leaf::{LeafRequest, PemPair};
