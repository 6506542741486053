//! The raw parameters of a query string.
//!
//! Purpose: names and values, decoded as Go's `url.Values` does: `+` is a space, a pair with a broken escape or a
//! semicolon is dropped, the first value of a name wins.
//! Limits: keeps the order; looks names up by scanning, queries are short.

use super::scalar::{ScalarError, parse_bool};
use crate::ApiError;

/// Decoded names and values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Decodes a query string (without the question mark).
    #[must_use]
    pub fn parse(query: &str) -> Parameters {
        let pair = |pair: &str| -> Option<(String, String)> {
            if pair.is_empty() || pair.contains(';') {
                return None;
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((percent_decode(name, true)?, percent_decode(value, true)?))
        };
        Parameters(query.split('&').filter_map(pair).collect())
    }

    /// Returns the first value of a name; `Some("")` when it is there without a value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Returns the first value of a name, or the empty text.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Returns all values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Tells whether a name is there at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Reads a boolean; absent or empty is `None`. A bad one is a 500 in Nomad's words.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, ApiError> {
        let value = self.text(name);
        if value.is_empty() {
            return Ok(None);
        }
        parse_bool(value).map(Some).map_err(|error: ScalarError| {
            ApiError::internal(format!("Failed to parse value of \"{name}\" ({value}) as a bool: {error}"))
        })
    }
}

/// Decodes percent escapes; `None` when one is broken or the result is no UTF-8.
pub(crate) fn percent_decode(text: &str, plus_is_space: bool) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' if plus_is_space => b' ',
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_wins_and_broken_pairs_are_dropped() {
        let parameters = Parameters::parse("a=1&a=2&b&c=x+y%2Fz&d=%zz&e;f=1&=7");
        assert_eq!(parameters.get("a"), Some("1"));
        assert_eq!(parameters.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(parameters.get("b"), Some(""));
        assert_eq!(parameters.get("c"), Some("x y/z"));
        assert_eq!(parameters.get("d"), None);
        assert!(!parameters.has("e") && !parameters.has("f"));
    }

    #[test]
    fn a_bad_boolean_is_refused_in_nomads_words() {
        let parameters = Parameters::parse("purge=maybe&global=true&detach=");
        assert_eq!(parameters.boolean("global"), Ok(Some(true)));
        assert_eq!(parameters.boolean("detach"), Ok(None));
        assert_eq!(parameters.boolean("other"), Ok(None));
        let error = parameters.boolean("purge").unwrap_err();
        assert_eq!(error.status(), 500);
        let text = r#"Failed to parse value of "purge" (maybe) as a bool: strconv.ParseBool: parsing "maybe": invalid syntax"#;
        assert_eq!(error.text(), text);
    }
}
