//! How far each line is indented: two spaces for each line that opened brackets and has not closed them.
//!
//! Limits: several brackets opened by one line count as one level.

use super::line::Line;
use super::token::{Kind, Token};

/// Spaces of one level.
const STEP: usize = 2;

/// Sets the spaces before the first token of each line.
pub(super) fn indent(tokens: &mut [Token], lines: &[Line]) {
    let mut levels = Levels::default();
    for line in lines {
        let Some(first) = line.lead.clone().next() else { continue };
        if tokens[first].kind == Kind::Newline {
            tokens[first].spaces = 0;
            continue;
        }
        // What a line assigns closes what it opens, and a heredoc ends the count as it does in Nomad.
        let counted = tokens[line.lead.clone()].iter().take_while(|token| token.kind != Kind::OpenHeredoc);
        let change: i32 = counted.map(Token::brackets).sum();
        if change < 0 {
            levels.close(change.unsigned_abs());
        }
        tokens[first].spaces = u32::try_from(STEP * levels.open.len()).unwrap_or(u32::MAX);
        if change > 0 {
            levels.open.push(change.unsigned_abs());
        }
    }
}

/// For each open level, how many brackets its line opened.
#[derive(Default)]
struct Levels {
    open: Vec<u32>,
}

impl Levels {
    fn close(&mut self, mut closed: u32) {
        while closed > 0 {
            let Some(last) = self.open.last_mut() else { return };
            if closed < *last {
                *last -= closed;
                return;
            }
            closed -= *last;
            self.open.pop();
        }
    }
}
