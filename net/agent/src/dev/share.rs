//! How clients of one host share it: evenly.

use model::PortRange;

/// What one client of several gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    /// Its cores; at least one, so with more clients than cores some share.
    pub(crate) cores: Vec<u16>,
    /// Its memory in MB.
    pub(crate) memory_mb: u64,
    /// Its dynamic ports.
    pub(crate) ports: PortRange,
}

impl Share {
    /// The share of client `number` of `clients`.
    pub(crate) fn of(number: usize, clients: usize, cores: usize, memory_mb: u64) -> Self {
        let clients = clients.max(1);
        let mut own: Vec<u16> = (0..cores)
            .filter(|core| core % clients == number)
            .filter_map(|core| u16::try_from(core).ok())
            .collect();
        if own.is_empty() {
            own.extend(u16::try_from(number % cores.max(1)));
        }
        let all = PortRange::default();
        let width = (usize::from(all.max) - usize::from(all.min) + 1) / clients;
        let port = |at: usize| u16::try_from(usize::from(all.min) + at * width).unwrap_or(all.max);
        let ports = PortRange { min: port(number), max: port(number + 1).saturating_sub(1) };
        Self { cores: own, memory_mb: memory_mb / clients as u64, ports }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_memory_and_ports_are_divided_without_overlap() {
        let shares: Vec<Share> = (0..3).map(|number| Share::of(number, 3, 8, 24_000)).collect();
        let cores: Vec<u16> = shares.iter().flat_map(|share| share.cores.clone()).collect();
        assert_eq!(cores.len(), 8);
        assert!(shares.iter().all(|share| share.memory_mb == 8_000));
        assert!(shares.windows(2).all(|pair| pair[0].ports.max < pair[1].ports.min));
        assert_eq!(shares[0].ports.min, 20_000);
    }

    #[test]
    fn more_clients_than_cores_share_them() {
        assert!((0..5).all(|number| Share::of(number, 5, 2, 1_000).cores.len() == 1));
    }
}
