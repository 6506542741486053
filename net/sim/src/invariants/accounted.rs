//! Every index, summary and column agrees with the tables that it is made from.

use state::State;

/// Returns what disagrees.
pub(crate) fn violations(state: &State) -> Vec<String> {
    state.check().0
}
