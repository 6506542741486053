//! Reads the JSON form of HCL with the place of every value.
//!
//! Limits: nesting is bounded by [`Limits`](crate::Limits); strings with `${` or `%{` are templates.

use std::rc::Rc;

use hcl_edit::parser::parse_template;

use super::lower::{Lowering, Places};
use super::lower_template::{Quoting, lower_template};
use super::tree::{Expr, ExprKind, ObjectItem};
use crate::diagnostic::{Diagnostic, Failed, Report};
use crate::limits::Budget;
use crate::source::SourceMap;
use crate::span::{FileId, Span};
use crate::values::Number;

/// Reads the whole file as one JSON value.
pub(super) fn read_json(
    sources: &SourceMap,
    file: FileId,
    budget: &Budget,
    report: &Report,
) -> Result<Expr, Failed> {
    let text = sources.text(file);
    let mut reader = JsonReader { text, at: 0, file, report, most_depth: budget.limits().nesting, depth: 0 };
    let value = reader.value()?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.fail("Unexpected text after the JSON value."));
    }
    Ok(value)
}

struct JsonReader<'a> {
    text: &'a str,
    at: usize,
    file: FileId,
    report: &'a Report,
    most_depth: usize,
    depth: usize,
}

impl JsonReader<'_> {
    fn fail(&self, detail: &str) -> Failed {
        let end = self.text[self.at..].chars().next().map_or(self.at, |char| self.at + char.len_utf8());
        let span = Span::new(self.file, self.at..end);
        self.report.fail(Diagnostic::error(span, "Invalid JSON", detail))
    }

    fn space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{feff}']).len();
    }

    fn peek(&mut self) -> Option<u8> {
        self.space();
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self) -> Result<Expr, Failed> {
        let next = self.peek();
        let start = self.at;
        let kind = match next {
            Some(b'{') => return self.nested(JsonReader::object),
            Some(b'[') => return self.nested(JsonReader::array),
            Some(b'"') => return self.string_value(),
            Some(b'-' | b'0'..=b'9') => {
                let rest = &self.text[self.at..];
                let end = rest.find(|char: char| !matches!(char, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
                let digits = &rest[..end.unwrap_or(rest.len())];
                let Some(number) = Number::parse(digits) else { return Err(self.fail("Invalid number.")) };
                self.at += digits.len();
                ExprKind::Number(number)
            }
            _ => {
                let words = [
                    ("true", ExprKind::Bool(true)),
                    ("false", ExprKind::Bool(false)),
                    ("null", ExprKind::Null),
                ];
                let rest = &self.text[self.at..];
                let Some((word, kind)) = words.into_iter().find(|(word, _)| rest.starts_with(word)) else {
                    return Err(self.fail("Expected a JSON value."));
                };
                self.at += word.len();
                kind
            }
        };
        Ok(Expr { kind, span: Span::new(self.file, start..self.at) })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Expr, Failed>) -> Result<Expr, Failed> {
        if self.depth >= self.most_depth {
            return Err(self.fail("The JSON values are nested too deeply."));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Expr, Failed> {
        let start = self.at;
        self.at += 1;
        let mut items = Vec::new();
        while !self.take(b'}') {
            if !items.is_empty() && !self.take(b',') {
                return Err(self.fail("Expected \",\" or \"}\"."));
            }
            if self.peek() != Some(b'"') {
                return Err(self.fail("Expected a property name in quotes."));
            }
            let name_start = self.at;
            let (name, _) = self.string()?;
            let span = Span::new(self.file, name_start..self.at);
            if !self.take(b':') {
                return Err(self.fail("Expected \":\" after a property name."));
            }
            let key = Expr { kind: ExprKind::String(Rc::from(name.as_str())), span };
            items.push(ObjectItem { key, value: self.value()? });
        }
        Ok(Expr { kind: ExprKind::Object(items), span: Span::new(self.file, start..self.at) })
    }

    fn array(&mut self) -> Result<Expr, Failed> {
        let start = self.at;
        self.at += 1;
        let mut items = Vec::new();
        while !self.take(b']') {
            if !items.is_empty() && !self.take(b',') {
                return Err(self.fail("Expected \",\" or \"]\"."));
            }
            items.push(self.value()?);
        }
        Ok(Expr { kind: ExprKind::Tuple(items), span: Span::new(self.file, start..self.at) })
    }

    fn string_value(&mut self) -> Result<Expr, Failed> {
        let start = self.at;
        let (text, escaped) = self.string()?;
        let span = Span::new(self.file, start..self.at);
        if !text.contains("${") && !text.contains("%{") {
            return Ok(Expr { kind: ExprKind::String(Rc::from(text.as_str())), span });
        }
        match parse_template(&text) {
            Ok(template) => {
                let places = if escaped { Places::Fixed(span) } else { Places::Shifted(start + 1) };
                let lowering = Lowering { file: self.file, text: &text, places, report: self.report };
                Ok(lower_template(&lowering, template, span, Quoting::Quoted))
            }
            Err(error) => {
                let detail = format!("The template in this string does not parse: {}.", error.message());
                Err(self.report.fail(Diagnostic::error(span, "Invalid template", detail)))
            }
        }
    }

    /// Reads a string; the flag says whether it has escapes.
    fn string(&mut self) -> Result<(String, bool), Failed> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut end = start + 1;
        let mut escaped = false;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    end += 2;
                }
                Some(_) => end += 1,
                None => return Err(self.fail("This string is not closed.")),
            }
        }
        let Some(quoted) = self.text.get(start..=end) else { return Err(self.fail("Invalid string.")) };
        let Ok(text) = serde_json::from_str::<String>(quoted) else {
            return Err(self.fail("Invalid string."));
        };
        self.at = end + 1;
        Ok((text, escaped))
    }
}
