//! A place for what a reader derives from the nodes alone: it lives until a node changes.
//!
//! Snapshots between which no node changed share it, so that what one evaluation found out about the nodes is
//! there for the next. One type of value only. A value must follow from the nodes: it is never part of the state.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// What a reader derived from the nodes.
#[derive(Clone, Default)]
pub struct Memo(Arc<OnceLock<Box<dyn Any + Send + Sync>>>);

impl Memo {
    /// The value, made when there is none yet.
    ///
    /// # Panics
    /// When it holds a value of another type.
    pub fn get_or_init<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> &T {
        let value = self.0.get_or_init(|| Box::new(make()));
        value.downcast_ref().expect("all readers keep one type of value")
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.get().is_some() { "Memo(kept)" } else { "Memo(empty)" })
    }
}
