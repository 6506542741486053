//! A coarse scan of HCL text that does not parse: words, brackets, strings, lines.
//!
//! Limits: used after a syntax error only, to find where items end and what is not closed. It knows
//! strings, templates, heredocs and comments, and nothing of grammar.

use std::ops::Range;

/// Levels of strings within templates within strings that are followed.
const MOST_NESTING: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    Open,
    Close,
    /// A whole quoted string or heredoc.
    Text,
    Newline,
    Other(u8),
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) range: Range<usize>,
}

#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) tokens: Vec<Token>,
    /// Where a quoted string runs into the end of its line.
    pub(super) broken_string: Option<usize>,
}

/// Scans the whole text.
pub(super) fn scan(text: &str) -> Scan {
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let kind = match bytes[at] {
            b' ' | b'\t' | b'\r' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = line_end(bytes, at);
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = line_end(bytes, at);
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = text[at..].find("*/").map_or(bytes.len(), |end| at + end + 2);
                continue;
            }
            b'\n' => {
                at += 1;
                TokenKind::Newline
            }
            b'"' => {
                at = match skip_quoted(bytes, at + 1, 0) {
                    Ok(end) => end,
                    Err(broken) => {
                        scan.broken_string.get_or_insert(broken);
                        broken
                    }
                };
                TokenKind::Text
            }
            b'<' if bytes.get(at + 1) == Some(&b'<') => {
                at = skip_heredoc(text, at);
                TokenKind::Text
            }
            b'{' | b'[' | b'(' => {
                at += 1;
                TokenKind::Open
            }
            b'}' | b']' | b')' => {
                at += 1;
                TokenKind::Close
            }
            byte if is_word(byte) => {
                at += bytes[at..].iter().take_while(|&&byte| is_word(byte) || byte == b'-').count();
                TokenKind::Word
            }
            byte => {
                at += 1;
                TokenKind::Other(byte)
            }
        };
        scan.tokens.push(Token { kind, range: start..at });
    }
    scan
}

/// Returns the ranges of the top-level items: each ends at a line end outside all brackets.
pub(super) fn split_items(text: &str) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for token in scan(text).tokens {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            TokenKind::Newline if depth == 0 => {
                items.push(start..token.range.end);
                start = token.range.end;
            }
            TokenKind::Newline | TokenKind::Word | TokenKind::Text | TokenKind::Other(_) => {}
        }
    }
    items.push(start..text.len());
    items.retain(|item| !text[item.clone()].trim().is_empty());
    items
}

/// Returns the place of the first object constructor with more than `most` entries.
///
/// The parser looks at all earlier keys of an object for each key, which takes minutes for a hundred thousand.
pub(super) fn crowded_object(text: &str, most: usize) -> Option<Range<usize>> {
    /// An open bracket; blocks are not objects.
    struct Open {
        at: Range<usize>,
        is_object: bool,
        entries: usize,
    }
    // An entry is at least a key, an equals sign, a value and what ends it.
    if text.len() < most.saturating_mul(4) {
        return None;
    }
    let mut open: Vec<Open> = Vec::new();
    let mut before = None;
    for token in scan(text).tokens {
        match token.kind {
            TokenKind::Open => {
                let of_block = matches!(before, Some(TokenKind::Word | TokenKind::Text));
                let is_object = !of_block && text[token.range.clone()].starts_with('{');
                open.push(Open { at: token.range, is_object, entries: 0 });
            }
            TokenKind::Close => {
                open.pop();
            }
            TokenKind::Other(b'=' | b':') => {
                let Some(innermost) = open.last_mut() else { continue };
                innermost.entries += 1;
                if innermost.is_object && innermost.entries > most {
                    return Some(innermost.at.clone());
                }
            }
            TokenKind::Word | TokenKind::Text | TokenKind::Newline | TokenKind::Other(_) => {}
        }
        before = Some(token.kind);
    }
    None
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |end| at + end)
}

/// Returns the end of a quoted string whose content starts at `at`, or where its line ends first.
fn skip_quoted(bytes: &[u8], mut at: usize, depth: usize) -> Result<usize, usize> {
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"$${") || rest.starts_with(b"%%{") {
            at += 3;
        } else if rest.starts_with(b"${") || rest.starts_with(b"%{") {
            at = skip_template(bytes, at + 2, depth + 1)?;
        } else {
            match bytes[at] {
                b'"' => return Ok(at + 1),
                b'\n' => return Err(at),
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
    }
    Err(bytes.len())
}

fn skip_template(bytes: &[u8], mut at: usize, depth: usize) -> Result<usize, usize> {
    let mut open = 1usize;
    while at < bytes.len() && depth < MOST_NESTING {
        match bytes[at] {
            b'"' => at = skip_quoted(bytes, at + 1, depth + 1)?,
            b'{' => {
                open += 1;
                at += 1;
            }
            b'}' => {
                open -= 1;
                at += 1;
                if open == 0 {
                    return Ok(at);
                }
            }
            _ => at += 1,
        }
    }
    Err(at.min(bytes.len()))
}

fn skip_heredoc(text: &str, at: usize) -> usize {
    let rest = &text[at + 2..];
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let Some((marker, _)) = rest.split_once('\n') else { return text.len() };
    let marker = marker.trim();
    let mut offset = text.len() - rest.len();
    for line in rest.split_inclusive('\n') {
        if offset > text.len() - rest.len() && line.trim() == marker {
            return offset + line.trim_end_matches(['\n', '\r']).len();
        }
        offset += line.len();
    }
    text.len()
}
