//! `format` and `formatlist`.
//!
//! Limits: `verb.rs` bounds width and precision; the result counts against the budget.

use super::context::FunctionContext;
use super::json::jsonencode;
use super::signature::{FunctionError, FunctionResult, text};
use super::verb::Verb;
use crate::values::{SequenceKind, Value};

pub(super) fn format(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    format_text(context, &text(args, 0), args.get(1..).unwrap_or(&[])).map(Value::string)
}

pub(super) fn formatlist(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let format = text(args, 0);
    let args = args.get(1..).unwrap_or(&[]);
    let mut length: Option<usize> = None;
    for (index, arg) in args.iter().enumerate() {
        if let Value::Sequence(SequenceKind::List | SequenceKind::Set | SequenceKind::Tuple, items) = arg {
            if length.is_some_and(|length| length != items.len()) {
                let message = format!(
                    "argument {} has length {}, which is inconsistent with argument 1",
                    index + 1,
                    items.len()
                );
                return Err(FunctionError::Argument(index + 1, message));
            }
            length = Some(items.len());
        }
    }
    let mut texts = Vec::new();
    for row in 0..length.unwrap_or(1) {
        let row_args: Vec<Value> = args
            .iter()
            .map(|arg| {
                let Value::Sequence(_, items) = arg else { return arg.clone() };
                items.get(row).cloned().unwrap_or(Value::Null)
            })
            .collect();
        texts.push(Value::string(format_text(context, &format, &row_args)?));
    }
    Ok(Value::list(texts))
}

fn format_text(context: &FunctionContext<'_>, format: &str, args: &[Value]) -> Result<String, FunctionError> {
    let mut result = String::new();
    let mut chars = format.chars().peekable();
    let (mut next, mut used, mut numbered) = (0usize, 0usize, false);
    while let Some(char) = chars.next() {
        if char != '%' {
            result.push(char);
            continue;
        }
        if chars.next_if_eq(&'%').is_some() {
            result.push('%');
            continue;
        }
        let verb = Verb::parse(&mut chars).map_err(|error| FunctionError::Argument(0, error))?;
        if let Some(number) = verb.argument {
            next = number - 1;
            numbered = true;
        }
        let Some(value) = args.get(next) else {
            let message = format!(
                "not enough arguments for \"{}\": need index {next} but have {} total",
                verb.text,
                args.len()
            );
            return Err(FunctionError::failed(message));
        };
        let json = match verb.letter {
            'v' => jsonencode(context, std::slice::from_ref(value))?.to_text().unwrap_or_default(),
            _ => std::rc::Rc::from(""),
        };
        let text = verb.format(value, &json).map_err(|error| FunctionError::Argument(next + 1, error))?;
        context.room(text.len())?;
        result.push_str(&text);
        next += 1;
        used = used.max(next);
    }
    if used < args.len() && !numbered {
        let message = if used == 0 {
            "too many arguments; no verbs in format string".to_owned()
        } else {
            format!("too many arguments; only {used} used by format string")
        };
        return Err(FunctionError::Argument(used + 1, message));
    }
    context.room(result.len())?;
    Ok(result)
}
