//! Path patterns of `fileset`: `*`, `?`, `[a-z]`, `{a,b}` and `**`.
//!
//! Limits: a pattern becomes one bounded regular expression; matching is linear.

use regex::{Regex, RegexBuilder};

const MOST_PATTERN: usize = 1_000;

/// A compiled pattern.
pub(super) struct Glob {
    regex: Regex,
}

impl Glob {
    pub(super) fn parse(pattern: &str) -> Result<Glob, String> {
        if pattern.len() > MOST_PATTERN {
            return Err(format!("the pattern is longer than {MOST_PATTERN} bytes"));
        }
        let mut expression = String::from("^");
        let mut chars = pattern.chars().peekable();
        let mut alternatives = 0usize;
        while let Some(char) = chars.next() {
            match char {
                '*' if chars.next_if_eq(&'*').is_some() => {
                    let whole_segments = chars.next_if_eq(&'/').is_some();
                    expression.push_str(if whole_segments { "(?:.*/)?" } else { ".*" });
                }
                '*' => expression.push_str("[^/]*"),
                '?' => expression.push_str("[^/]"),
                '[' => class(&mut chars, &mut expression)?,
                '{' => {
                    alternatives += 1;
                    expression.push_str("(?:");
                }
                '}' if alternatives > 0 => {
                    alternatives -= 1;
                    expression.push(')');
                }
                ',' if alternatives > 0 => expression.push('|'),
                '\\' => {
                    let Some(escaped) = chars.next() else {
                        return Err("the pattern ends in a backslash".to_owned());
                    };
                    expression.push_str(&regex::escape(&escaped.to_string()));
                }
                other => expression.push_str(&regex::escape(&other.to_string())),
            }
        }
        expression.push('$');
        let built = RegexBuilder::new(&expression).size_limit(1 << 20).build();
        built.map(|regex| Glob { regex }).map_err(|_| "syntax error in pattern".to_owned())
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        self.regex.is_match(path)
    }
}

fn class(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    expression: &mut String,
) -> Result<(), String> {
    expression.push('[');
    if chars.next_if(|char| matches!(char, '^' | '!')).is_some() {
        expression.push('^');
    }
    for char in chars.by_ref() {
        match char {
            ']' => {
                expression.push(']');
                return Ok(());
            }
            '[' | '&' | '~' | '\\' => expression.extend(['\\', char]),
            other => expression.push(other),
        }
    }
    Err("syntax error in pattern: a class is not closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn one_star_stays_in_its_directory_and_two_cross_them() {
        let matches = |pattern: &str, path: &str| Glob::parse(pattern).unwrap().matches(path);
        assert!(matches("*.txt", "note.txt"));
        assert!(!matches("*.txt", "a/note.txt"));
        assert!(matches("**/*.txt", "a/b/note.txt"));
        assert!(matches("{a,b}/?.[hc]", "b/x.c"));
        assert!(Glob::parse("[a").is_err());
    }
}
