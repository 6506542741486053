//! How many streams a peer may open.
//!
//! Purpose: QUIC keeps room for every stream that the peer may open, about 80 bytes each: 1,024 of them would
//! make an idle connection cost 115 KB instead of 35 KB. A connection therefore starts with room for a few and
//! gets more as soon as half of it is used.
//! Limits: from [`FIRST`] to the endpoint's `max_streams`, doubling; room once given is not taken back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use quinn::VarInt;

/// Streams that a peer may open at first.
pub(crate) const FIRST: u32 = 32;

/// The streams of one connection that the peer has opened or may open.
#[derive(Debug)]
pub(crate) struct Allowance {
    open: AtomicU32,
    granted: AtomicU32,
    max: u32,
}

/// One stream that the peer has opened. It counts until this is dropped, so it goes where the stream goes.
#[derive(Debug)]
pub(crate) struct OpenStream(Arc<Allowance>);

impl Allowance {
    pub(crate) fn new(max: u32) -> Allowance {
        Allowance { open: AtomicU32::new(0), granted: AtomicU32::new(FIRST.min(max)), max }
    }

    /// Counts a stream, and returns how many the peer may have from now on if that changes.
    pub(crate) fn opened(self: &Arc<Allowance>) -> (OpenStream, Option<VarInt>) {
        let open = self.open.fetch_add(1, Ordering::Relaxed) + 1;
        let granted = self.granted.load(Ordering::Relaxed);
        let grown = if open * 2 >= granted { (granted * 2).min(self.max) } else { granted };
        // Only the task that accepts streams grows the grant, so nothing is lost between load and store.
        self.granted.store(grown, Ordering::Relaxed);
        (OpenStream(self.clone()), (grown > granted).then(|| VarInt::from_u32(grown)))
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_doubles_when_half_of_it_is_used_up_to_the_cap() {
        let allowance = Arc::new(Allowance::new(100));
        let mut streams = Vec::new();
        let mut grants = Vec::new();
        for count in 1..=100 {
            let (stream, granted) = allowance.opened();
            streams.push(stream);
            grants.extend(granted.map(|granted| (count, granted.into_inner())));
        }
        assert_eq!(grants, [(16, 64), (32, 100)]);
    }

    #[test]
    fn streams_that_come_and_go_need_no_more_room() {
        let allowance = Arc::new(Allowance::new(1024));
        for _ in 0..1000 {
            let (stream, granted) = allowance.opened();
            assert_eq!(granted, None);
            drop(stream);
        }
    }
}
