//! How one field is filled.
//!
//! Limits: a field that is set is never changed, except text that is set to nothing where that means the default.

/// Sets a field that is not set.
pub(super) fn fill<T>(slot: &mut Option<T>, default: T) {
    slot.get_or_insert(default);
}

/// Sets a text that is not set.
pub(super) fn fill_text(slot: &mut Option<String>, default: &str) {
    slot.get_or_insert_with(|| default.to_owned());
}

/// Sets a text that is not set or empty.
pub(super) fn fill_empty(slot: &mut Option<String>, default: &str) {
    if slot.as_ref().is_none_or(String::is_empty) {
        *slot = Some(default.to_owned());
    }
}

/// Sets a field that is not set to what another draft has.
pub(super) fn inherit<T: Clone>(slot: &mut Option<T>, from: &Option<T>) {
    if slot.is_none() {
        slot.clone_from(from);
    }
}
