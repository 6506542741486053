//! `yamlencode`'s text: block style, every string in double quotes or as a literal block.
//!
//! Limits: follows the bounded depth of its argument.

use crate::values::Value;

/// Returns the YAML document of a value.
pub(super) fn write_yaml(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, 0, Place::Line, &mut text);
    text
}

/// What stands before a value on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing: the value starts the line.
    Line,
    /// `key:`; a list or mapping starts on the next line.
    Key,
    /// `-`; a list or mapping goes on in the same line.
    Item,
}

fn write_value(value: &Value, indent: usize, place: Place, text: &mut String) {
    let inline = match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(string) => scalar(string, indent),
        Value::Sequence(_, items) if items.is_empty() => "[]".to_owned(),
        Value::Mapping(_, entries) if entries.is_empty() => "{}".to_owned(),
        Value::Sequence(_, items) => {
            // Lists below a key are not indented further than the key.
            let indent = if place == Place::Key { indent.saturating_sub(2) } else { indent };
            for (at, item) in items.iter().enumerate() {
                lead(at, indent, place, text);
                text.push('-');
                write_value(item, indent + 2, Place::Item, text);
            }
            return;
        }
        Value::Mapping(_, entries) => {
            for (at, (name, value)) in entries.iter().enumerate() {
                lead(at, indent, place, text);
                text.push_str(&quoted(name));
                text.push(':');
                write_value(value, indent + 2, Place::Key, text);
            }
            return;
        }
    };
    if place != Place::Line {
        text.push(' ');
    }
    text.push_str(&inline);
    text.push('\n');
}

/// Starts an entry: on the line of its `-`, or on a line of its own.
fn lead(at: usize, indent: usize, place: Place, text: &mut String) {
    match (at, place) {
        (0, Place::Item) => text.push(' '),
        (0, Place::Key) => {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
        }
        _ => text.push_str(&" ".repeat(indent)),
    }
}

fn scalar(string: &str, indent: usize) -> String {
    let plain_lines =
        string.contains('\n') && !string.starts_with([' ', '\n']) && !string.contains(['\r', '\t', '\0']);
    if !plain_lines {
        return quoted(string);
    }
    let body = string.trim_end_matches('\n');
    let mark = match string.len() - body.len() {
        0 => "|-",
        1 => "|",
        _ => "|+",
    };
    let kept = if mark == "|+" { &string[..string.len() - 1] } else { body };
    let pad = " ".repeat(indent.max(2));
    let lines: Vec<String> = kept
        .split('\n')
        .map(|line| if line.is_empty() { String::new() } else { format!("{pad}{line}") })
        .collect();
    format!("{mark}\n{}", lines.join("\n"))
}

fn quoted(string: &str) -> String {
    let mut quoted = String::from("\"");
    for char in string.chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            char if char.is_control() => quoted.push_str(&format!("\\x{:02X}", u32::from(char))),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}
