//! `csvdecode`: RFC 4180 text with a header line to a list of objects.
//!
//! Limits: every row has as many fields as the header; empty lines are skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, text};
use crate::values::Value;

pub(super) fn csvdecode(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let text = text(args, 0);
    context.room(text.len().saturating_mul(16))?;
    let mut rows = rows(&text)?.into_iter();
    let header: Vec<Rc<str>> = match rows.next() {
        Some(header) => header.into_iter().map(Rc::from).collect(),
        None => return Err(FunctionError::failed("missing header line")),
    };
    let mut known = BTreeSet::new();
    for name in &header {
        if !known.insert(name) {
            return Err(FunctionError::failed(format!("duplicate column name \"{name}\"")));
        }
    }
    let mut objects = Vec::new();
    for (at, row) in rows.enumerate() {
        if row.len() != header.len() {
            return Err(FunctionError::failed(format!("record on line {}: wrong number of fields", at + 2)));
        }
        let entries: BTreeMap<Rc<str>, Value> =
            header.iter().cloned().zip(row.into_iter().map(Value::string)).collect();
        objects.push(Value::object(entries));
    }
    Ok(Value::list(objects))
}

fn rows(text: &str) -> Result<Vec<Vec<String>>, FunctionError> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row: Vec<String> = Vec::new();
    let mut chars = text.chars().peekable();
    while chars.peek().is_some() {
        let (field, ended_by) = field(&mut chars)?;
        row.push(field);
        if ended_by != Some(',') {
            let finished = std::mem::take(&mut row);
            if finished != [""] {
                rows.push(finished);
            }
        } else if chars.peek().is_none() {
            row.push(String::new());
        }
    }
    if !row.is_empty() {
        rows.push(row);
    }
    Ok(rows)
}

/// Reads one field and the character that ends it: a comma, a line break or nothing.
fn field(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
) -> Result<(String, Option<char>), FunctionError> {
    let mut field = String::new();
    let quoted = chars.next_if_eq(&'"').is_some();
    while let Some(char) = chars.next() {
        match char {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if quoted => {
                chars.next_if_eq(&'\r');
                return match chars.next() {
                    ended_by @ (None | Some(',' | '\n')) => Ok((field, ended_by)),
                    Some(_) => Err(FunctionError::failed("extraneous or missing \" in quoted-field")),
                };
            }
            '"' => return Err(FunctionError::failed("bare \" in non-quoted field")),
            ',' | '\n' if !quoted => return Ok((field, Some(char))),
            '\r' if !quoted && chars.peek() == Some(&'\n') => {}
            _ => field.push(char),
        }
    }
    if quoted {
        Err(FunctionError::failed("extraneous or missing \" in quoted-field"))
    } else {
        Ok((field, None))
    }
}
