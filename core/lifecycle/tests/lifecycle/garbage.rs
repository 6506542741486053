//! Which directories of ended allocations go.

use lifecycle::gc::{DiskUse, Ended, GcOptions, collect};
use model::{Nanos, Timestamp};
use testkit::alloc_id;

const NOW: Timestamp = Timestamp(1_000_000_000_000_000_000);
const EMPTY: DiskUse = DiskUse { disk_percent: 10, inode_percent: 10 };

/// So many, the last of them the oldest, a minute apart.
fn ended(count: u64) -> Vec<Ended> {
    let at = |number: u64| NOW - Nanos::from_mins(i64::try_from(number).expect("a small number"));
    (1..=count).map(|number| Ended { id: alloc_id("web", number), at: at(number) }).collect()
}

#[test]
fn nothing_goes_while_there_is_room() {
    assert!(collect(NOW, &GcOptions::default(), EMPTY, 40, &ended(10)).is_empty());
}

#[test]
fn the_oldest_go_when_there_are_too_many() {
    let gone = collect(NOW, &GcOptions::default(), EMPTY, 45, &ended(7));
    assert_eq!(gone, [alloc_id("web", 7), alloc_id("web", 6)]);
}

#[test]
fn a_full_disk_frees_a_bounded_number_at_once() {
    let full = DiskUse { disk_percent: 80, inode_percent: 10 };
    let gone = collect(NOW, &GcOptions::default(), full, 0, &ended(40));
    assert_eq!(gone.len(), 16);
    assert_eq!(gone[0], alloc_id("web", 40));
}

#[test]
fn a_full_disk_leaves_what_has_just_ended() {
    let full = DiskUse { disk_percent: 100, inode_percent: 100 };
    let just = |seconds| [Ended { id: alloc_id("web", 1), at: NOW - Nanos::from_secs(seconds) }];
    assert!(collect(NOW, &GcOptions::default(), full, 0, &just(59)).is_empty());
    assert_eq!(collect(NOW, &GcOptions::default(), full, 0, &just(60)), [alloc_id("web", 1)]);
}

#[test]
fn what_is_too_old_goes_whatever_room_there_is() {
    let options = GcOptions { max_age: Nanos::from_mins(3), ..GcOptions::default() };
    assert_eq!(collect(NOW, &options, EMPTY, 0, &ended(4)), [alloc_id("web", 4)]);
}
