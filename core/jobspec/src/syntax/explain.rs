//! Says what a syntax error is about, in the words that HCL users know.
//!
//! Limits: one finding an error; it looks at hcl-edit's message and at a coarse scan of the text.

use std::collections::BTreeMap;

use super::split::{Scan, Token, TokenKind, scan};
use crate::diagnostic::Diagnostic;
use crate::source::SourceMap;
use crate::span::{FileId, Span};

/// Returns the finding for `error`, met in `text`, which starts at `base` in the file.
pub(super) fn explain(
    sources: &SourceMap,
    file: FileId,
    base: usize,
    text: &str,
    error: &hcl_edit::parser::Error,
) -> Diagnostic {
    let scan = scan(text);
    let at = text.floor_char_boundary(error.location().offset());
    let place = |range: std::ops::Range<usize>| Span::new(file, range.start + base..range.end + base);
    let message = error.message();
    if message.contains("redefined attribute") {
        return redefined(sources, &scan, text, at, &place);
    }
    if message.contains("redefined object key") {
        let detail = "This object already has a value for that key.";
        return Diagnostic::error(place(token_at(&scan, text, at)), "Duplicate object key", detail)
            .help("remove one of the two");
    }
    if let Some(broken) = scan.broken_string
        && broken <= at.max(broken.min(text.len().saturating_sub(1)))
    {
        let detail = "Quoted strings may not be split over multiple lines. To produce a multi-line string, \
            either use the \\n escape to represent a newline character or use the \"heredoc\" multi-line \
            template syntax.";
        let end = (broken + 1).min(text.len());
        return Diagnostic::error(place(broken..end), "Invalid multi-line string", detail)
            .label("the string is not closed on this line");
    }
    let unclosed = unclosed_brace(&scan, text);
    if let Some(brace) = unclosed.filter(|_| text[at..].trim().len() <= 1) {
        let detail = "There is no closing brace for this block before the end of the file. This may be \
            caused by incorrect brace nesting elsewhere in this file.";
        return Diagnostic::error(place(brace..brace + 1), "Unclosed configuration block", detail);
    }
    let token = token_at(&scan, text, at);
    if message.starts_with("invalid expression") {
        let detail = "Expected the start of an expression, but found an invalid expression token.";
        return Diagnostic::error(place(token), "Invalid expression", detail);
    }
    if message.contains("invalid block body") && !starts_line(text, at) {
        let detail = "A single-line block definition must end with a closing brace immediately after its \
            single argument definition.";
        return Diagnostic::error(place(token), "Invalid single-argument block definition", detail)
            .help("put each argument on a line of its own");
    }
    if message.starts_with("expected newline or eof") {
        let detail = "An argument definition must end with a newline.";
        return Diagnostic::error(place(token), "Missing newline after argument", detail);
    }
    if message.contains("invalid attribute") {
        let detail = "Expected \"=\" for an argument, or a label or \"{\" for a block.";
        return Diagnostic::error(place(token), "Argument or block definition required", detail);
    }
    Diagnostic::error(place(token), "Invalid syntax", sentence(message))
}

fn sentence(message: &str) -> String {
    let mut chars = message.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).chain(['.']).collect()
}

/// Returns the range of the token at `at`; a character when there is none.
fn token_at(scan: &Scan, text: &str, at: usize) -> std::ops::Range<usize> {
    let found = scan.tokens.iter().find(|token| token.range.start <= at && at < token.range.end);
    match found {
        Some(Token { kind: TokenKind::Word, range }) => range.clone(),
        _ => at..text[at..].chars().next().map_or(at, |char| at + char.len_utf8()),
    }
}

fn starts_line(text: &str, at: usize) -> bool {
    text[..at].rsplit('\n').next().is_none_or(|line| line.trim().is_empty())
}

/// Returns the innermost brace that is never closed.
fn unclosed_brace(scan: &Scan, text: &str) -> Option<usize> {
    let mut open = Vec::new();
    for token in &scan.tokens {
        match token.kind {
            TokenKind::Open => open.push(token.range.start),
            TokenKind::Close => {
                open.pop();
            }
            TokenKind::Word | TokenKind::Text | TokenKind::Newline | TokenKind::Other(_) => {}
        }
    }
    open.into_iter().rev().find(|&at| text.as_bytes()[at] == b'{')
}

fn redefined(
    sources: &SourceMap,
    scan: &Scan,
    text: &str,
    at: usize,
    place: &dyn Fn(std::ops::Range<usize>) -> Span,
) -> Diagnostic {
    let mut bodies: Vec<BTreeMap<&str, std::ops::Range<usize>>> = vec![BTreeMap::new()];
    for pair in scan.tokens.windows(2) {
        match (pair[0].kind, pair[1].kind) {
            (TokenKind::Open, _) => bodies.push(BTreeMap::new()),
            (TokenKind::Close, _) => {
                bodies.pop();
            }
            (TokenKind::Word, TokenKind::Other(b'=')) => {
                let name = &text[pair[0].range.clone()];
                let body = bodies.last_mut();
                let first = body.as_ref().and_then(|body| body.get(name).cloned());
                if pair[0].range.start >= at {
                    return redefinition(sources, name, place(pair[0].range.clone()), first.map(place));
                }
                if let Some(body) = body {
                    body.entry(name).or_insert_with(|| pair[0].range.clone());
                }
            }
            _ => {}
        }
    }
    let end = text[at..].chars().next().map_or(at, |char| at + char.len_utf8());
    redefinition(sources, "", place(at..end), None)
}

fn redefinition(sources: &SourceMap, name: &str, span: Span, first: Option<Span>) -> Diagnostic {
    let before = first.map(|first| format!(" at {}", sources.range_text(first))).unwrap_or_default();
    let detail =
        format!("The argument \"{name}\" was already set{before}. Each argument may be set only once.");
    Diagnostic::error(span, "Attribute redefined", detail).label("set a second time")
}
