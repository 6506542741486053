//! A collection that is shared by reference, with its size and depth counted once.
//!
//! Limits: both saturate. A part that is shared counts each time that it appears: a few nested values can stand for
//! more elements than fit in memory, and whoever walks over them has to know before.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use super::datum::Value;

/// What an element takes besides its content, in bytes.
const ELEMENT_BYTES: u64 = 32;

/// Shared content; it is never changed.
#[derive(Debug)]
pub(crate) struct Shared<T> {
    inner: Rc<Counted<T>>,
}

#[derive(Debug)]
struct Counted<T> {
    content: T,
    bytes: u64,
    depth: u32,
}

impl<T> Shared<T> {
    fn new(content: T, measure: impl FnOnce(&T) -> (u64, u32)) -> Shared<T> {
        let (bytes, depth) = measure(&content);
        Shared { inner: Rc::new(Counted { content, bytes, depth: depth.saturating_add(1) }) }
    }

    /// Returns the bytes that the content would take if nothing in it were shared.
    pub(crate) fn bytes(&self) -> u64 {
        self.inner.bytes
    }

    /// Returns how many collections are nested in each other, this one included.
    pub(crate) fn depth(&self) -> u32 {
        self.inner.depth
    }
}

impl Shared<Vec<Value>> {
    pub(super) fn items(items: Vec<Value>) -> Self {
        Shared::new(items, |items| measure(items.iter().map(|item| (0, item))))
    }
}

impl Shared<BTreeMap<Rc<str>, Value>> {
    pub(super) fn entries(entries: BTreeMap<Rc<str>, Value>) -> Self {
        Shared::new(entries, |entries| measure(entries.iter().map(|(name, value)| (name.len(), value))))
    }
}

fn measure<'a>(elements: impl Iterator<Item = (usize, &'a Value)>) -> (u64, u32) {
    elements.fold((0, 0), |(bytes, depth): (u64, u32), (name, value)| {
        let own = ELEMENT_BYTES + name as u64;
        (bytes.saturating_add(own).saturating_add(value.bytes()), depth.max(value.depth()))
    })
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared { inner: Rc::clone(&self.inner) }
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner) || self.inner.content == other.inner.content
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.inner.content
    }
}
