//! Caps on connections.
//!
//! Purpose: one client must not take all file descriptors.
//! Limits: counts per address and in total; the counts fall when the permits are dropped.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Caps on the connections of a TCP listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections of one address (`http_max_conns_per_client`); 0 for no cap.
    pub per_address: usize,
    /// Connections of all addresses.
    pub total: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { per_address: 100, total: 16_384 }
    }
}

/// Counts connections.
#[derive(Clone, Debug, Default)]
pub(super) struct Counter(Arc<Mutex<BTreeMap<IpAddr, usize>>>);

/// A counted connection.
#[derive(Debug)]
pub(super) struct Permit {
    counter: Counter,
    address: IpAddr,
}

impl Counter {
    /// Counts a connection; `None` when a cap is reached.
    pub(super) fn admit(&self, address: IpAddr, limits: Limits) -> Option<Permit> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.values().sum::<usize>() >= limits.total {
            return None;
        }
        let count = counts.entry(address).or_default();
        if limits.per_address > 0 && *count >= limits.per_address {
            return None;
        }
        *count += 1;
        Some(Permit { counter: self.clone(), address })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.counter.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_its_share_and_gives_it_back() {
        let counter = Counter::default();
        let limits = Limits { per_address: 2, total: 3 };
        let address = |last: u8| IpAddr::from([10, 0, 0, last]);
        let first = counter.admit(address(1), limits).unwrap();
        let _second = counter.admit(address(1), limits).unwrap();
        assert!(counter.admit(address(1), limits).is_none(), "two of one address");
        let _third = counter.admit(address(2), limits).unwrap();
        assert!(counter.admit(address(3), limits).is_none(), "three in all");
        drop(first);
        assert!(counter.admit(address(3), limits).is_some());
        assert_eq!(counter.0.lock().unwrap().len(), 2, "addresses without connections are forgotten");
    }
}
