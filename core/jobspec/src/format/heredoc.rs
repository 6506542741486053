//! Where the heredocs of a text are.
//!
//! Limits: heredocs that end; one within a template of another is found down to a depth of eight.

use std::ops::Range;

use super::scan::scan;
use super::token::{Kind, Token};

/// How deep heredocs within heredocs are looked for; a caller reads each content as often.
const MOST_DEPTH: usize = 8;

/// A heredoc, by its places in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heredoc {
    /// The name after `<<` or `<<-`.
    pub(crate) marker: Range<usize>,
    /// All lines between the markers.
    pub(crate) content: Range<usize>,
    /// The name on the last line.
    pub(crate) end_marker: Range<usize>,
}

/// Finds the heredocs of a text, each after those within it.
pub(crate) fn heredocs(text: &str) -> Vec<Heredoc> {
    let (tokens, _) = scan(text);
    let mut open: Vec<&Token> = Vec::new();
    let mut found = Vec::new();
    for token in &tokens {
        if token.kind == Kind::OpenHeredoc {
            open.push(token);
        }
        if token.kind != Kind::CloseHeredoc {
            continue;
        }
        let Some(start) = open.pop().filter(|_| open.len() < MOST_DEPTH) else { continue };
        let content = start.end as usize..token.start as usize;
        found.push(Heredoc { marker: name(start, text), content, end_marker: name(token, text) });
    }
    found
}

/// Where the name stands on the line of a marker.
fn name(token: &Token, text: &str) -> Range<usize> {
    let (line, at) = (token.text(text), token.start as usize);
    let before = line.len() - line.trim_start_matches(['<', '-', ' ', '\t']).len();
    at + before..at + line.trim_end().len()
}
