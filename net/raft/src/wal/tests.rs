//! The log on a modelled disk: what survives, what is cut off, what is named.

use std::sync::Arc;

use futures::channel::oneshot;
use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;

use super::*;
use crate::disk::{Disk, Latency, ModelDisk, PowerCut};
use crate::{Encoded, OpenError, ServerId};

type SimDisk = ModelDisk<SimRuntime>;

const LIMITS: Limits = Limits { segment_bytes: 2048, cache_bytes: 600 };
const INCARNATION: u128 = 7;

fn id(term: u64, index: u64) -> LogId {
    LogId { leader_id: LeaderId { term, node_id: ServerId(1) }, index }
}

fn vote(term: u64) -> Vote {
    Vote { leader_id: LeaderId { term, node_id: ServerId(1) }, committed: true }
}

fn entry(term: u64, index: u64) -> Entry {
    let bytes: Vec<u8> = (0..40 + index * 7 % 200).map(|i| (i * term + index) as u8).collect();
    Entry { log_id: id(term, index), payload: Payload::Normal(Encoded::new(bytes)) }
}

/// Everything that the log says, for comparison.
fn digest(wal: &Wal) -> String {
    let entries = wal.read(0..1000, usize::MAX).expect("what was written can be read");
    let entries: Vec<String> =
        entries.iter().map(|e| format!("{} {:?}", e.log_id, crc(&e.payload))).collect();
    format!("{:?} {:?} {:?} {entries:?}", wal.vote(), wal.committed(), wal.purged())
}

fn crc(payload: &Payload) -> u32 {
    let Payload::Normal(command) = payload else { panic!("only commands were written") };
    crc32fast::hash(&command.bytes)
}

#[derive(Clone, Copy)]
enum Step {
    Vote(u64),
    Append(u64, u64, u64),
    Committed(u64, u64),
    Truncate(u64, u64),
    Purge(u64, u64),
}

/// Elections, appends over several segments, a truncated tail, a purge.
const SCRIPT: &[Step] = &[
    Step::Vote(1),
    Step::Append(1, 0, 5),
    Step::Committed(1, 3),
    Step::Append(1, 5, 20),
    Step::Vote(2),
    Step::Truncate(1, 15),
    Step::Append(2, 16, 30),
    Step::Committed(2, 20),
    Step::Purge(1, 9),
    Step::Append(2, 30, 31),
    Step::Append(2, 31, 40),
    Step::Purge(2, 25),
    Step::Vote(3),
    Step::Append(3, 40, 41),
];

/// Runs one step; returns whether it is known to be durable, or `None` once the disk has failed.
async fn run_step(wal: &Wal, step: Step) -> Option<bool> {
    let (sender, receiver) = oneshot::channel();
    let done = Box::new(move |result: std::io::Result<()>| drop(sender.send(result)));
    let waits = matches!(step, Step::Vote(_) | Step::Append(..));
    let issued = match step {
        Step::Vote(term) => wal.save_vote(vote(term), done),
        Step::Append(term, from, to) => wal.append((from..to).map(|index| entry(term, index)), done),
        Step::Committed(term, index) => wal.save_committed(id(term, index)),
        Step::Truncate(term, index) => wal.truncate_after(Some(id(term, index))),
        Step::Purge(term, index) => wal.purge(id(term, index)),
    };
    issued.ok()?;
    if !waits {
        return Some(false);
    }
    receiver.await.ok()?.ok().map(|()| true)
}

async fn open(disk: &SimDisk) -> Result<Wal, OpenError> {
    let opened = Wal::open(Arc::new(disk.clone()), INCARNATION, LIMITS).await;
    opened.map(|(wal, _, _)| wal)
}

/// Runs the script until the disk fails and returns how many of its steps are durable.
async fn run_script(disk: &SimDisk) -> usize {
    let Ok(wal) = open(disk).await else { return 0 };
    let mut durable = 0;
    for (i, step) in SCRIPT.iter().enumerate() {
        match run_step(&wal, *step).await {
            None => break,
            Some(true) => durable = i + 1,
            Some(false) => {}
        }
    }
    durable
}

