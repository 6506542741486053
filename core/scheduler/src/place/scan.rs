//! The first look at all rows.
//!
//! Where the columns of the snapshot say all that matters they are scanned in single precision, and only rows that
//! differ from them are looked at one by one: those that the plan or claims changed, those with allocations of the
//! job, those whose ports are contended. Groups whose scores depend on what is picked look at every row.

use state::columns::CHUNK;

use super::group_pass::{Exclusive, GroupPass};
use super::ranking::Ranking;
use super::tally::Verdict;
use crate::cluster::Cluster;
use crate::fits::{Misfit, amounts_fit};
use crate::rank::Scan;

impl GroupPass {
    /// Looks at every row anew.
    pub(super) fn scan(&mut self, cluster: &mut Cluster<'_>) {
        let version = self.tally.version + 1;
        self.verdicts.clone_from(&self.sifted.verdicts);
        self.tally.clone_from(&self.sifted.tally);
        self.tally.version = version;
        let terms = 1 + u8::from(self.sifted.affinity.is_some());
        let (bounds, rows) = match self.plain_scan(terms) {
            Some(scan) => (self.scan_columns(cluster, &scan), self.special_rows(cluster)),
            None => {
                self.picks = vec![super::score::Picks::default(); self.picks_of(cluster)];
                let open = |row: &usize| self.verdicts[*row] == Verdict::Open;
                (
                    vec![f32::NEG_INFINITY; cluster.frame().rows.len()],
                    (0..cluster.len()).filter(open).collect(),
                )
            }
        };
        let sets = self.sifted.sets.as_ref();
        self.ranking = Some(Ranking::new(cluster.frame(), sets, bounds, terms, self.expected));
        for row in rows {
            self.refresh(cluster, row);
        }
    }

    fn picks_of(&self, cluster: &Cluster<'_>) -> usize {
        if self.exclusive == Exclusive::Scored { cluster.len() } else { 0 }
    }

    /// What to scan the columns for; none when they do not say all that matters.
    fn plain_scan(&self, terms: u8) -> Option<Scan> {
        if self.exclusive == Exclusive::Scored || self.counted.limits_properties() {
            return None;
        }
        let is_mean = self.counted.spreads.is_empty();
        Scan::new(self.algorithm, &self.ask, if is_mean { 1.0 / f32::from(terms) } else { 1.0 })
    }

    /// Scores all slots, and notes which open rows are without room.
    fn scan_columns(&mut self, cluster: &Cluster<'_>, scan: &Scan) -> Vec<f32> {
        let none = [0.0; CHUNK];
        let mut bounds = vec![f32::NEG_INFINITY; cluster.frame().rows.len()];
        let columns = cluster.snapshot().columns().chunks();
        for (number, (chunk, bounds)) in columns.iter().zip(bounds.as_chunks_mut::<CHUNK>().0).enumerate() {
            let open = &self.sifted.open.as_chunks::<CHUNK>().0[number];
            let affinity = self.sifted.affinity_by_slot.as_chunks::<CHUNK>().0.get(number).unwrap_or(&none);
            let full = scan.chunk(chunk, open, affinity, bounds);
            if full > 0 {
                self.note_full(cluster, number * CHUNK);
            }
        }
        bounds
    }

    /// Counts the open rows of a chunk that are without room.
    fn note_full(&mut self, cluster: &Cluster<'_>, first: usize) {
        let asked = self.plain_amounts();
        for slot in first..first + CHUNK {
            if self.sifted.open[slot] == 0 {
                continue;
            }
            let row = cluster.frame().rows[slot] as usize;
            let (used, allocs) = cluster.as_in_columns(row);
            let max = cluster.frame().max_allocs[row];
            let misfit = if max > 0 && allocs >= max {
                Err(Misfit::MaxAllocs)
            } else {
                amounts_fit(cluster.has(row), used.plus(asked))
            };
            if let Err(misfit) = misfit {
                self.verdicts[row] = Verdict::Exhausted(self.tally.misfit(&misfit));
                self.tally.count(self.verdicts[row], cluster.frame().class[row], 1);
            }
        }
    }

    /// The open rows of which the columns do not say all.
    fn special_rows(&self, cluster: &Cluster<'_>) -> Vec<usize> {
        let mut rows = cluster.changed_rows();
        rows.extend(self.counted.rows());
        if self.exclusive == Exclusive::Ports {
            self.add_contended(cluster, &mut rows);
        }
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Adds the rows on which ports of the group may be taken.
    fn add_contended(&self, cluster: &Cluster<'_>, rows: &mut Vec<usize>) {
        let networks = || self.task_group().networks.iter();
        let wanted: usize = networks().map(|ask| ask.reserved_ports.len() + ask.dynamic_ports.len()).sum();
        let fixed: Vec<u16> = networks()
            .flat_map(|ask| &ask.reserved_ports)
            .filter_map(|port| u16::try_from(port.value).ok())
            .collect();
        let open = |row: usize| self.sifted.verdicts[row] == Verdict::Open;
        rows.extend((0..cluster.len()).filter(|row| open(*row) && self.sifted.ports[*row] == 0));
        // Both are in the order of ids.
        let mut row = 0;
        for (id, held) in cluster.snapshot().columns().all_held() {
            while row < cluster.len() && cluster.id(row) < id {
                row += 1;
            }
            if row >= cluster.len() || cluster.id(row) != id || !open(row) {
                continue;
            }
            let free = (self.sifted.ports[row] as usize).saturating_sub(held.ports.len());
            let taken = |port: &u16| held.ports.binary_search_by_key(port, |held| held.port).is_ok();
            if free < wanted || fixed.iter().any(taken) {
                rows.push(row);
            }
        }
    }
}
