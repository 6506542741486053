//! `regex_replace`.
//!
//! Limits: the compiled pattern and the result are bounded. Matching takes time in proportion to the text and to the
//! compiled pattern, so both count as work; the last pattern is kept for the next call.

use std::cell::RefCell;
use std::rc::Rc;

use regex::{Regex, RegexBuilder};

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, text};
use crate::values::Value;

/// Bytes of a compiled pattern, and how much more work such a pattern is than reading the text once.
const SIZES: [(usize, u64); 3] = [(16 << 10, 4), (64 << 10, 32), (256 << 10, 256)];
/// Compiling takes as long as this many evaluated expressions for each unit of work.
const STEPS: u64 = 16;

/// A compiled pattern and the work that matching is.
#[derive(Clone)]
pub(crate) struct Pattern {
    text: Rc<str>,
    regex: Regex,
    work: u64,
}

/// The pattern of the last call.
pub(crate) type LastPattern = RefCell<Option<Pattern>>;

pub(super) fn regex_replace(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let (text, pattern, replacement) = (text(args, 0), text(args, 1), text(args, 2));
    let pattern = compiled(context, &pattern)?;
    context.work((text.len() as u64).saturating_mul(pattern.work))?;
    let mut result = String::new();
    let mut end = 0;
    for found in pattern.regex.captures_iter(&text) {
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

fn compiled(context: &FunctionContext<'_>, text: &Rc<str>) -> Result<Pattern, FunctionError> {
    let mut last = context.environment.last_pattern.borrow_mut();
    if let Some(pattern) = last.as_ref().filter(|pattern| pattern.text == *text) {
        return Ok(pattern.clone());
    }
    let most = context.budget.limits().regex_bytes;
    let mut problem = None;
    for (size, work) in SIZES.into_iter().filter(|&(size, _)| size <= most) {
        context.effort(work * STEPS)?;
        match RegexBuilder::new(text).size_limit(size).dfa_size_limit(most).build() {
            Ok(regex) => {
                let pattern = Pattern { text: Rc::clone(text), regex, work };
                return Ok(last.insert(pattern).clone());
            }
            Err(error @ regex::Error::CompiledTooBig(_)) => problem = Some(error),
            Err(error) => return Err(FunctionError::Argument(1, error.to_string())),
        }
    }
    let detail = problem.map_or_else(|| "the pattern is too large".to_owned(), |error| error.to_string());
    Err(FunctionError::Argument(1, detail))
}
