//! Expressions: how comparisons are joined, and what they compare.
//!
//! Purpose: the upper half of the grammar.
//! Limits: see the parent; a regular expression is compiled here, within [`MAX_REGEX`] bytes.

use regex::RegexBuilder;

use super::parser::{Miss, Parsed, Parser};
use crate::filter::MAX_REGEX;
use crate::filter::error::ParseError;
use crate::filter::syntax::{Expression, Match, Names, Operator, Selector};

impl Parser<'_> {
    pub(super) fn or(&mut self) -> Parsed<Expression> {
        let mut sides = vec![self.and()?];
        while let Some(side) = self.attempt(|parser| parser.operand("or", Parser::and))? {
            sides.push(side);
        }
        Ok(if sides.len() == 1 { sides.remove(0) } else { Expression::Or(sides) })
    }

    fn and(&mut self) -> Parsed<Expression> {
        let mut sides = vec![self.not()?];
        while let Some(side) = self.attempt(|parser| parser.operand("and", Parser::not))? {
            sides.push(side);
        }
        Ok(if sides.len() == 1 { sides.remove(0) } else { Expression::And(sides) })
    }

    /// Reads `word` and the operand after it.
    fn operand(&mut self, word: &str, operand: fn(&mut Self) -> Parsed<Expression>) -> Parsed<Expression> {
        self.spaced(word)?;
        self.needs_space()?;
        operand(self)
    }

    fn not(&mut self) -> Parsed<Expression> {
        let negation = self.attempt(|parser| {
            parser.needs("not")?;
            parser.needs_space()?;
            parser.deeper(Parser::not)
        })?;
        match negation {
            Some(inner) => Ok(Expression::Not(Box::new(inner))),
            None => self.group(),
        }
    }

    fn group(&mut self) -> Parsed<Expression> {
        let start = self.scanner.position();
        if !self.scanner.literal("(") {
            return match self.attempt(Parser::collection)? {
                Some(collection) => Ok(collection),
                None => self.comparison(),
            };
        }
        self.scanner.maybe_space();
        let inner = self.deeper(Parser::or)?;
        self.scanner.maybe_space();
        if self.scanner.literal(")") {
            return Ok(inner);
        }
        Err(self.fatal(start, "grouping", "Unmatched parentheses"))
    }

    fn collection(&mut self) -> Parsed<Expression> {
        let any = if self.scanner.literal("all") {
            false
        } else {
            self.needs("any")?;
            true
        };
        self.needs_space()?;
        let selector = self.selector()?;
        self.spaced("as")?;
        self.needs_space()?;
        let names = self.names()?;
        self.scanner.maybe_space();
        self.needs("{")?;
        self.scanner.maybe_space();
        let inner = Box::new(self.deeper(Parser::or)?);
        self.scanner.maybe_space();
        self.needs("}")?;
        Ok(Expression::Collection { any, selector, names, inner })
    }

    fn names(&mut self) -> Parsed<Names> {
        let first = self.name()?;
        let second = self.attempt(|parser| {
            parser.scanner.maybe_space();
            parser.needs(",")?;
            parser.scanner.maybe_space();
            parser.name()
        })?;
        Ok(match second {
            Some(second) => Names::Two(first, second),
            None => Names::One(first),
        })
    }

    fn name(&mut self) -> Parsed<String> {
        if self.scanner.literal("_") { Ok("_".to_owned()) } else { self.identifier() }
    }

    fn comparison(&mut self) -> Parsed<Expression> {
        let selected = self.attempt(|parser| {
            let selector = parser.selector()?;
            parser.selected(selector)
        })?;
        let comparison = match selected {
            Some(comparison) => comparison,
            None => self.contained()?,
        };
        Ok(Expression::Match(comparison))
    }

    /// Reads what follows a selector: an operator, and a value unless it needs none.
    fn selected(&mut self, selector: Selector) -> Parsed<Match> {
        for (words, negated) in [(&["=="][..], false), (&["!="], true)] {
            if self.attempt(|parser| parser.symbol(words[0]))?.is_some() {
                let value = self.value()?;
                return Ok(Match { selector, operator: Operator::Equal(value), negated });
            }
        }
        for (words, negated) in [(&["contains"][..], false), (&["not", "contains"], true)] {
            if self.attempt(|parser| parser.words_before_value(words))?.is_some() {
                let value = self.value()?;
                return Ok(Match { selector, operator: Operator::In(value), negated });
            }
        }
        for (words, negated) in [(&["matches"][..], false), (&["not", "matches"], true)] {
            if self.attempt(|parser| parser.words_before_value(words))?.is_some() {
                let operator = Operator::Matches(compile(&self.value()?)?);
                return Ok(Match { selector, operator, negated });
            }
        }
        for (words, nil, negated) in [
            (&["is", "empty"][..], false, false),
            (&["is", "not", "empty"], false, true),
            (&["is", "nil"], true, false),
            (&["is", "not", "nil"], true, true),
        ] {
            if self.attempt(|parser| parser.words(words))?.is_some() {
                let operator = if nil { Operator::Nil } else { Operator::Empty };
                return Ok(Match { selector, operator, negated });
            }
        }
        Err(Miss::Here)
    }

    /// Reads `value in selector`.
    fn contained(&mut self) -> Parsed<Match> {
        let start = self.scanner.position();
        let value = self.value()?;
        let negated = if self.attempt(|parser| parser.words_before_value(&["in"]))?.is_some() {
            false
        } else {
            self.words_before_value(&["not", "in"])?;
            true
        };
        match self.attempt(Parser::selector)? {
            Some(selector) => Ok(Match { selector, operator: Operator::In(value), negated }),
            None => Err(self.fatal(start, "match", "Invalid selector")),
        }
    }
}

fn compile(pattern: &str) -> Parsed<regex::Regex> {
    RegexBuilder::new(pattern)
        .size_limit(MAX_REGEX)
        .dfa_size_limit(MAX_REGEX)
        .nest_limit(100)
        .build()
        .map_err(|error| {
            Miss::Fatal(ParseError::Regex { pattern: pattern.to_owned(), reason: error.to_string() })
        })
}
