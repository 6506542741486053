//! Tokens to lines, and lines to cells: what leads, what is assigned, a trailing comment.
//!
//! Limits: a line of the layout ends at a line break outside of heredocs; a heredoc belongs to the line that
//! opens it.

use std::ops::Range;

use super::token::{Kind, Token};

/// The cells of one line, as ranges of tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Everything that is in neither of the other two.
    pub(super) lead: Range<usize>,
    /// From the equals sign to the end of a value that the line also closes.
    pub(super) assign: Range<usize>,
    /// The comment after something else.
    pub(super) comment: Range<usize>,
}

/// Cuts tokens into lines.
pub(super) fn split_lines(tokens: &[Token], text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.ends_line(text) {
            lines.push(cells(tokens, start..at + 1));
            start = at + 1;
        }
    }
    if start < tokens.len() {
        lines.push(cells(tokens, start..tokens.len()));
    }
    lines
}

fn cells(tokens: &[Token], range: Range<usize>) -> Line {
    let mut lead = range.clone();
    let trailing = range.len() > 1 && tokens[range.end - 1].kind == Kind::Comment;
    if trailing {
        lead.end -= 1;
    }
    let comment = lead.end..range.end;
    let later = lead.start + 1..lead.end;
    let equal = later.into_iter().find(|&at| tokens[at].kind == Kind::Equal);
    // A value that opens more than it closes goes on in the next lines: it is not aligned.
    let whole = |&at: &usize| tokens[at..lead.end].iter().map(Token::brackets).sum::<i32>() == 0;
    let split = equal.filter(whole).unwrap_or(lead.end);
    Line { assign: split..lead.end, lead: lead.start..split, comment }
}
