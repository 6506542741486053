//! Terms: selectors and values.
//!
//! Purpose: the lower half of the grammar.
//! Limits: see the parent.

use super::parser::{Miss, Parsed, Parser};
use crate::filter::syntax::Selector;

impl Parser<'_> {
    pub(super) fn selector(&mut self) -> Parsed<Selector> {
        let Some(first) = self.attempt(Parser::identifier)? else { return self.pointer() };
        let mut path = vec![first];
        while let Some(part) = self.attempt(Parser::selector_part)? {
            path.push(part);
        }
        Ok(Selector { path })
    }

    fn selector_part(&mut self) -> Parsed<String> {
        if let Some(field) = self.attempt(|parser| {
            parser.needs(".")?;
            parser.identifier()
        })? {
            return Ok(field);
        }
        if let Some(index) = self.attempt(Parser::index)? {
            return Ok(index);
        }
        self.needs(".")?;
        let start = self.scanner.position();
        self.scanner.classes("[0-9]", |c| c.is_ascii_digit());
        let digits = self.scanner.since(start);
        if digits.is_empty() { Err(Miss::Here) } else { Ok(digits.to_owned()) }
    }

    fn index(&mut self) -> Parsed<String> {
        let start = self.scanner.position();
        self.needs("[")?;
        self.scanner.maybe_space();
        let Some(key) = self.attempt(Parser::string)? else {
            return Err(self.fatal(start, "index", "Invalid index"));
        };
        self.scanner.maybe_space();
        if self.scanner.literal("]") {
            Ok(key)
        } else {
            Err(self.fatal(start, "index", "Unclosed index expression"))
        }
    }

    /// Reads a JSON pointer in quotes.
    fn pointer(&mut self) -> Parsed<Selector> {
        self.needs("\"")?;
        let mut path = Vec::new();
        while self.scanner.literal("/") {
            let start = self.scanner.position();
            self.scanner.classes("[\\pL\\pN-_.~:|]", |c| c.is_alphanumeric() || "-_.~:|".contains(c));
            let part = self.scanner.since(start);
            if part.is_empty() {
                return Err(Miss::Here);
            }
            path.push(part.replace("~1", "/").replace("~0", "~"));
        }
        self.needs("\"")?;
        if path.is_empty() { Err(Miss::Here) } else { Ok(Selector { path }) }
    }

    pub(super) fn identifier(&mut self) -> Parsed<String> {
        let start = self.scanner.position();
        if !self.scanner.class("[a-zA-Z]", |c| c.is_ascii_alphabetic()) {
            return Err(Miss::Here);
        }
        self.scanner.classes("[a-zA-Z0-9_/]", |c| c.is_ascii_alphanumeric() || c == '_' || c == '/');
        Ok(self.scanner.since(start).to_owned())
    }

    /// Reads a value. A bare selector stands for its own text.
    pub(super) fn value(&mut self) -> Parsed<String> {
        let start = self.scanner.position();
        if let Some(selector) = self.attempt(Parser::selector)? {
            // A quoted pointer is the text between its quotes.
            let text = self.scanner.since(start);
            return Ok(if text.starts_with('"') { selector.pointer() } else { selector.path.join(".") });
        }
        match self.attempt(Parser::number)? {
            Some(number) => Ok(number),
            None => self.string(),
        }
    }

    fn number(&mut self) -> Parsed<String> {
        let start = self.scanner.position();
        self.scanner.literal("-");
        if !self.scanner.literal("0") {
            if !self.scanner.class("[1-9]", |c| matches!(c, '1'..='9')) {
                return Err(Miss::Here);
            }
            self.scanner.classes("[0-9]", |c| c.is_ascii_digit());
        }
        let fraction = self.scanner.position();
        if self.scanner.literal(".") {
            let digits = self.scanner.position();
            self.scanner.classes("[0-9]", |c| c.is_ascii_digit());
            if self.scanner.position() == digits {
                self.scanner.go_back(fraction);
            }
        }
        let number = self.scanner.since(start).to_owned();
        let after = self.scanner.position();
        let bounded = self.scanner.space()
            || self.scanner.end()
            || self.scanner.literal(")")
            || self.scanner.literal("}");
        self.scanner.go_back(after);
        if bounded { Ok(number) } else { Err(self.fatal(start, "number", "Invalid number literal")) }
    }

    fn string(&mut self) -> Parsed<String> {
        let start = self.scanner.position();
        let raw = self.scanner.literal("`");
        if !raw && !self.scanner.literal("\"") {
            return Err(Miss::Here);
        }
        let inner = self.scanner.position();
        self.scanner.classes(if raw { "[^`]" } else { "[^\"]" }, |c| if raw { c != '`' } else { c != '"' });
        while !raw && self.scanner.since(inner).ends_with('\\') && !ends_escaped(self.scanner.since(inner)) {
            if !self.scanner.literal("\"") {
                break;
            }
            self.scanner.classes("[^\"]", |c| c != '"');
        }
        let text = self.scanner.since(inner);
        if !self.scanner.literal(if raw { "`" } else { "\"" }) {
            return Err(self.fatal(start, "string", "Unterminated string literal"));
        }
        if raw {
            return Ok(text.to_owned());
        }
        serde_json::from_str(&format!("\"{text}\""))
            .map_err(|_| self.fatal(start, "string", "invalid syntax"))
    }
}

/// Tells whether the last backslash of a text is itself escaped.
fn ends_escaped(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0
}
