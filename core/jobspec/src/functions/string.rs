//! Functions of strings.
//!
//! Limits: lengths and offsets count grapheme clusters, as cty does.

use unicode_segmentation::UnicodeSegmentation;

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, items, text, whole};
use crate::values::{Number, Value};

/// Spaces that `indent` puts before one line at most.
const MOST_INDENT: i64 = 1_000;

pub(super) fn upper(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(Value::string(text(args, 0).to_uppercase()))
}

pub(super) fn lower(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(Value::string(text(args, 0).to_lowercase()))
}

pub(super) fn title(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let mut starts_word = true;
    let mut result = String::new();
    for char in text(args, 0).chars() {
        if starts_word {
            result.extend(char.to_uppercase());
        } else {
            result.push(char);
        }
        starts_word = !(char.is_alphanumeric() || char == '_' || char == '\'');
    }
    Ok(Value::string(result))
}

pub(super) fn trim(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let cut: Vec<char> = text(args, 1).chars().collect();
    Ok(Value::string(text(args, 0).trim_matches(cut.as_slice())))
}

pub(super) fn trimprefix(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let (text, prefix) = (text(args, 0), text(args, 1));
    Ok(Value::string(text.strip_prefix(prefix.as_ref()).unwrap_or(&text)))
}

pub(super) fn trimsuffix(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let (text, suffix) = (text(args, 0), text(args, 1));
    Ok(Value::string(text.strip_suffix(suffix.as_ref()).unwrap_or(&text)))
}

pub(super) fn trimspace(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(Value::string(text(args, 0).trim()))
}

pub(super) fn chomp(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(Value::string(text(args, 0).trim_end_matches(['\n', '\r'])))
}

pub(super) fn indent(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let (spaces, text) = (whole(args, 0)?, text(args, 1));
    if !(0..=MOST_INDENT).contains(&spaces) {
        return Err(FunctionError::Argument(0, format!("must be between 0 and {MOST_INDENT}")));
    }
    let break_and_pad = format!("\n{}", " ".repeat(usize::try_from(spaces).unwrap_or(0)));
    context.room(text.len() + text.matches('\n').count() * break_and_pad.len())?;
    Ok(Value::string(text.replace('\n', &break_and_pad)))
}

pub(super) fn join(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let separator = text(args, 0);
    let mut parts = Vec::new();
    for index in 1..args.len() {
        for item in items(args, index)? {
            let Some(part) = item.to_text() else {
                return Err(FunctionError::Argument(
                    index,
                    "element is null; cannot concatenate null values".to_owned(),
                ));
            };
            context.room(part.len() + separator.len())?;
            parts.push(part);
        }
    }
    Ok(Value::string(parts.join(separator.as_ref())))
}

pub(super) fn split(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let (separator, text) = (text(args, 0), text(args, 1));
    context.room(text.len() * std::mem::size_of::<Value>() / separator.len().max(1))?;
    let parts: Vec<Value> = if separator.is_empty() {
        text.chars().map(|char| Value::string(char.to_string())).collect()
    } else if text.is_empty() {
        vec![Value::string("")]
    } else {
        text.split(separator.as_ref()).map(Value::string).collect()
    };
    Ok(Value::list(parts))
}

pub(super) fn replace(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let (text, from, to) = (text(args, 0), text(args, 1), text(args, 2));
    let found = if from.is_empty() { text.chars().count() + 1 } else { text.matches(from.as_ref()).count() };
    context.room(text.len().saturating_add(found.saturating_mul(to.len())))?;
    Ok(Value::string(text.replace(from.as_ref(), &to)))
}

pub(super) fn reverse(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(Value::string(text(args, 0).graphemes(true).rev().collect::<String>()))
}

pub(super) fn strlen(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(Value::Number(Number::from_usize(text(args, 0).graphemes(true).count())))
}

pub(super) fn substr(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let (text, offset, length) = (text(args, 0), whole(args, 1)?, whole(args, 2)?);
    let count = i64::try_from(text.graphemes(true).count()).unwrap_or(i64::MAX);
    let start = if offset < 0 { (offset + count).max(0) } else { offset.min(count) };
    let end = if length < 0 { count } else { start.saturating_add(length).min(count) };
    let (start, end) = (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0));
    let kept = text.graphemes(true).skip(start).take(end.saturating_sub(start));
    Ok(Value::string(kept.collect::<String>()))
}
