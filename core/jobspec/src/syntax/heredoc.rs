//! Gives heredocs another end marker where hcl-edit would take a line of their content for the end.
//!
//! A heredoc ends at a line that holds nothing but its marker. hcl-edit is content with a line that begins with the
//! marker, such as `EOT;` or `EOT > file`. There, a marker of the same length stands in, so that places stay right.
//!
//! Limits: markers of one byte have few substitutes; a heredoc that uses all of them stays as it is.

use std::borrow::Cow;
use std::ops::Range;

use crate::format::heredocs;

/// Letters that substitutes are made of.
const LETTERS: &[u8] = b"QXZJKVWYUHBGPFCMRDLNISTAOE";

/// Returns the text with markers that only the lines that end a heredoc begin with.
pub(super) fn settle_markers(text: &str) -> Cow<'_, str> {
    if !text.contains("<<") {
        return Cow::Borrowed(text);
    }
    let mut settled = Cow::Borrowed(text);
    for heredoc in heredocs(text) {
        let marker = &text[heredoc.marker.clone()];
        let ends = |line: &str| line.trim_start_matches([' ', '\t']).starts_with(marker);
        let content = &text[heredoc.content];
        if !content.lines().any(ends) {
            continue;
        }
        if let Some(letter) = substitute(content, marker.len()) {
            let name = char::from(letter).to_string().repeat(marker.len());
            let text = settled.to_mut();
            replace(text, heredoc.marker, &name);
            replace(text, heredoc.end_marker, &name);
        }
    }
    settled
}

/// Returns a letter that no line of the content begins with that often.
fn substitute(content: &str, length: usize) -> Option<u8> {
    let begins = |letter: u8| {
        content.lines().any(|line| {
            let line = line.trim_start().as_bytes();
            line.len() >= length && line.iter().take(length).all(|&byte| byte == letter)
        })
    };
    LETTERS.iter().copied().find(|&letter| !begins(letter))
}

fn replace(text: &mut String, range: Range<usize>, name: &str) {
    debug_assert_eq!(range.len(), name.len(), "places stay");
    text.replace_range(range, name);
}
