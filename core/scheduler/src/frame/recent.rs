//! A short list of values that were made lately.

use std::sync::{Arc, Mutex, PoisonError};

/// At most `LIMIT` values; the oldest gives way.
#[derive(Debug)]
pub(crate) struct Recent<T, const LIMIT: usize>(Mutex<Vec<Arc<T>>>);

impl<T, const LIMIT: usize> Default for Recent<T, LIMIT> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T, const LIMIT: usize> Recent<T, LIMIT> {
    /// The newest value that is wanted; else the one that `make` makes, which is kept. Two that look at once may
    /// both make it.
    pub(crate) fn get_or_make(&self, is_wanted: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> Arc<T> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().iter().rev().find(|value| is_wanted(value)).cloned();
        known.unwrap_or_else(|| {
            let made = Arc::new(make());
            let mut values = lock();
            if values.len() >= LIMIT {
                values.remove(0);
            }
            values.push(Arc::clone(&made));
            made
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_value_gives_way() {
        let recent: Recent<u32, 2> = Recent::default();
        let made = |wanted: u32| {
            let mut made = false;
            let value = recent.get_or_make(
                |value| *value == wanted,
                || {
                    made = true;
                    wanted
                },
            );
            assert_eq!(*value, wanted);
            made
        };
        assert_eq!([1, 2, 1, 3, 2, 1].map(made), [true, true, false, true, false, true]);
    }
}