/// Returns what the log says after each record of the script, and how many records each step ends.
async fn every_state() -> (Vec<String>, Vec<usize>) {
    let wal = open(&SimDisk::new(0, Latency::none())).await.expect("the disk is empty");
    let (mut states, mut ends) = (vec![digest(&wal)], vec![0]);
    for step in SCRIPT {
        let parts = match *step {
            Step::Append(term, from, to) => {
                (from..to).map(|index| Step::Append(term, index, index + 1)).collect()
            }
            step => vec![step],
        };
        for part in parts {
            run_step(&wal, part).await.expect("the disk works");
            states.push(digest(&wal));
        }
        ends.push(states.len() - 1);
    }
    (states, ends)
}

fn simulate<T>(seed: u64, test: impl Future<Output = T>) -> T {
    SimRuntime::with_seed(seed).block_on(test)
}

#[test]
fn a_crash_after_any_write_or_sync_loses_nothing_durable_and_invents_nothing() {
    let total = simulate(0, async {
        let disk = SimDisk::new(0, Latency::flash());
        run_script(&disk).await;
        disk.operations()
    });
    assert!(total > 40, "the script must write often enough to be worth it, it did {total} times");
    let (states, ends) = simulate(0, every_state());
    for after in 0..=total {
        for seed in 0..12 {
            let how = [PowerCut::KeepAll, PowerCut::LoseAll, PowerCut::Random][seed as usize % 3];
            simulate(seed, async {
                let disk = SimDisk::new(seed * 1000 + after, Latency::flash());
                disk.fail_after(after);
                let durable = run_script(&disk).await;
                disk.cut(how);
                let wal = open(&disk.reopen()).await.expect("a crash never corrupts the log");
                let found = digest(&wal);
                assert!(
                    states[ends[durable]..].contains(&found),
                    "crash after operation {after}, seed {seed}, {how:?}: found {found}, {durable} steps were durable"
                );
            });
        }
    }
}

#[test]
fn a_log_is_written_on_after_a_crash() {
    for seed in 0..20 {
        simulate(seed, async {
            let mut disk = SimDisk::new(seed, Latency::flash());
            let mut next = 0;
            for round in 0..10 {
                let wal = open(&disk).await.expect("a crash never corrupts the log");
                let last = wal.last().map_or(0, |id| id.index + 1);
                assert!(last >= next, "round {round}: {last} entries are left, {next} were durable");
                run_step(&wal, Step::Append(1, last, last + 8)).await.expect("the disk works");
                next = last + 8;
                // This one is never waited for.
                let rest = (next..next + 5).map(|index| entry(1, index));
                wal.append(rest, Box::new(|_| ())).expect("the log is open");
                SimRuntime::sleep(std::time::Duration::from_micros(seed * 70)).await;
                disk.cut(PowerCut::Random);
                disk = disk.reopen();
            }
        });
    }
}

#[test]
fn a_torn_tail_is_cut_off_and_reported() {
    simulate(1, async {
        let disk = SimDisk::new(1, Latency::none());
        let wal = open(&disk).await.expect("the disk is empty");
        run_step(&wal, Step::Append(1, 0, 3)).await.expect("the disk works");
        let before = digest(&wal);
        let file = disk.open("wal-0000000000000001.log").expect("the log has a file");
        let end = (0..2048).rev().find(|at| byte(file.as_ref(), *at) != 0).expect("the file has content");
        file.write_at(&[1; 100], end.next_multiple_of(8)).expect("the disk works");
        disk.cut(PowerCut::KeepAll);
        let disk = disk.reopen();
        let (wal, torn, _) =
            Wal::open(Arc::new(disk.clone()), INCARNATION, LIMITS).await.expect("a torn tail is fine");
        assert_eq!(digest(&wal), before);
        let torn = torn.expect("the torn tail is reported");
        assert_eq!((torn.file.as_str(), torn.offset), ("wal-0000000000000001.log", end.next_multiple_of(8)));
    });
}

