//! Text to tokens. Every byte is in a token, or is a space before one.
//!
//! Limits: makes tokens of any text; whether they make sense is the parser's business. Templates in strings
//! in templates are followed with a stack of their own, not by recursion.

use super::lexeme::{is_escaped_template, is_word, is_word_start, number_length, opens_template, symbol};
use super::token::{Kind, Token};

/// Cuts a text into tokens; also returns how many spaces end it.
pub(super) fn scan(text: &str) -> (Vec<Token>, u32) {
    let mut scanner = Scanner { text, at: 0, done: 0, modes: Vec::new(), tokens: Vec::new() };
    while scanner.at < text.len() {
        let before = scanner.at;
        match scanner.modes.last().copied() {
            Some(Mode::Quoted) => scanner.quoted(),
            Some(Mode::Heredoc { marker, line_start }) => scanner.heredoc(marker, line_start),
            Some(Mode::Template { .. }) | None => scanner.code(),
        }
        debug_assert!(scanner.at > before || scanner.modes.is_empty(), "a scan goes on");
    }
    let rest = text.len() - scanner.done;
    (scanner.tokens, u32::try_from(rest).unwrap_or(u32::MAX))
}

/// What surrounds the place that is scanned; nothing at the top.
#[derive(Clone, Copy)]
enum Mode<'a> {
    Quoted,
    Heredoc {
        marker: &'a str,
        line_start: bool,
    },
    /// An expression or directive within a text, with the braces that it has opened itself.
    Template {
        braces: usize,
    },
}

struct Scanner<'a> {
    text: &'a str,
    /// The next byte.
    at: usize,
    /// The end of the last token.
    done: usize,
    modes: Vec<Mode<'a>>,
    tokens: Vec<Token>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Adds the next `bytes` bytes as a token.
    fn push(&mut self, kind: Kind, bytes: usize) {
        let place = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let (start, end) = (self.at, self.at + bytes);
        self.tokens.push(Token {
            kind,
            start: place(start),
            end: place(end),
            spaces: place(start) - place(self.done),
        });
        self.at = end;
        self.done = end;
    }

    /// Scans one token of an expression or body.
    fn code(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        match first {
            ' ' | '\t' => self.at += 1,
            '\n' => self.push(Kind::Newline, 1),
            '\r' if rest.starts_with("\r\n") => self.push(Kind::Newline, 2),
            '#' => self.line_comment(),
            '/' if rest.starts_with("//") => self.line_comment(),
            '/' if rest.starts_with("/*") => {
                let end = rest[2..].find("*/").map_or(rest.len(), |end| end + 4);
                self.push(Kind::Comment, end);
            }
            '"' => {
                self.push(Kind::OpenQuote, 1);
                self.modes.push(Mode::Quoted);
            }
            '<' if rest.starts_with("<<") => self.open_heredoc(),
            '{' | '}' => self.brace(first),
            '~' if rest.starts_with("~}") && self.ends_template() => self.close_template(2),
            '0'..='9' => self.push(Kind::Number, number_length(rest)),
            first if is_word_start(first) => {
                let end = rest.find(|char| !is_word(char)).unwrap_or(rest.len());
                self.push(Kind::Ident, end);
            }
            _ => {
                let (kind, bytes) = symbol(rest);
                self.push(kind, bytes);
            }
        }
    }

    fn line_comment(&mut self) {
        let rest = self.rest();
        self.push(Kind::Comment, rest.find('\n').map_or(rest.len(), |end| end + 1));
    }

    fn brace(&mut self, brace: char) {
        let ends = self.ends_template();
        match (brace, self.modes.last_mut()) {
            ('}', _) if ends => return self.close_template(1),
            ('{', Some(Mode::Template { braces })) => *braces += 1,
            ('}', Some(Mode::Template { braces })) => *braces = braces.saturating_sub(1),
            _ => {}
        }
        self.push(if brace == '{' { Kind::OpenBrace } else { Kind::CloseBrace }, 1);
    }

    fn ends_template(&self) -> bool {
        matches!(self.modes.last(), Some(Mode::Template { braces: 0 }))
    }

    fn close_template(&mut self, bytes: usize) {
        self.push(Kind::CloseTemplate, bytes);
        self.modes.pop();
    }

    fn open_heredoc(&mut self) {
        let rest = self.rest();
        let line = rest.split_inclusive('\n').next().unwrap_or(rest);
        let marker = line[2..].trim_end_matches(['\n', '\r']);
        let marker = marker.strip_prefix('-').unwrap_or(marker);
        let is_name = marker.starts_with(is_word_start) && marker.chars().all(is_word);
        if is_name && line.ends_with('\n') {
            self.push(Kind::OpenHeredoc, line.len());
            self.modes.push(Mode::Heredoc { marker, line_start: true });
        } else {
            self.push(Kind::Operator, 1);
        }
    }

    /// Scans what follows in a quoted string: its text up to a template or its end.
    fn quoted(&mut self) {
        let rest = self.rest();
        if rest.starts_with('"') {
            self.push(Kind::CloseQuote, 1);
            self.modes.pop();
            return;
        }
        if self.open_template() {
            return;
        }
        let mut end = 0;
        while let Some(next) = rest[end..].chars().next() {
            if next == '"' || opens_template(&rest[end..]) {
                break;
            }
            end += match next {
                '\\' => 1 + rest[end + 1..].chars().next().map_or(0, char::len_utf8),
                '$' | '%' if is_escaped_template(&rest[end..]) => 3,
                _ => next.len_utf8(),
            };
        }
        self.push(Kind::Literal, end);
    }

    /// Scans what follows in a heredoc: one line of it, up to a template or the end marker.
    fn heredoc(&mut self, marker: &'a str, line_start: bool) {
        let rest = self.rest();
        if line_start {
            let line = rest.split_inclusive('\n').next().unwrap_or(rest);
            if line.trim() == marker {
                self.push(Kind::CloseHeredoc, line.trim_end_matches(['\n', '\r']).len());
                self.modes.pop();
                return;
            }
        }
        if self.open_template() {
            if let Some(at) = self.modes.len().checked_sub(2) {
                self.modes[at] = Mode::Heredoc { marker, line_start: false };
            }
            return;
        }
        let mut end = 0;
        while let Some(next) = rest[end..].chars().next().filter(|_| !opens_template(&rest[end..])) {
            end += if is_escaped_template(&rest[end..]) { 3 } else { next.len_utf8() };
            if next == '\n' {
                break;
            }
        }
        let line_start = rest[..end].ends_with('\n');
        self.push(Kind::Literal, end);
        if let Some(mode) = self.modes.last_mut() {
            *mode = Mode::Heredoc { marker, line_start };
        }
    }

    /// Takes `${` or `%{`, with the mark that strips spaces, if it is next.
    fn open_template(&mut self) -> bool {
        let rest = self.rest();
        if !opens_template(rest) {
            return false;
        }
        self.push(Kind::OpenTemplate, if rest[2..].starts_with('~') { 3 } else { 2 });
        self.modes.push(Mode::Template { braces: 0 });
        true
    }
}
