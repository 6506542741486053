//! When the leader's machines begin and end.
//!
//! ```text
//!             Watched (leading)          CaughtUp
//!  follows ───────────────────▶ catches up ──────▶ leads ──┐ Replaced: begins anew
//!     ▲                          │  ▲   │            │  ▲──┘
//!     │                   NotYet └──┘   │            │
//!     └──── Watched (not leading, or in another term) ┘
//! ```
//! A server that was elected may not have applied yet what earlier leaders committed: until it has, its machines would
//! decide on an old state. Consensus may also show for a moment that the server does not lead although it does; an
//! attempt that failed meanwhile is repeated as long as it was elected.
//!
//! Limits: one attempt to catch up at a time.

use model::Nanos;

/// Time between two attempts to catch up.
const PAUSE: Nanos = Nanos::from_millis(5);

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermEvent {
    /// Consensus shows the term, and whether this server leads it.
    Watched {
        /// The term.
        term: u64,
        /// Whether this server leads it.
        leading: bool,
    },
    /// Everything that was committed before this term is applied here.
    CaughtUp {
        /// The term.
        term: u64,
    },
    /// Whether it is could not be found out.
    NotYet,
    /// Another state took the place of the present one: what the machines know is void.
    Replaced,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermAction {
    /// After a pause, wait until everything that was committed before is applied here: [`TermEvent::CaughtUp`] or
    /// [`TermEvent::NotYet`].
    CatchUp {
        /// The term.
        term: u64,
        /// How long to wait first.
        pause: Nanos,
    },
    /// The leader's machines begin with the newest state.
    Begin {
        /// The term.
        term: u64,
    },
    /// The leader's machines end.
    End {
        /// The term.
        term: u64,
    },
}

/// Decides when the leader's machines begin and end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TermMachine {
    term: u64,
    /// Consensus shows that this server leads the term.
    elected: bool,
    /// The leader's machines run.
    leads: bool,
    /// An attempt to catch up is under way.
    catching_up: bool,
}

impl TermMachine {
    /// Whether the leader's machines run.
    #[must_use]
    pub const fn leads(&self) -> bool {
        self.leads
    }

    /// Takes one event and says what to do, in order.
    #[must_use]
    pub fn handle(&mut self, event: TermEvent) -> Vec<TermAction> {
        match event {
            TermEvent::Watched { term, leading } => self.watched(term, leading),
            TermEvent::CaughtUp { term } => {
                self.catching_up = false;
                if self.elected && !self.leads && term == self.term {
                    self.leads = true;
                    return vec![TermAction::Begin { term }];
                }
                self.catch_up(Nanos::ZERO).into_iter().collect()
            }
            TermEvent::NotYet => {
                self.catching_up = false;
                self.catch_up(PAUSE).into_iter().collect()
            }
            TermEvent::Replaced if self.leads => vec![TermAction::Begin { term: self.term }],
            TermEvent::Replaced => Vec::new(),
        }
    }

    fn watched(&mut self, term: u64, leading: bool) -> Vec<TermAction> {
        let mut actions = Vec::new();
        if self.leads && (!leading || term != self.term) {
            self.leads = false;
            actions.push(TermAction::End { term: self.term });
        }
        self.elected = leading;
        self.term = term;
        actions.extend(self.catch_up(Nanos::ZERO));
        actions
    }

    fn catch_up(&mut self, pause: Nanos) -> Option<TermAction> {
        if !self.elected || self.leads || self.catching_up {
            return None;
        }
        self.catching_up = true;
        Some(TermAction::CatchUp { term: self.term, pause })
    }
}
