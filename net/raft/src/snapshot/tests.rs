//! Snapshots on a modelled disk: what a crash leaves, which one wins, and how one travels.

use std::io::{self, Read, Write};
use std::sync::Arc;

use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;

use super::*;
use crate::disk::{Disk, Latency, ModelDisk, PowerCut};
use crate::machine::Frozen;
use crate::wal::{LeaderId, LogId, SnapshotMeta, StoredMembership, Vote};
use crate::{OpenError, ServerId};

type SimDisk = ModelDisk<SimRuntime>;

struct Text(String);

impl Frozen for Text {
    fn write(self: Box<Self>, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(self.0.as_bytes())
    }
}

fn leader() -> LeaderId {
    LeaderId { term: 1, node_id: ServerId(1) }
}

fn meta(index: u64) -> SnapshotMeta {
    let last_log_id = Some(LogId { leader_id: leader(), index });
    SnapshotMeta { last_log_id, last_membership: StoredMembership::default() }
}

fn text(index: u64) -> String {
    format!("state {index} ").repeat(2000)
}

fn open(disk: &SimDisk) -> Result<Arc<Snapshots>, OpenError> {
    Snapshots::open(Arc::new(disk.clone())).map(Arc::new)
}

async fn save(snapshots: &Arc<Snapshots>, index: u64) -> io::Result<Stored> {
    snapshots.save(meta(index), Box::new(Text(text(index)))).await
}

fn index_of(stored: &Stored) -> u64 {
    stored.meta.last_log_id.expect("every snapshot covers something").index
}

fn content_of(stored: &Stored) -> String {
    let mut content = String::new();
    stored.content().read_to_string(&mut content).expect("it was checked");
    content
}

fn simulate<T>(seed: u64, test: impl Future<Output = T>) -> T {
    SimRuntime::with_seed(seed).block_on(test)
}

#[test]
fn a_crash_leaves_the_old_or_the_new_snapshot_whole() {
    let (first, total) = simulate(0, async {
        let disk = SimDisk::new(0, Latency::flash());
        let snapshots = open(&disk).expect("the disk is empty");
        save(&snapshots, 10).await.expect("the disk works");
        let first = disk.operations();
        save(&snapshots, 20).await.expect("the disk works");
        (first, disk.operations())
    });
    for after in first..=total {
        for seed in 0..12 {
            let how = [PowerCut::KeepAll, PowerCut::LoseAll, PowerCut::Random][seed as usize % 3];
            simulate(seed, async {
                let disk = SimDisk::new(seed, Latency::flash());
                let snapshots = open(&disk).expect("the disk is empty");
                save(&snapshots, 10).await.expect("the disk works");
                disk.fail_after(after - first);
                let saved = save(&snapshots, 20).await.is_ok();
                disk.cut(how);
                let disk = disk.reopen();
                let found = open(&disk).expect("a crash damages nothing").newest().expect("one was durable");
                let index = index_of(&found);
                assert!(index == 20 || (index == 10 && !saved), "operation {after}, seed {seed}: {index}");
                assert_eq!(content_of(&found), text(index));
                assert_eq!(disk.list().expect("the disk works").len(), 1, "leftovers are removed");
            });
        }
    }
}

#[test]
fn an_older_snapshot_never_replaces_a_newer_one() {
    simulate(1, async {
        let disk = SimDisk::new(1, Latency::flash());
        let snapshots = open(&disk).expect("the disk is empty");
        save(&snapshots, 20).await.expect("the disk works");
        let kept = save(&snapshots, 10).await.expect("the disk works");
        assert_eq!(index_of(&kept), 20);
        assert_eq!(index_of(&snapshots.newest().expect("one was saved")), 20);
        assert_eq!(disk.list().expect("the disk works").len(), 1);
    });
}

#[test]
fn a_snapshot_travels_in_pieces_and_goes_on_where_it_was_lost() {
    simulate(2, async {
        let from = open(&SimDisk::new(2, Latency::none())).expect("the disk is empty");
        let to = open(&SimDisk::new(3, Latency::none())).expect("the disk is empty");
        let sent = save(&from, 10).await.expect("the disk works");
        let vote = Vote { leader_id: leader(), committed: true };
        let mut incoming = Incoming::new(to.clone());
        let mut offset = 0;
        let name = loop {
            let bytes = sent.read_part(offset, 700).expect("the disk works");
            let (last, total) = (sent.meta.last_log_id, sent.file_len());
            // Every piece arrives twice; the second changes nothing.
            let first = incoming.take(vote, last, total, offset, &bytes).expect("the disk works");
            match first {
                Progress::Complete(name) => break name,
                Progress::Next(next) => {
                    if offset > 0 {
                        let again = incoming.take(vote, last, total, offset, &bytes).expect("the disk works");
                        assert_eq!(again, Progress::Next(next));
                    }
                    offset = next;
                }
            }
        };
        let received = to.accept(name).await.expect("it is whole");
        let kept = to.publish(received).await.expect("the disk works");
        assert_eq!(content_of(&kept), text(10));
    });
}

#[test]
fn a_piece_of_another_transfer_starts_over() {
    simulate(3, async {
        let to = open(&SimDisk::new(3, Latency::none())).expect("the disk is empty");
        let vote = |term| Vote { leader_id: LeaderId { term, node_id: ServerId(1) }, committed: true };
        let mut incoming = Incoming::new(to);
        let first = incoming.take(vote(1), None, 100, 0, &[1; 50]).expect("the disk works");
        assert_eq!(first, Progress::Next(50));
        let other = incoming.take(vote(2), None, 100, 50, &[2; 50]).expect("the disk works");
        assert_eq!(other, Progress::Next(0), "the new leader has to begin at the beginning");
    });
}
