//! The content of one modelled file: what is durable, what is only in the page cache, and how the two differ.
//!
//! Limits: pages of 4 KiB; a page is never torn inside, since every record has its own checksum anyway and a torn page
//! is no worse than a missing one for a checksum.

use std::collections::BTreeMap;

pub(super) const PAGE: u64 = 4096;

/// What happens to one unsynced page at a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was written back in time.
    Kept,
    /// It was not.
    Lost,
    /// Only its first half was.
    Torn,
}

/// The bytes of a file in the page cache and on the platter.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub(super) cached: Vec<u8>,
    durable: Vec<u8>,
    /// Pages that differ, and whether each was dirtied since the running sync began.
    dirty: BTreeMap<u64, u64>,
    changes: u64,
}

impl Content {
    pub(super) fn write(&mut self, bytes: &[u8], at: u64) {
        let end = at as usize + bytes.len();
        if self.cached.len() < end {
            self.cached.resize(end, 0);
        }
        self.cached[at as usize..end].copy_from_slice(bytes);
        self.mark(at, end as u64);
    }

    pub(super) fn set_len(&mut self, len: u64) {
        let before = self.cached.len() as u64;
        self.cached.resize(len as usize, 0);
        self.mark(before.min(len), before.max(len));
    }

    fn mark(&mut self, from: u64, to: u64) {
        self.changes += 1;
        for page in from / PAGE..=to.saturating_sub(1).max(from) / PAGE {
            self.dirty.insert(page, self.changes);
        }
    }

    /// Returns a token for everything written so far, to be given to [`Content::sync`].
    pub(super) fn begin_sync(&self) -> u64 {
        self.changes
    }

    /// Makes durable what was written up to `token`; a page written again since then stays dirty.
    pub(super) fn sync(&mut self, token: u64) {
        let done: Vec<u64> =
            self.dirty.iter().filter(|(_, change)| **change <= token).map(|(page, _)| *page).collect();
        self.durable.resize(self.cached.len(), 0);
        for page in done {
            self.write_back(page, Fate::Kept);
            self.dirty.remove(&page);
        }
    }

    /// Loses what was not written back: the file's length changes with the last page that is `Kept`.
    pub(super) fn cut(&mut self, mut fate: impl FnMut() -> Fate) {
        let dirty: Vec<u64> = std::mem::take(&mut self.dirty).into_keys().collect();
        let fates: Vec<(u64, Fate)> = dirty.into_iter().map(|page| (page, fate())).collect();
        if fates.iter().any(|(_, fate)| *fate == Fate::Kept) {
            self.durable.resize(self.cached.len(), 0);
        }
        for (page, fate) in fates {
            self.write_back(page, fate);
        }
        self.cached.clone_from(&self.durable);
    }

    fn write_back(&mut self, page: u64, fate: Fate) {
        let from = (page * PAGE) as usize;
        let len = match fate {
            Fate::Kept => PAGE,
            Fate::Torn => PAGE / 2,
            Fate::Lost => 0,
        };
        let to = (from + len as usize).min(self.cached.len()).min(self.durable.len());
        if from < to {
            self.durable[from..to].copy_from_slice(&self.cached[from..to]);
        }
    }
}
