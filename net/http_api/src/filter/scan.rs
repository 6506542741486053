//! Matching characters, and remembering where nothing more fitted.
//!
//! Purpose: the terminals of the grammar. Each failure is noted with what was expected; the notes of the
//! farthest position make the error, in the form that clients of the original know:
//! `1:8 (7): no match found, expected: "-", "0" or [a-zA-Z]`.
//! Limits: keeps one set of notes, for one position.

use std::collections::BTreeSet;

/// Position in an expression, with the notes of failures.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    farthest: usize,
    expected: BTreeSet<String>,
    end_expected: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Scanner<'a> {
        Scanner { text, at: 0, farthest: 0, expected: BTreeSet::new(), end_expected: false }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn go_back(&mut self, position: usize) {
        self.at = position;
    }

    /// Returns the text since a position.
    pub(super) fn since(&self, position: usize) -> &'a str {
        &self.text[position..self.at]
    }

    /// Takes a literal.
    pub(super) fn literal(&mut self, literal: &str) -> bool {
        if self.text[self.at..].starts_with(literal) {
            self.at += literal.len();
            return true;
        }
        self.note(|expected| {
            expected.insert(format!("{literal:?}"));
        });
        false
    }

    /// Takes one character of a class.
    pub(super) fn class(&mut self, name: &str, member: impl Fn(char) -> bool) -> bool {
        match self.text[self.at..].chars().next() {
            Some(c) if member(c) => {
                self.at += c.len_utf8();
                true
            }
            _ => {
                self.note(|expected| {
                    expected.insert(name.to_owned());
                });
                false
            }
        }
    }

    /// Takes characters of a class while there are any.
    pub(super) fn classes(&mut self, name: &str, member: impl Fn(char) -> bool) {
        while self.class(name, &member) {}
    }

    /// Takes white space; there must be some.
    pub(super) fn space(&mut self) -> bool {
        let start = self.at;
        self.classes("[ \\t\\r\\n]", |c| matches!(c, ' ' | '\t' | '\r' | '\n'));
        self.at > start
    }

    /// Takes white space if there is any.
    pub(super) fn maybe_space(&mut self) {
        self.space();
    }

    /// Tells whether the end is reached.
    pub(super) fn end(&mut self) -> bool {
        if self.at == self.text.len() {
            return true;
        }
        self.advance_notes();
        if self.at == self.farthest {
            self.end_expected = true;
        }
        false
    }

    /// Returns a position as errors name it: line, column and byte offset.
    pub(super) fn locate(&self, position: usize) -> String {
        let before = &self.text[..position];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("{line}:{column} ({position})")
    }

    /// Returns the error of an expression that fits nowhere.
    pub(super) fn no_match(&self) -> String {
        let mut expected: Vec<&str> = self.expected.iter().map(String::as_str).collect();
        if self.end_expected {
            expected.push("EOF");
        }
        let list = match expected.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [most @ .., last] => format!("{} or {last}", most.join(", ")),
        };
        format!("{}: no match found, expected: {list}", self.locate(self.farthest))
    }

    fn note(&mut self, add: impl FnOnce(&mut BTreeSet<String>)) {
        self.advance_notes();
        if self.at == self.farthest {
            add(&mut self.expected);
        }
    }

    fn advance_notes(&mut self) {
        if self.at > self.farthest {
            self.farthest = self.at;
            self.expected.clear();
            self.end_expected = false;
        }
    }
}
