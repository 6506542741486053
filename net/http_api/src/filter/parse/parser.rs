//! The parser's state, and the small steps that the grammar is written in.
//!
//! Purpose: alternatives that go back on failure, bounded depth, words and white space.
//! Limits: see the parent.

use crate::filter::error::ParseError;
use crate::filter::scan::Scanner;
use crate::filter::syntax::Expression;
use crate::filter::{MAX_DEPTH, MAX_LEN};

/// A place that does not fit (go back and try the next alternative), or an error that ends the parse.
pub(super) enum Miss {
    Here,
    Fatal(ParseError),
}

pub(super) type Parsed<T> = Result<T, Miss>;

/// Reads an expression.
pub(in crate::filter) fn parse(text: &str) -> Result<Expression, ParseError> {
    if text.len() > MAX_LEN {
        return Err(ParseError::Limit(format!("the expression is longer than {MAX_LEN} bytes")));
    }
    let mut parser = Parser { scanner: Scanner::new(text), depth: 0 };
    match parser.input() {
        Ok(expression) => Ok(expression),
        Err(Miss::Here) => Err(ParseError::Syntax(parser.scanner.no_match())),
        Err(Miss::Fatal(error)) => Err(error),
    }
}

pub(super) struct Parser<'a> {
    pub(super) scanner: Scanner<'a>,
    depth: usize,
}

impl Parser<'_> {
    fn input(&mut self) -> Parsed<Expression> {
        self.scanner.maybe_space();
        let expression = self.or()?;
        self.scanner.maybe_space();
        if self.scanner.end() { Ok(expression) } else { Err(Miss::Here) }
    }

    /// Runs an alternative; `None`, and back where it began, when it does not fit.
    pub(super) fn attempt<T>(
        &mut self,
        alternative: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<Option<T>> {
        let start = self.scanner.position();
        match alternative(self) {
            Ok(found) => Ok(Some(found)),
            Err(Miss::Here) => {
                self.scanner.go_back(start);
                Ok(None)
            }
            Err(fatal) => Err(fatal),
        }
    }

    pub(super) fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == MAX_DEPTH {
            let text = format!("the expression is nested more than {MAX_DEPTH} deep");
            return Err(Miss::Fatal(ParseError::Limit(text)));
        }
        self.depth += 1;
        let found = inner(self);
        self.depth -= 1;
        found
    }

    pub(super) fn needs(&mut self, literal: &str) -> Parsed<()> {
        if self.scanner.literal(literal) { Ok(()) } else { Err(Miss::Here) }
    }

    pub(super) fn needs_space(&mut self) -> Parsed<()> {
        if self.scanner.space() { Ok(()) } else { Err(Miss::Here) }
    }

    pub(super) fn spaced(&mut self, word: &str) -> Parsed<()> {
        self.needs_space()?;
        self.needs(word)
    }

    pub(super) fn words(&mut self, words: &[&str]) -> Parsed<()> {
        words.iter().try_for_each(|word| self.spaced(word))
    }

    pub(super) fn words_before_value(&mut self, words: &[&str]) -> Parsed<()> {
        self.words(words)?;
        self.needs_space()
    }

    pub(super) fn symbol(&mut self, symbol: &str) -> Parsed<()> {
        self.scanner.maybe_space();
        self.needs(symbol)?;
        self.scanner.maybe_space();
        Ok(())
    }

    pub(super) fn fatal(&self, position: usize, rule: &str, text: &str) -> Miss {
        Miss::Fatal(ParseError::Syntax(format!("{}: rule {rule:?}: {text}", self.scanner.locate(position))))
    }
}
