//! Collects the findings of one parse.
//!
//! Limits: keeps a bounded number of findings with a bounded text each and counts the rest. A failed evaluation leaves its finding here
//! and answers [`Failed`]; `try` and `can` take findings back.

use std::cell::{Cell, RefCell};

use super::finding::{Diagnostic, Severity};

/// Bytes of one text of a finding; a text may quote what is wrong, and that may be long.
const LONGEST_TEXT: usize = 4_000;

/// Says that a step failed and that its finding is in the [`Report`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failed;

/// The findings so far, shared by all steps of a parse.
#[derive(Debug)]
pub(crate) struct Report {
    items: RefCell<Vec<Diagnostic>>,
    dropped: Cell<usize>,
    most: usize,
}

impl Report {
    pub(crate) fn new(most: usize) -> Report {
        Report { items: RefCell::new(Vec::new()), dropped: Cell::new(0), most: most.max(1) }
    }

    /// Keeps a finding; the same finding at the same place is kept once, or counted when the report is full.
    pub(crate) fn add(&self, mut finding: Diagnostic) {
        if self.is_full() {
            self.dropped.set(self.dropped.get() + 1);
            return;
        }
        shorten(&mut finding.summary);
        shorten(&mut finding.detail);
        finding.label.iter_mut().chain(&mut finding.help).for_each(shorten);
        let mut items = self.items.borrow_mut();
        if !items.contains(&finding) {
            items.push(finding);
        }
    }

    /// Says whether later findings are only counted, so that nobody need find good words for them.
    pub(crate) fn is_full(&self) -> bool {
        self.items.borrow().len() >= self.most
    }

    /// Keeps a finding and answers the marker to return.
    pub(crate) fn fail(&self, finding: Diagnostic) -> Failed {
        self.add(finding);
        Failed
    }

    /// Returns the number of findings, to be given to [`Report::take_back`].
    pub(crate) fn mark(&self) -> usize {
        self.items.borrow().len()
    }

    /// Removes and returns what came after `mark`.
    pub(crate) fn take_back(&self, mark: usize) -> Vec<Diagnostic> {
        let mut items = self.items.borrow_mut();
        let mark = mark.min(items.len());
        items.split_off(mark)
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.dropped.get() > 0 || self.items.borrow().iter().any(|item| item.severity == Severity::Error)
    }

    /// Returns all findings and how many more there were.
    pub(crate) fn finish(self) -> (Vec<Diagnostic>, usize) {
        (self.items.into_inner(), self.dropped.get())
    }
}

fn shorten(text: &mut String) {
    if text.len() > LONGEST_TEXT {
        let end = (0..=LONGEST_TEXT).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
}
