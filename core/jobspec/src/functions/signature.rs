//! What a function takes and how it fails.
//!
//! Limits: describes; `evaluate/call.rs` checks arguments against it.

use std::rc::Rc;

use super::context::FunctionContext;
use crate::values::{Kind, Number, Value};

/// Why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FunctionError {
    /// An argument, counted from 0, is unsuitable.
    Argument(usize, String),
    /// The call as a whole failed.
    Failed(String),
}

impl FunctionError {
    pub(super) fn failed(error: impl std::fmt::Display) -> FunctionError {
        FunctionError::Failed(error.to_string())
    }
}

pub(crate) type FunctionResult = Result<Value, FunctionError>;

/// The type that a parameter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Any,
    /// Any value, and null.
    AnyOrNull,
    String,
    Number,
    ListOfString,
    /// A list whose items have one type, whichever.
    ListOfAny,
}

/// One parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) wanted: Wanted,
}

/// One function of the table.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [Param],
    /// The parameter that takes all further arguments.
    pub(crate) variadic: Option<Param>,
    pub(crate) run: fn(&FunctionContext<'_>, &[Value]) -> FunctionResult,
}

impl Function {
    /// Returns the parameter that the argument at `index` is for.
    pub(crate) fn param(&self, index: usize) -> Option<Param> {
        self.params.get(index).copied().or(self.variadic)
    }
}

impl Wanted {
    pub(crate) fn kind(self) -> Kind {
        match self {
            Wanted::Any | Wanted::AnyOrNull => Kind::Any,
            Wanted::String => Kind::String,
            Wanted::Number => Kind::Number,
            Wanted::ListOfString => Kind::list(Kind::String),
            Wanted::ListOfAny => Kind::list(Kind::Any),
        }
    }
}

/// Returns the text of a converted argument.
pub(super) fn text(args: &[Value], index: usize) -> Rc<str> {
    args.get(index).and_then(Value::to_text).unwrap_or_else(|| Rc::from(""))
}

/// Returns the number of a converted argument.
pub(super) fn number(args: &[Value], index: usize) -> Number {
    match args.get(index) {
        Some(Value::Number(number)) => number.clone(),
        _ => Number::Int(0),
    }
}

/// Returns a converted argument as a whole number.
pub(super) fn whole(args: &[Value], index: usize) -> Result<i64, FunctionError> {
    let argument = || FunctionError::Argument(index, "a whole number is required".to_owned());
    number(args, index).to_i64().ok_or_else(argument)
}

/// Returns the items of a sequence.
pub(super) fn items(args: &[Value], index: usize) -> Result<&[Value], FunctionError> {
    match args.get(index) {
        Some(Value::Sequence(_, items)) => Ok(items),
        Some(other) => {
            let word = other.kind_word();
            Err(FunctionError::Argument(index, format!("list, set or tuple required, but have {word}")))
        }
        None => Ok(&[]),
    }
}
