//! The first version of HCL, which agent configurations are written in: keys may be quoted, several items may
//! share a line, a block is an object and its labels nest.
//!
//! Limits: no expressions; strings keep `${…}` as it is; nesting is bounded by [`MAX_DEPTH`].

use super::tree::{Item, Value};
use super::{ConfigError, MAX_DEPTH};

/// Reads a file's text.
pub(super) fn parse(file: &str, text: &str) -> Result<Vec<Item>, ConfigError> {
    let mut reader = Reader { file, text: text.strip_prefix('\u{feff}').unwrap_or(text), at: 0, line: 1 };
    let items = reader.items(0)?;
    if reader.peek().is_some() {
        return Err(reader.error("expected a key"));
    }
    Ok(items)
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    at: usize,
    line: usize,
}

impl Reader<'_> {
    fn error(&self, problem: impl Into<String>) -> ConfigError {
        ConfigError::Syntax { file: self.file.to_owned(), line: self.line, problem: problem.into() }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.rest().chars().next()?;
        self.at += next.len_utf8();
        if next == '\n' {
            self.line += 1;
        }
        Some(next)
    }

    /// The next character that is neither space, comma between items, nor comment.
    fn peek(&mut self) -> Option<char> {
        loop {
            let rest = self.rest();
            if rest.starts_with('#') || rest.starts_with("//") {
                while self.rest().chars().next().is_some_and(|next| next != '\n') {
                    self.bump();
                }
            } else if rest.starts_with("/*") {
                while !self.rest().starts_with("*/") && self.bump().is_some() {}
                self.bump();
                self.bump();
            } else if rest.starts_with(char::is_whitespace) {
                self.bump();
            } else {
                return rest.chars().next();
            }
        }
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.bump();
        }
        found
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Item>, ConfigError> {
        if depth > MAX_DEPTH {
            return Err(self.error(format!("nested more than {MAX_DEPTH} levels deep")));
        }
        let mut items = Vec::new();
        loop {
            while self.eat(',') {}
            match self.peek() {
                None | Some('}') => return Ok(items),
                Some(_) => items.push(self.item(depth)?),
            }
        }
    }

    fn item(&mut self, depth: usize) -> Result<Item, ConfigError> {
        let key = self.key()?;
        let line = self.line;
        if self.eat('=') || self.eat(':') {
            let value = self.value(depth)?;
            return Ok(Item { key, line, value });
        }
        let mut labels = Vec::new();
        while self.peek() != Some('{') {
            if self.peek().is_none() {
                return Err(self.error(format!("expected \"=\" or \"{{\" after \"{key}\"")));
            }
            labels.push((self.key()?, self.line));
        }
        let mut value = self.value(depth + labels.len())?;
        for (label, line) in labels.into_iter().rev() {
            value = Value::Object(vec![Item { key: label, line, value }]);
        }
        Ok(Item { key, line, value })
    }

    fn key(&mut self) -> Result<String, ConfigError> {
        if self.peek() == Some('"') {
            return self.string();
        }
        let name: String =
            self.rest().chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')).collect();
        if name.is_empty() {
            return Err(self.error("expected a key"));
        }
        self.at += name.len();
        Ok(name)
    }

    fn value(&mut self, depth: usize) -> Result<Value, ConfigError> {
        match self.peek() {
            Some('"') => self.string().map(Value::Text),
            Some('<') => self.heredoc().map(Value::Text),
            Some('[') => self.list(depth + 1),
            Some('{') => {
                self.bump();
                let items = self.items(depth + 1)?;
                if self.eat('}') { Ok(Value::Object(items)) } else { Err(self.error("expected \"}\"")) }
            }
            Some(_) => self.word(),
            None => Err(self.error("expected a value")),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, ConfigError> {
        if depth > MAX_DEPTH {
            return Err(self.error(format!("nested more than {MAX_DEPTH} levels deep")));
        }
        self.bump();
        let mut values = Vec::new();
        loop {
            while self.eat(',') {}
            if self.eat(']') {
                return Ok(Value::List(values));
            }
            values.push(self.value(depth)?);
        }
    }

    fn word(&mut self) -> Result<Value, ConfigError> {
        let word: String = self
            .rest()
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.'))
            .collect();
        let value = match word.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => match word.parse() {
                Ok(number) => Value::Number(number),
                Err(_) => return Err(self.error(format!("expected a value, found {:?}", self.first_word()))),
            },
        };
        self.at += word.len();
        Ok(value)
    }

    fn first_word(&self) -> &str {
        self.rest().split_whitespace().next().unwrap_or("")
    }

    fn string(&mut self) -> Result<String, ConfigError> {
        self.bump();
        let mut text = String::new();
        let mut braces = 0_usize;
        loop {
            match self.bump() {
                None | Some('\n') if braces == 0 => return Err(self.error("a string is not closed")),
                None => return Err(self.error("a string is not closed")),
                Some('"') if braces == 0 => return Ok(text),
                Some('\\') if braces == 0 => text.push(self.escape()?),
                Some(other) => {
                    if other == '{' && (braces > 0 || text.ends_with('$')) {
                        braces += 1;
                    } else if other == '}' {
                        braces = braces.saturating_sub(1);
                    }
                    text.push(other);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, ConfigError> {
        match self.bump() {
            Some('n') => Ok('\n'),
            Some('t') => Ok('\t'),
            Some('r') => Ok('\r'),
            Some(same @ ('"' | '\\' | '/')) => Ok(same),
            Some('u') => {
                let digits: String = self.rest().chars().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                self.at += digits.len();
                code.ok_or_else(|| self.error("\\u takes four hexadecimal digits"))
            }
            Some(other) => Err(self.error(format!("unknown escape \\{other}"))),
            None => Err(self.error("a string is not closed")),
        }
    }

    fn heredoc(&mut self) -> Result<String, ConfigError> {
        let head = self.rest().lines().next().unwrap_or("").to_owned();
        let Some(marker) = head.strip_prefix("<<") else { return Err(self.error("expected a value")) };
        let (marker, indented) = marker.strip_prefix('-').map_or((marker, false), |marker| (marker, true));
        let marker = marker.trim().to_owned();
        self.at += head.len();
        self.bump();
        let mut lines = Vec::new();
        loop {
            let line = self.rest().lines().next().unwrap_or("").to_owned();
            if self.rest().is_empty() {
                return Err(self.error(format!("the text up to {marker} does not end")));
            }
            self.at += line.len();
            self.bump();
            if line.trim() == marker {
                let indent =
                    lines.iter().map(|line: &String| line.len() - line.trim_start().len()).min().unwrap_or(0);
                let cut = if indented { indent } else { 0 };
                return Ok(lines.iter().map(|line| format!("{}\n", &line[cut..])).collect());
            }
            lines.push(line);
        }
    }
}
