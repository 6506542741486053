//! Reading expressions.
//!
//! Purpose: the grammar.
//!
//! ```text
//! or       = and { space "or" space and }
//! and      = not { space "and" space not }
//! not      = "not" space not | "(" or ")" | collection | match
//! collection = ("any" | "all") space selector space "as" space names "{" or "}"
//! match    = selector ("==" | "!=" | "contains" | "matches" …) value
//!          | selector "is" ["not"] ("empty" | "nil") | value ["not"] "in" selector
//! selector = ident { "." ident | "." digits | "[" string "]" } | '"' pointer '"'
//! value    = selector | number | string
//! ```
//!
//! Limits: alternatives are tried in order and go back on failure, at most three deep at a place, so the time is
//! linear in the length.

use regex::RegexBuilder;

use super::error::ParseError;
use super::scan::Scanner;
use super::syntax::{Expression, Match, Names, Operator, Selector};
use super::{MAX_DEPTH, MAX_LEN, MAX_REGEX};

/// A place that does not fit (go back and try the next alternative), or an error that ends the parse.
enum Miss {
    Here,
    Fatal(ParseError),
}

type Parsed<T> = Result<T, Miss>;

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Expression, ParseError> {
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

struct Parser<'a> {
    scanner: Scanner<'a>,
    depth: usize,
}

impl Parser<'_> {
    fn input(&mut self) -> Parsed<Expression> {
        self.scanner.maybe_space();
        let expression = self.or()?;
        self.scanner.maybe_space();
        if self.scanner.end() { Ok(expression) } else { Err(Miss::Here) }
    }

    fn or(&mut self) -> Parsed<Expression> {
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

    fn selector(&mut self) -> Parsed<Selector> {
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

    fn identifier(&mut self) -> Parsed<String> {
        let start = self.scanner.position();
        if !self.scanner.class("[a-zA-Z]", |c| c.is_ascii_alphabetic()) {
            return Err(Miss::Here);
        }
        self.scanner.classes("[a-zA-Z0-9_/]", |c| c.is_ascii_alphanumeric() || c == '_' || c == '/');
        Ok(self.scanner.since(start).to_owned())
    }

    /// Reads a value. A bare selector stands for its own text.
    fn value(&mut self) -> Parsed<String> {
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

    /// Runs an alternative; `None`, and back where it began, when it does not fit.
    fn attempt<T>(&mut self, alternative: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<Option<T>> {
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

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == MAX_DEPTH {
            let text = format!("the expression is nested more than {MAX_DEPTH} deep");
            return Err(Miss::Fatal(ParseError::Limit(text)));
        }
        self.depth += 1;
        let found = inner(self);
        self.depth -= 1;
        found
    }

    fn needs(&mut self, literal: &str) -> Parsed<()> {
        if self.scanner.literal(literal) { Ok(()) } else { Err(Miss::Here) }
    }

    fn needs_space(&mut self) -> Parsed<()> {
        if self.scanner.space() { Ok(()) } else { Err(Miss::Here) }
    }

    fn spaced(&mut self, word: &str) -> Parsed<()> {
        self.needs_space()?;
        self.needs(word)
    }

    fn words(&mut self, words: &[&str]) -> Parsed<()> {
        words.iter().try_for_each(|word| self.spaced(word))
    }

    fn words_before_value(&mut self, words: &[&str]) -> Parsed<()> {
        self.words(words)?;
        self.needs_space()
    }

    fn symbol(&mut self, symbol: &str) -> Parsed<()> {
        self.scanner.maybe_space();
        self.needs(symbol)?;
        self.scanner.maybe_space();
        Ok(())
    }

    fn fatal(&self, position: usize, rule: &str, text: &str) -> Miss {
        Miss::Fatal(ParseError::Syntax(format!("{}: rule {rule:?}: {text}", self.scanner.locate(position))))
    }
}

/// Tells whether the last backslash of a text is itself escaped.
fn ends_escaped(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0
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
