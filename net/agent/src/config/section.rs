//! Taking values out of a block by name; what is left over is unknown.

use std::collections::BTreeMap;

use model::Nanos;

use super::ConfigError;
use super::tree::{Item, Value};

/// A block whose values are taken one after another.
pub(super) struct Section<'a> {
    file: &'a str,
    path: String,
    items: Vec<Item>,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    pub(super) fn new(file: &'a str, path: impl Into<String>, items: Vec<Item>) -> Self {
        Self { file, path: path.into(), items, known: Vec::new() }
    }

    /// Takes every value of a key, in order. Key names match in any case.
    fn take(&mut self, key: &'static str) -> Vec<Item> {
        self.known.push(key);
        let (found, rest) =
            std::mem::take(&mut self.items).into_iter().partition(|item| item.key.eq_ignore_ascii_case(key));
        self.items = rest;
        found
    }

    fn last(&mut self, key: &'static str) -> Option<Item> {
        self.take(key).pop().filter(|item| item.value != Value::Null)
    }

    fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn wrong(&self, item: &Item, wanted: &'static str) -> ConfigError {
        ConfigError::WrongType {
            file: self.file.to_owned(),
            line: item.line,
            key: self.name(&item.key),
            wanted,
        }
    }

    pub(super) fn text(&mut self, key: &'static str, into: &mut String) -> Result<(), ConfigError> {
        match self.last(key) {
            None => {}
            Some(Item { value: Value::Text(text), .. }) => *into = text,
            Some(item) => return Err(self.wrong(&item, "a string")),
        }
        Ok(())
    }

    pub(super) fn flag(&mut self, key: &'static str, into: &mut bool) -> Result<(), ConfigError> {
        match self.last(key) {
            None => {}
            Some(Item { value: Value::Bool(flag), .. }) => *into = flag,
            Some(item) => return Err(self.wrong(&item, "true or false")),
        }
        Ok(())
    }

    pub(super) fn number<T: TryFrom<i64>>(
        &mut self,
        key: &'static str,
        wanted: &'static str,
        into: &mut T,
    ) -> Result<(), ConfigError> {
        let Some(item) = self.last(key) else { return Ok(()) };
        let whole = match &item.value {
            #[expect(clippy::cast_possible_truncation, reason = "checked: whole and far below 2^63")]
            Value::Number(number) if number.fract() == 0.0 && number.abs() < 9.0e15 => Some(*number as i64),
            Value::Text(text) => text.parse().ok(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Object(_) => None,
        };
        *into = whole.and_then(|whole| T::try_from(whole).ok()).ok_or_else(|| self.wrong(&item, wanted))?;
        Ok(())
    }

    pub(super) fn duration(&mut self, key: &'static str, into: &mut Nanos) -> Result<(), ConfigError> {
        let Some(item) = self.last(key) else { return Ok(()) };
        let parsed = match &item.value {
            Value::Text(text) => parse_duration(text),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Object(_) => None,
        };
        *into = parsed.ok_or_else(|| self.wrong(&item, "a duration such as \"30s\""))?;
        Ok(())
    }

    pub(super) fn texts(&mut self, key: &'static str) -> Result<Option<Vec<String>>, ConfigError> {
        let Some(item) = self.last(key) else { return Ok(None) };
        let texts = match &item.value {
            Value::List(values) => values
                .iter()
                .map(|value| if let Value::Text(text) = value { Some(text.clone()) } else { None })
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Object(_) => None,
        };
        texts.map(Some).ok_or_else(|| self.wrong(&item, "a list of strings"))
    }

    /// Merges maps of scalars; numbers and truth values become text.
    pub(super) fn map(
        &mut self,
        key: &'static str,
        into: &mut BTreeMap<String, String>,
    ) -> Result<(), ConfigError> {
        for item in self.take(key) {
            let Value::Object(entries) = &item.value else { return Err(self.wrong(&item, "a map")) };
            for entry in entries {
                let text = match &entry.value {
                    Value::Text(text) => text.clone(),
                    Value::Bool(flag) => flag.to_string(),
                    Value::Number(number) => number.to_string(),
                    Value::Null | Value::List(_) | Value::Object(_) => {
                        return Err(self.wrong(entry, "a string"));
                    }
                };
                into.insert(entry.key.clone(), text);
            }
        }
        Ok(())
    }

    /// Takes a block and hands it to `read`, once for each time it was written.
    pub(super) fn block(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'a>) -> Result<(), ConfigError>,
    ) -> Result<(), ConfigError> {
        for item in self.take(key) {
            let bodies = match item.value.clone() {
                Value::Object(items) => vec![items],
                Value::List(values) => values
                    .into_iter()
                    .map(|value| if let Value::Object(items) = value { Some(items) } else { None })
                    .collect::<Option<_>>()
                    .ok_or_else(|| self.wrong(&item, "a block"))?,
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {
                    return Err(self.wrong(&item, "a block"));
                }
            };
            for items in bodies {
                let mut section = Section::new(self.file, self.name(key), items);
                read(&mut section)?;
                section.finish()?;
            }
        }
        Ok(())
    }

    /// Takes labelled blocks and hands each to `read` with its label.
    pub(super) fn named(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&str, &mut Section<'a>) -> Result<(), ConfigError>,
    ) -> Result<(), ConfigError> {
        for item in self.take(key) {
            let Value::Object(named) = &item.value else { return Err(self.wrong(&item, "a labelled block")) };
            for body in named {
                let Value::Object(items) = &body.value else {
                    return Err(self.wrong(&item, "a labelled block"));
                };
                let path = format!("{} \"{}\"", self.name(key), body.key);
                let mut section = Section::new(self.file, path, items.clone());
                read(&body.key, &mut section)?;
                section.finish()?;
            }
        }
        Ok(())
    }

    /// Takes a free-form block as JSON.
    pub(super) fn json(&mut self, key: &'static str) -> Option<serde_json::Value> {
        self.take(key).pop().map(|item| to_json(&item.value))
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        let Some(item) = self.items.first() else { return Ok(()) };
        let hint = nearest(&item.key, &self.known);
        Err(ConfigError::UnknownKey {
            file: self.file.to_owned(),
            line: item.line,
            key: self.name(&item.key),
            hint,
        })
    }
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 9.0e15 => {
            #[expect(clippy::cast_possible_truncation, reason = "checked: whole and far below 2^63")]
            let whole = *number as i64;
            whole.into()
        }
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(values) => values.iter().map(to_json).collect(),
        Value::Object(items) => serde_json::Value::Object(
            items.iter().map(|item| (item.key.clone(), to_json(&item.value))).collect(),
        ),
    }
}

/// The known key that differs least from a word, if it is near enough to be meant.
fn nearest(word: &str, known: &[&str]) -> Option<String> {
    let limit = word.len() / 3 + 1;
    known
        .iter()
        .map(|key| (distance(word, key), *key))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, key)| key.to_owned())
}

/// Edits between two words (Levenshtein 1966).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let cost = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

/// A Go duration: `1h30m`, `250ms`, `1.5s`.
pub(super) fn parse_duration(text: &str) -> Option<Nanos> {
    if text == "0" {
        return Some(Nanos::ZERO);
    }
    let mut total = 0.0_f64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let scale = match &rest[..unit] {
            "ns" => 1.0,
            "us" | "µs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3_600e9,
            _ => return None,
        };
        total += number * scale;
        rest = &rest[unit..];
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked: below the largest i64")]
    (total > 0.0 && total < 9.2e18).then_some(Nanos(total as i64))
}
