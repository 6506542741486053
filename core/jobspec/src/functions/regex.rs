//! `regex_replace`.
//!
//! Limits: the compiled pattern and the result are bounded; matching is linear in the text.

use regex::RegexBuilder;

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, text};
use crate::values::Value;

pub(super) fn regex_replace(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let (text, pattern, replacement) = (text(args, 0), text(args, 1), text(args, 2));
    let size = context.budget.limits().regex_bytes;
    let regex = RegexBuilder::new(&pattern)
        .size_limit(size)
        .dfa_size_limit(size)
        .build()
        .map_err(|error| FunctionError::Argument(1, error.to_string()))?;
    let mut result = String::new();
    let mut end = 0;
    for found in regex.captures_iter(&text) {
        let Some(whole) = found.get(0) else { continue };
        let before = result.len();
        result.push_str(&text[end..whole.start()]);
        found.expand(&replacement, &mut result);
        context.room(result.len() - before)?;
        end = whole.end();
    }
    result.push_str(&text[end..]);
    Ok(Value::string(result))
}