fn byte(file: &dyn crate::disk::DiskFile, at: u64) -> u8 {
    let mut one = [0];
    file.read_at(&mut one, at).expect("the disk works");
    one[0]
}

#[test]
fn every_flipped_byte_before_the_last_sync_is_named() {
    let written = |disk: SimDisk| async move {
        let wal = open(&disk).await.expect("the disk is empty");
        for index in 0..30 {
            run_step(&wal, Step::Append(1, index, index + 1)).await.expect("the disk works");
        }
        wal.close();
        disk
    };
    // The last record has no later one that proves it durable, so damage in it looks like a torn tail.
    let (sizes, last) = simulate(2, async {
        let disk = written(SimDisk::new(2, Latency::none())).await;
        let names = disk.list().expect("the disk works");
        let sizes: Vec<(String, u64)> = names
            .iter()
            .map(|n| (n.clone(), disk.open(n).expect("it exists").len().expect("it exists")))
            .collect();
        let file = disk.open(&sizes.last().expect("there are files").0).expect("it exists");
        let end = (0..2048).rev().find(|at| byte(file.as_ref(), *at) != 0).expect("the file has content");
        (sizes, end - 300)
    });
    assert!(sizes.len() > 1, "the log has several files");
    let count = sizes.len();
    for (i, (name, size)) in sizes.into_iter().enumerate() {
        let end = if i + 1 == count { last } else { size };
        for at in (0..end).step_by(3) {
            simulate(2, async {
                let disk = written(SimDisk::new(2, Latency::none())).await;
                disk.cut(PowerCut::KeepAll);
                let disk = disk.reopen();
                disk.flip(&name, at);
                match open(&disk).await {
                    Err(OpenError::Corrupt { file, .. }) => assert_eq!(file, name, "byte {at}"),
                    Err(OpenError::Format { .. }) => {}
                    Err(other) => panic!("byte {at} of {name}: {other}"),
                    Ok(_) => panic!("byte {at} of {name} was not missed"),
                }
            });
        }
    }
}

#[test]
fn random_damage_is_refused_or_leaves_a_state_that_once_was() {
    let (states, _) = simulate(0, every_state());
    let (mut refused, mut random) = (0, 1_u64);
    let mut pick = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    for round in 0..400 {
        simulate(9, async {
            let disk = SimDisk::new(9, Latency::none());
            run_script(&disk).await;
            disk.cut(PowerCut::KeepAll);
            let disk = disk.reopen();
            let names: Vec<String> = disk
                .list()
                .expect("the disk works")
                .into_iter()
                .filter(|name| name.ends_with(".log"))
                .collect();
            let name = &names[pick(names.len() as u64) as usize];
            let file = disk.open(name).expect("it exists");
            let len = file.len().expect("it exists");
            let at = pick(len);
            match pick(4) {
                0 => file.truncate(at),
                1 => file.write_at(&vec![0; pick(600) as usize + 1], at),
                2 => file.write_at(&pick(u64::MAX).to_le_bytes(), at),
                _ => {
                    let other = disk.open(&names[pick(names.len() as u64) as usize]).expect("it exists");
                    let bytes = crate::disk::read_all(other.as_ref()).expect("it exists");
                    file.write_at(&bytes[..bytes.len().min(pick(3000) as usize)], at / 8 * 8)
                }
            }
            .expect("the disk works");
            match open(&disk).await {
                Ok(wal) => assert!(states.contains(&digest(&wal)), "round {round}: {name} at {at}"),
                Err(OpenError::Corrupt { .. } | OpenError::Format { .. }) => refused += 1,
                Err(other) => panic!("round {round}: {other}"),
            }
        });
    }
    assert!(refused > 200, "only {refused} of 400 damages were refused");
}

