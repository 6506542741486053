//! One chunk of node rows.

use model::NodeId;

use super::Room;

/// Rows in a chunk.
pub const CHUNK: usize = 256;

/// The four plain dimensions of the rows of a chunk.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub struct RoomColumns {
    /// CPU in MHz.
    pub cpu_mhz: [i32; CHUNK],
    /// Memory in MB.
    pub memory_mb: [i32; CHUNK],
    /// Disk in MB.
    pub disk_mb: [i32; CHUNK],
    /// Bandwidth in Mbit/s.
    pub mbits: [i32; CHUNK],
}

impl RoomColumns {
    const fn new() -> Self {
        Self { cpu_mhz: [0; CHUNK], memory_mb: [0; CHUNK], disk_mb: [0; CHUNK], mbits: [0; CHUNK] }
    }

    /// The quantities of one row.
    #[must_use]
    pub const fn at(&self, row: usize) -> Room {
        Room {
            cpu_mhz: self.cpu_mhz[row],
            memory_mb: self.memory_mb[row],
            disk_mb: self.disk_mb[row],
            mbits: self.mbits[row],
        }
    }

    pub(super) const fn set(&mut self, row: usize, room: Room) {
        self.cpu_mhz[row] = room.cpu_mhz;
        self.memory_mb[row] = room.memory_mb;
        self.disk_mb[row] = room.disk_mb;
        self.mbits[row] = room.mbits;
    }

    /// Wraps around rather than saturate, so that subtracting undoes it.
    pub(super) const fn add(&mut self, row: usize, room: Room) {
        self.cpu_mhz[row] = self.cpu_mhz[row].wrapping_add(room.cpu_mhz);
        self.memory_mb[row] = self.memory_mb[row].wrapping_add(room.memory_mb);
        self.disk_mb[row] = self.disk_mb[row].wrapping_add(room.disk_mb);
        self.mbits[row] = self.mbits[row].wrapping_add(room.mbits);
    }

    pub(super) const fn subtract(&mut self, row: usize, room: Room) {
        self.cpu_mhz[row] = self.cpu_mhz[row].wrapping_sub(room.cpu_mhz);
        self.memory_mb[row] = self.memory_mb[row].wrapping_sub(room.memory_mb);
        self.disk_mb[row] = self.disk_mb[row].wrapping_sub(room.disk_mb);
        self.mbits[row] = self.mbits[row].wrapping_sub(room.mbits);
    }
}

/// One chunk of node rows, column by column.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub struct NodeChunk {
    /// What the nodes have, without what is kept for the host.
    pub capacity: RoomColumns,
    /// What their allocations use.
    pub used: RoomColumns,
    /// Computed classes; 0 in rows without a node.
    pub class: [u64; CHUNK],
    /// What the nodes offer beside their class ([`model::offer_class`]).
    pub offer: [u64; CHUNK],
    /// Allocations that the nodes take at most; 0 means any number.
    pub max_allocs: [u32; CHUNK],
    /// Ids; [`NodeId::NONE`] in rows without a node.
    pub id: [NodeId; CHUNK],
    /// How often the slot was given to another node.
    pub generation: [u32; CHUNK],
    /// Allocations that hold room.
    pub allocs: [u32; CHUNK],
    /// 1 if new allocations may be placed, else 0.
    pub ready: [u8; CHUNK],
}

impl NodeChunk {
    pub(super) const fn new() -> Self {
        Self {
            capacity: RoomColumns::new(),
            used: RoomColumns::new(),
            class: [0; CHUNK],
            offer: [0; CHUNK],
            max_allocs: [0; CHUNK],
            id: [NodeId::NONE; CHUNK],
            generation: [0; CHUNK],
            allocs: [0; CHUNK],
            ready: [0; CHUNK],
        }
    }
}
