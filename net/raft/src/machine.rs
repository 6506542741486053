//! What consensus drives: a state machine that commands are applied to, in the same order on every server.
//!
//! Limits: `apply` must be a function of its inputs and must not block; an error inside it is the machine's own
//! answer, never a failure of consensus.

use std::io::{self, Read, Write};

use crate::{Encoded, Reply};

/// The state that committed commands are applied to.
///
/// Every index is announced exactly once and in order, by `apply` for commands and by `applied` for consensus' own
/// entries (a new leader's first one, changes of the membership). After a restart the machine starts empty, is given
/// the newest snapshot by `restore` and then the committed commands behind it.
pub trait Machine: Send + Sync + 'static {
    /// Applies the committed `command` at `index` and returns the answer for its proposer.
    fn apply(&self, index: u64, command: &Encoded) -> Reply;

    /// Notes that `index` was an entry of consensus itself and changed nothing.
    fn applied(&self, index: u64);

    /// Returns an immutable handle to the present state, in constant time.
    fn freeze(&self) -> Box<dyn Frozen>;

    /// Replaces the whole state by what [`Frozen::write`] wrote; called between two applies, never beside one.
    ///
    /// # Errors
    /// Fails when the content cannot be read or decoded; consensus then stops for good.
    fn restore(&self, from: &mut dyn Read) -> io::Result<()>;
}

/// An immutable state that can be written to a snapshot while the machine goes on.
pub trait Frozen: Send {
    /// Writes the state.
    ///
    /// # Errors
    /// Fails when `to` fails or the state cannot be encoded; the snapshot is then given up.
    fn write(self: Box<Self>, to: &mut dyn Write) -> io::Result<()>;
}
