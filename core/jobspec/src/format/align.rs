//! Aligns equals signs, then trailing comments, of lines that follow each other.
//!
//! Limits: a line without the cell in question ends the run.

use std::ops::Range;

use super::line::Line;
use super::token::{Token, columns};

/// Sets the spaces before the equals signs and comments of all lines.
pub(super) fn align(tokens: &mut [Token], lines: &[Line], text: &str) {
    runs(tokens, lines, text, |line| line.assign.clone(), |line| line.lead.clone());
    runs(tokens, lines, text, |line| line.comment.clone(), |line| line.lead.start..line.assign.end);
}

/// Aligns the cell `of` behind everything that is `before` it.
fn runs(
    tokens: &mut [Token],
    lines: &[Line],
    text: &str,
    of: impl Fn(&Line) -> Range<usize>,
    before: impl Fn(&Line) -> Range<usize>,
) {
    for run in lines.chunk_by(|one, next| of(one).is_empty() == of(next).is_empty()) {
        if run.iter().any(|line| of(line).is_empty()) {
            continue;
        }
        let widths: Vec<u32> = run.iter().map(|line| columns(&tokens[before(line)], text)).collect();
        let widest = widths.iter().copied().max().unwrap_or(0);
        for (line, width) in run.iter().zip(widths) {
            tokens[of(line).start].spaces = widest - width + 1;
        }
    }
}
