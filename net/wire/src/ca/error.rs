//! What can go wrong with certificates.
//!
//! Purpose: one error for making and reading them. Limits: never carries key material.

/// Why a certificate could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// A certificate or key could not be made.
    #[error("cannot make a certificate for {subject}")]
    Make {
        /// Common name of the certificate.
        subject: String,
        /// The library's complaint.
        source: rcgen::Error,
    },
    /// The given PEM text is no CA certificate with its key.
    #[error("cannot use the given certificate authority")]
    Load {
        /// The library's complaint.
        source: rcgen::Error,
    },
    /// A PEM text could not be parsed as a certificate.
    #[error("cannot read the certificate: {reason}")]
    Read {
        /// What is wrong with it.
        reason: String,
    },
    /// A validity that no certificate can express.
    #[error("a certificate cannot be valid for {days} days from now")]
    Validity {
        /// The asked number of days.
        days: u32,
    },
}
