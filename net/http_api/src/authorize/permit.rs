//! What a token allows.
//!
//! Purpose: the question that routes ask, and the answer while ACLs are off.
//! Limits: answers yes or no; reasons are not told to callers.

use super::Capability;

/// On what a capability is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On<'a> {
    /// On the cluster.
    Cluster,
    /// In a namespace.
    Namespace(&'a str),
    /// In at least one namespace.
    AnyNamespace,
    /// On a node pool.
    NodePool(&'a str),
    /// On the variables below a path.
    Variables {
        /// Their namespace.
        namespace: &'a str,
        /// Their path or prefix.
        path: &'a str,
    },
}

/// A resolved token.
pub trait Permit: Send + Sync {
    /// Tells whether the token has the capability there.
    fn allows(&self, capability: Capability, on: On<'_>) -> bool;

    /// Tells whether it is a management token.
    fn is_management(&self) -> bool {
        self.allows(Capability::Management, On::Cluster)
    }
}

/// Allows everything: a management token, or everybody while ACLs are off.
#[derive(Clone, Copy, Debug)]
pub struct Management;

impl Permit for Management {
    fn allows(&self, _: Capability, _: On<'_>) -> bool {
        true
    }
}
