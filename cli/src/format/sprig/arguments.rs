//! Reading the arguments of a function.
//!
//! Limits: numbers, texts and lists are converted as sprig does it; what cannot be converted is named.

use std::collections::BTreeMap;
use std::sync::Arc;

use gotmpl::{TemplateError, Value};

/// Longest text that a function makes, in bytes.
pub(crate) const MAX_TEXT: usize = 16 << 20;

/// A function over its arguments.
pub(crate) type Function = fn(&Arguments<'_>) -> Result<Value, TemplateError>;

/// The arguments of one call.
#[derive(Clone, Copy)]
pub(crate) struct Arguments<'a> {
    /// Name of the function, without its prefix.
    pub(crate) name: &'static str,
    /// The arguments; what a pipe hands over is the last.
    pub(crate) values: &'a [Value],
}

impl<'a> Arguments<'a> {
    /// An error that names the function.
    pub(crate) fn failed(&self, problem: impl std::fmt::Display) -> TemplateError {
        TemplateError::Exec(format!("sprig_{}: {problem}", self.name))
    }

    /// Returns an argument, counted from 0.
    pub(crate) fn value(&self, at: usize) -> Result<&'a Value, TemplateError> {
        self.values.get(at).ok_or_else(|| self.failed(format!("argument {} is missing", at + 1)))
    }

    /// Returns an argument as text; numbers and others are written as a template writes them.
    pub(crate) fn text(&self, at: usize) -> Result<String, TemplateError> {
        self.value(at).map(text_of)
    }

    /// Returns an argument as a whole number; text is read, what is no number is 0.
    pub(crate) fn int(&self, at: usize) -> Result<i64, TemplateError> {
        self.value(at).map(int_of)
    }

    /// Returns an argument as a number; text is read, what is no number is 0.
    pub(crate) fn float(&self, at: usize) -> Result<f64, TemplateError> {
        self.value(at).map(float_of)
    }

    /// Returns an argument that must be a list.
    pub(crate) fn list(&self, at: usize) -> Result<&'a [Value], TemplateError> {
        match self.value(at)? {
            Value::List(items) => Ok(items),
            Value::Nil => Ok(&[]),
            other => Err(self.failed(format!("{other} is not a list"))),
        }
    }

    /// Returns an argument that must be a map.
    pub(crate) fn map(&self, at: usize) -> Result<&'a BTreeMap<Arc<str>, Value>, TemplateError> {
        match self.value(at)? {
            Value::Map(entries) => Ok(entries),
            other => Err(self.failed(format!("{other} is not a map"))),
        }
    }

    /// Returns the arguments from a place on.
    pub(crate) fn rest(&self, at: usize) -> &'a [Value] {
        self.values.get(at..).unwrap_or_default()
    }

    /// Returns a text as a value, unless it is too long.
    pub(crate) fn answer(&self, text: String) -> Result<Value, TemplateError> {
        self.check_length(text.len())?;
        Ok(Value::String(text.into()))
    }

    /// Refuses a text that would be too long.
    pub(crate) fn check_length(&self, bytes: usize) -> Result<(), TemplateError> {
        if bytes > MAX_TEXT {
            return Err(self.failed(format!("the text has more than {MAX_TEXT} bytes")));
        }
        Ok(())
    }
}

pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Nil => String::new(),
        other => other.to_string(),
    }
}

pub(super) fn int_of(value: &Value) -> i64 {
    match value {
        Value::Bool(set) => i64::from(*set),
        Value::String(text) => text.trim().parse().unwrap_or(0),
        other => other.as_int().unwrap_or(0),
    }
}

pub(super) fn float_of(value: &Value) -> f64 {
    match value {
        Value::Bool(set) => f64::from(*set),
        Value::String(text) => text.trim().parse().unwrap_or(0.0),
        other => other.as_float().unwrap_or(0.0),
    }
}
