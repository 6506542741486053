//! Strings, names and heredocs.
//!
//! Limits: references that are looked up at run time stay as they are; every other `${` and `%{` is escaped.

/// Returns a quoted string that means `text`.
pub(super) fn quoted(text: &str) -> String {
    quote(text, |rest| match reference_length(rest) {
        Some(bytes) => (rest[..bytes].to_owned(), bytes),
        None => (format!("{}{}", &rest[..1], &rest[..2]), 2),
    })
}

/// Returns a quoted label that means `text`; labels have no templates and no escapes for them.
pub(super) fn label(text: &str) -> String {
    quote(text, |rest| (unicode_escape(rest.chars().next().unwrap_or_default()) + "{", 2))
}

/// Quotes a text; `sequence` writes what opens a template and says how many bytes that took.
fn quote(text: &str, sequence: impl Fn(&str) -> (String, usize)) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let mut taken = next.len_utf8();
        match next {
            '$' | '%' if rest[1..].starts_with('{') => {
                let (written, bytes) = sequence(rest);
                out.push_str(&written);
                taken = bytes;
            }
            // Before another sign that opens a template, this one would be taken for an escape.
            '$' if rest[1..].starts_with("${") => out.push_str(&unicode_escape(next)),
            '%' if rest[1..].starts_with("%{") => out.push_str(&unicode_escape(next)),
            '"' | '\\' => out.extend(['\\', next]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            next if next.is_control() || is_separator(next) => out.push_str(&unicode_escape(next)),
            next => out.push(next),
        }
        rest = &rest[taken..];
    }
    out.push('"');
    out
}

fn unicode_escape(char: char) -> String {
    format!("\\u{:04x}", u32::from(char))
}

/// Returns a heredoc that means `text`, where that reads better and is safe: several whole lines without
/// characters that would have to be escaped.
pub(super) fn heredoc(text: &str) -> Option<String> {
    let body = text.strip_suffix('\n')?;
    let plain = |char: char| char == '\n' || char == '\t' || !(char.is_control() || is_separator(char));
    if !body.contains('\n') || !text.chars().all(plain) {
        return None;
    }
    // Some parsers take any line that starts with the marker for the end.
    let free = |marker: &&str| text.lines().all(|line| !line.trim_start().starts_with(*marker));
    let marker = ["EOT", "END", "EOF"].into_iter().find(free)?;
    let mut out = format!("<<{marker}\n");
    let mut rest = text;
    while let Some(at) = rest.find(['$', '%']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let reference = reference_length(from);
        let taken = match reference {
            Some(bytes) => {
                out.push_str(&from[..bytes]);
                bytes
            }
            None if from[1..].starts_with('{') => {
                out.push_str(&from[..1]);
                out.push_str(&from[..2]);
                2
            }
            // In a heredoc nothing tells this sign from an escape.
            None if from.starts_with("$${") || from.starts_with("%%{") => return None,
            None => {
                out.push_str(&from[..1]);
                1
            }
        };
        rest = &from[taken..];
    }
    out.push_str(rest);
    out.push_str(marker);
    Some(out)
}

/// Says whether a text can stand as the name of an attribute or block.
pub(super) fn is_name(text: &str) -> bool {
    let start = |char: char| char.is_ascii_alphabetic() || char == '_';
    text.starts_with(start) && text.chars().all(|char| start(char) || char.is_ascii_digit() || char == '-')
}

/// Returns the key of an object: bare where it is a plain name, else quoted.
pub(super) fn key(text: &str) -> String {
    let word = ["for", "if", "in", "null", "true", "false"].contains(&text);
    if is_name(text) && !word { text.to_owned() } else { quoted(text) }
}

/// Line and paragraph separators, which editors take for line ends.
fn is_separator(char: char) -> bool {
    matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Returns the length of the reference `${…}` that `text` starts with, if the parser keeps it as it is: a name
/// that is no variable or local, followed by attributes and literal indexes.
fn reference_length(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("${")?;
    let root = name_length(inner)?;
    if ["var", "local", "true", "false", "null", "for", "if", "in"].contains(&&inner[..root]) {
        return None;
    }
    let mut at = root;
    loop {
        let rest = &inner[at..];
        if rest.starts_with('}') {
            return Some(2 + at + 1);
        }
        at += if let Some(attribute) = rest.strip_prefix('.') {
            1 + name_length(attribute)?
        } else {
            let index = rest.strip_prefix("[\"")?;
            let end = index.find('"')?;
            let literal = |char: char| char.is_ascii_alphanumeric() || "._-/ ".contains(char);
            if !index[..end].chars().all(literal) || !index[end + 1..].starts_with(']') {
                return None;
            }
            2 + end + 2
        };
    }
}

fn name_length(text: &str) -> Option<usize> {
    let end = text.find(|char: char| !(char.is_ascii_alphanumeric() || char == '_' || char == '-'));
    let end = end.unwrap_or(text.len());
    is_name(&text[..end]).then_some(end)
}
