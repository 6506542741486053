//! What the log holds: the id and place of every entry, and the newest entries themselves.
//!
//! Limits: entries kept in memory take at most `cache_bytes`, except those that are not in a file yet.

use std::collections::VecDeque;

use super::entry::{Entry, LogId, Payload, size_of};

/// Where an entry's record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) segment: u64,
    /// The offset of the record in its file, in bytes.
    pub(super) offset: u64,
    /// The length of the record's payload, in bytes.
    pub(super) len: u32,
}

/// One entry, in memory or in a file.
pub(super) enum Found {
    Cached(Entry),
    Stored(LogId, Place),
}

#[derive(Debug)]
struct Slot {
    id: LogId,
    place: Option<Place>,
    payload: Option<Payload>,
}

/// All entries behind the last purge, without gaps.
#[derive(Debug)]
pub(super) struct Index {
    /// The index of the first slot.
    first: u64,
    slots: VecDeque<Slot>,
    cached_bytes: usize,
    cache_bytes: usize,
    /// Slots before this index hold no payload.
    evicted: u64,
    /// Commands before this index hold no decoded form.
    stripped: u64,
}

impl Index {
    pub(super) fn new(cache_bytes: usize) -> Self {
        Self { first: 0, slots: VecDeque::new(), cached_bytes: 0, cache_bytes, evicted: 0, stripped: 0 }
    }

    pub(super) fn first(&self) -> Option<LogId> {
        self.slots.front().map(|slot| slot.id)
    }

    pub(super) fn last(&self) -> Option<LogId> {
        self.slots.back().map(|slot| slot.id)
    }

    /// Returns the index that the next entry must have, if there are entries.
    pub(super) fn next(&self) -> Option<u64> {
        self.last().map(|id| id.index + 1)
    }

    /// Adds an entry behind the last one.
    pub(super) fn push(&mut self, entry: Entry, place: Option<Place>) {
        let Entry { log_id: id, payload } = entry;
        match self.next() {
            Some(next) => assert_eq!(next, id.index, "entries have no gaps"),
            None => self.first = id.index,
        }
        self.cached_bytes += size_of(&payload);
        self.slots.push_back(Slot { id, place, payload: Some(payload) });
        self.evict();
    }

    /// Notes where the entry `id` was written, unless it was truncated meanwhile.
    pub(super) fn place(&mut self, id: LogId, place: Place) {
        if let Some(slot) = self.slot_mut(id.index)
            && slot.id == id
        {
            slot.place = Some(place);
        }
    }

    /// Removes all entries behind `after`.
    pub(super) fn truncate(&mut self, after: Option<LogId>) {
        let keep = after.map_or(0, |id| (id.index + 1).saturating_sub(self.first)) as usize;
        while self.slots.len() > keep {
            let slot = self.slots.pop_back();
            self.forget(slot.and_then(|slot| slot.payload));
        }
        let end = self.first + self.slots.len() as u64;
        self.evicted = self.evicted.min(end);
        self.stripped = self.stripped.min(end);
    }

    /// Removes all entries up to `upto`.
    pub(super) fn purge(&mut self, upto: LogId) {
        while self.slots.front().is_some_and(|slot| slot.id.index <= upto.index) {
            let slot = self.slots.pop_front();
            self.forget(slot.and_then(|slot| slot.payload));
            self.first += 1;
        }
    }

    /// Drops the decoded form of every command up to `upto`: it was needed only for applying it.
    pub(super) fn strip(&mut self, upto: u64) {
        for index in self.stripped.max(self.first)..=upto {
            if let Some(Slot { payload: Some(Payload::Normal(command)), .. }) = self.slot_mut(index) {
                command.decoded = None;
            }
        }
        self.stripped = self.stripped.max(upto + 1);
    }

    /// Returns the entry at `index`.
    pub(super) fn get(&self, index: u64) -> Option<Found> {
        let slot = self.slots.get(index.checked_sub(self.first)? as usize)?;
        match (&slot.payload, slot.place) {
            (Some(payload), _) => Some(Found::Cached(Entry { log_id: slot.id, payload: payload.clone() })),
            (None, Some(place)) => Some(Found::Stored(slot.id, place)),
            (None, None) => unreachable!("an entry without a place is never evicted"),
        }
    }

    /// Drops the oldest entries from memory while they take too much of it.
    pub(super) fn evict(&mut self) {
        let mut index = self.evicted.max(self.first);
        while self.cached_bytes > self.cache_bytes {
            let Some(slot) = self.slot_mut(index).filter(|slot| slot.place.is_some()) else { break };
            let payload = slot.payload.take();
            self.forget(payload);
            index += 1;
        }
        self.evicted = index;
    }

    /// Returns the oldest segment that an entry is in.
    pub(super) fn oldest_segment(&self) -> Option<u64> {
        self.slots.front().and_then(|slot| slot.place).map(|place| place.segment)
    }

    fn forget(&mut self, payload: Option<Payload>) {
        if let Some(payload) = payload {
            self.cached_bytes -= size_of(&payload);
        }
    }

    fn slot_mut(&mut self, index: u64) -> Option<&mut Slot> {
        self.slots.get_mut(index.checked_sub(self.first)? as usize)
    }
}
