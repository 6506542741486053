//! A view of the state that never changes.

use std::sync::Arc;

use crate::State;

/// The state at one index, shared: clone it freely, keep it as long as you like.
pub type Snapshot = Arc<State>;