#[test]
fn damage_found_while_reading_is_named_and_not_served() {
    simulate(3, async {
        let disk = SimDisk::new(3, Latency::none());
        let wal = open(&disk).await.expect("the disk is empty");
        run_step(&wal, Step::Append(1, 0, 30)).await.expect("the disk works");
        disk.flip("wal-0000000000000001.log", 120);
        let error =
            wal.read(0..1, usize::MAX).expect_err("the first entry is damaged and no longer in memory");
        assert!(error.to_string().contains("wal-0000000000000001.log is corrupt at byte"), "{error}");
        assert_eq!(wal.read(20..21, usize::MAX).expect("another entry is whole")[0].log_id, id(1, 20));
    });
}

#[test]
fn files_go_with_the_entries_that_were_purged() {
    simulate(4, async {
        let disk = SimDisk::new(4, Latency::none());
        let wal = open(&disk).await.expect("the disk is empty");
        run_step(&wal, Step::Vote(1)).await.expect("the disk works");
        run_step(&wal, Step::Append(1, 0, 100)).await.expect("the disk works");
        let before = disk.list().expect("the disk works").len();
        wal.purge(id(1, 95)).expect("the log is open");
        run_step(&wal, Step::Append(1, 100, 101)).await.expect("the disk works");
        let after = disk.list().expect("the disk works").len();
        assert!(before > 5, "{before} files held the entries");
        assert!(after <= 2, "{after} files are left");
        let expected = digest(&wal);
        disk.cut(PowerCut::LoseAll);
        let wal = open(&disk.reopen()).await.expect("a purged log is whole");
        assert_eq!(digest(&wal), expected);
    });
}

#[test]
fn a_missing_file_is_named() {
    simulate(5, async {
        let disk = SimDisk::new(5, Latency::none());
        let wal = open(&disk).await.expect("the disk is empty");
        run_step(&wal, Step::Append(1, 0, 100)).await.expect("the disk works");
        disk.remove("wal-0000000000000002.log").expect("it exists");
        disk.cut(PowerCut::KeepAll);
        let error = open(&disk.reopen()).await.err().expect("a hole is found");
        assert!(
            matches!(&error, OpenError::Corrupt { reason, .. } if reason.contains("is missing")),
            "{error}"
        );
    });
}

#[test]
fn a_file_of_another_directory_is_refused() {
    simulate(6, async {
        let disk = SimDisk::new(6, Latency::none());
        let wal = open(&disk).await.expect("the disk is empty");
        run_step(&wal, Step::Append(1, 0, 1)).await.expect("the disk works");
        disk.cut(PowerCut::KeepAll);
        let other = Wal::open(Arc::new(disk.reopen()), 8, LIMITS).await;
        let error = other.err().expect("it is not ours");
        assert!(error.to_string().contains("belongs to another data directory"), "{error}");
    });
}

#[test]
fn writers_that_wait_together_share_a_sync() {
    simulate(7, async {
        let disk = SimDisk::new(7, Latency::flash());
        let wal = Arc::new(open(&disk).await.expect("the disk is empty"));
        let before = disk.syncs();
        let mut waiting = Vec::new();
        for index in 0..256 {
            let (sender, receiver) = oneshot::channel();
            wal.append([entry(1, index)], Box::new(move |result| drop(sender.send(result))))
                .expect("the log is open");
            waiting.push(receiver);
        }
        for receiver in waiting {
            receiver.await.expect("the writer lives").expect("the disk works");
        }
        // Segments are 2 KiB here, and closing one and beginning the next costs three more.
        let files = disk.list().expect("the disk works").len() as u64;
        let syncs = disk.syncs() - before - 3 * files;
        assert!(syncs <= 2, "256 writers shared {syncs} syncs");
    });
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged_any_more() {
    simulate(8, async {
        let disk = SimDisk::new(8, Latency::none());
        let wal = open(&disk).await.expect("the disk is empty");
        run_step(&wal, Step::Append(1, 0, 1)).await.expect("the disk works");
        disk.fail_after(1);
        assert!(run_step(&wal, Step::Append(1, 1, 2)).await.is_none());
        disk.fail_after(1000);
        assert!(
            run_step(&wal, Step::Append(1, 2, 3)).await.is_none(),
            "the disk works again, but nobody knows its state"
        );
    });
}
