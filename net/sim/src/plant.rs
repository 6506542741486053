//! Bugs that are planted on purpose, to prove that the checks find bugs of their kind.
//!
//! Each is one wrong line in an interpreter, a machine or a disk of the simulation, of a kind that consensus or schedulers
//! really had; what ships has no such line. Limits: one bug at a time.

/// A planted bug.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plant {
    /// Nothing is broken.
    #[default]
    Nothing,
    /// A restarted leader goes on in its old term, without an election.
    LeaderRestore,
    /// Disks claim syncs of file content that they do not do.
    LyingDisks,
    /// Disks claim syncs of names that they do not do: nobody syncs directories.
    UnsyncedNames,
    /// Plans are committed as they were made, without a look at the newest state.
    TrustingApplier,
    /// People are told that their request is done before it is committed.
    EarlyAnswers,
    /// A request whose fate is unknown is reported as not done.
    UnknownIsNo,
    /// Reads do not wait for a barrier.
    DirtyReads,
    /// A server that did not propose an entry applies it a second time.
    AppliedTwice,
    /// Servers stamp what they apply with their own clock.
    LocalClock,
    /// Some entries are skipped by servers that did not propose them, as unknown kinds would be.
    SkippedEntries,
    /// Snapshots hold the state before the last entry.
    OldSnapshots,
    /// The control loop misses some of what was applied.
    LostNews,
    /// The control loop is not woken when it asked to be.
    LostTimers,
    /// Every term draws the same ids as the terms before.
    RepeatedIds,
    /// A leader does not hear the pings of half of the nodes.
    DeafLeader,
    /// A worker reports an evaluation as done before its plan is committed.
    EarlyAcks,
    /// A worker takes a plan that was committed in part for one that was committed whole.
    PartIsWhole,
}

impl Plant {
    /// Every planted bug by its name.
    pub const ALL: [(&'static str, Self); 17] = [
        ("leader-restore", Self::LeaderRestore),
        ("lying-disks", Self::LyingDisks),
        ("unsynced-names", Self::UnsyncedNames),
        ("trusting-applier", Self::TrustingApplier),
        ("early-answers", Self::EarlyAnswers),
        ("unknown-is-no", Self::UnknownIsNo),
        ("dirty-reads", Self::DirtyReads),
        ("applied-twice", Self::AppliedTwice),
        ("local-clock", Self::LocalClock),
        ("skipped-entries", Self::SkippedEntries),
        ("old-snapshots", Self::OldSnapshots),
        ("lost-news", Self::LostNews),
        ("lost-timers", Self::LostTimers),
        ("repeated-ids", Self::RepeatedIds),
        ("deaf-leader", Self::DeafLeader),
        ("early-acks", Self::EarlyAcks),
        ("part-is-whole", Self::PartIsWhole),
    ];

    /// Whether the bug is one of consensus, which the simplest machine finds soonest.
    #[must_use]
    pub const fn is_of_consensus(self) -> bool {
        matches!(self, Self::LeaderRestore | Self::LyingDisks | Self::UnsyncedNames | Self::DirtyReads)
    }

    /// Finds a planted bug by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, plant)| *plant)
    }
}
