//! What a driver says about itself on this host.

use std::collections::BTreeMap;

/// Whether a driver can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Not there, or switched off.
    Undetected,
    /// There, but not usable now.
    Unhealthy,
    /// Usable.
    Healthy,
}

/// A driver's state on this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Whether it can be used.
    pub health: Health,
    /// Why; `Healthy` when it is.
    pub description: String,
    /// Attributes for the node, with full names.
    pub attributes: BTreeMap<String, String>,
}

impl Fingerprint {
    /// A usable driver; adds the attribute `driver.<name>`.
    #[must_use]
    pub fn healthy(driver: &str) -> Self {
        let attributes = BTreeMap::from([(format!("driver.{driver}"), "true".to_owned())]);
        Self { health: Health::Healthy, description: "Healthy".to_owned(), attributes }
    }

    /// A driver that is not there.
    #[must_use]
    pub fn undetected(description: &str) -> Self {
        Self { health: Health::Undetected, description: description.to_owned(), attributes: BTreeMap::new() }
    }
}
