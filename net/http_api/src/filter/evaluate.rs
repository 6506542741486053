//! Evaluating expressions.
//!
//! Purpose: the meaning of each operator for each type of value.
//! Limits: recursion is as deep as the expression, which the parser bounds.

use serde_json::Value;

use super::error::EvaluateError;
use super::select::{Bindings, Selected, select};
use super::syntax::{Expression, Match, Names, Operator, Selector};
use crate::query::{parse_bool, parse_int};

/// Tells whether a document fits an expression.
pub(super) fn evaluate(expression: &Expression, document: &Value) -> Result<bool, EvaluateError> {
    holds(expression, document, &mut Vec::new())
}

fn holds<'e>(
    expression: &'e Expression,
    document: &Value,
    bindings: &mut Bindings<'e>,
) -> Result<bool, EvaluateError> {
    match expression {
        Expression::And(sides) => {
            for side in sides {
                if !holds(side, document, bindings)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Expression::Or(sides) => {
            for side in sides {
                if holds(side, document, bindings)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Expression::Not(inner) => Ok(!holds(inner, document, bindings)?),
        Expression::Match(comparison) => compare(comparison, document, bindings),
        Expression::Collection { any, selector, names, inner } => {
            for entry in entries(selector, document, bindings, names)? {
                let outer = bindings.len();
                bindings.extend(entry);
                let held = holds(inner, document, bindings);
                bindings.truncate(outer);
                if held? == *any {
                    return Ok(*any);
                }
            }
            Ok(!any)
        }
    }
}

/// Returns the names that each entry of a collection gets.
fn entries<'e>(
    selector: &Selector,
    document: &Value,
    bindings: &Bindings<'e>,
    names: &'e Names,
) -> Result<Vec<Bindings<'e>>, EvaluateError> {
    let collection = match select(selector, document, bindings)? {
        Selected::Value(value) => value,
        Selected::NotPresent => return Ok(Vec::new()),
    };
    let bind = |key: Value, value: &Value, one_is_key: bool| match names {
        Names::One(name) if one_is_key => vec![(name.as_str(), key)],
        Names::One(name) => vec![(name.as_str(), value.clone())],
        Names::Two(first, second) => vec![(first.as_str(), key), (second.as_str(), value.clone())],
    };
    Ok(match collection.as_ref() {
        Value::Array(list) => {
            list.iter().enumerate().map(|(at, value)| bind(Value::from(at), value, false)).collect()
        }
        Value::Object(map) => {
            map.iter().map(|(key, value)| bind(Value::from(key.as_str()), value, true)).collect()
        }
        Value::Null => Vec::new(),
        other => return Err(unfit("any/all", other, selector)),
    })
}

fn compare(comparison: &Match, document: &Value, bindings: &Bindings<'_>) -> Result<bool, EvaluateError> {
    let Match { selector, operator, negated } = comparison;
    let value = match select(selector, document, bindings)? {
        Selected::Value(value) => value,
        // Nothing is empty and nil, and equal to nothing else.
        Selected::NotPresent => return Ok(matches!(operator, Operator::Empty | Operator::Nil) != *negated),
    };
    let held = match operator {
        Operator::Equal(wanted) => equals(&value, wanted, selector)?,
        Operator::In(wanted) => contains(&value, wanted, selector)?,
        Operator::Matches(regex) => match value.as_ref() {
            Value::String(text) => regex.is_match(text),
            Value::Null => false,
            other => return Err(unfit("matches", other, selector)),
        },
        Operator::Empty => match value.as_ref() {
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::Null => true,
            other => return Err(unfit("is empty", other, selector)),
        },
        Operator::Nil => value.is_null(),
    };
    Ok(held != *negated)
}

/// Compares a scalar with a literal, which is read as the scalar's type.
fn equals(value: &Value, wanted: &str, selector: &Selector) -> Result<bool, EvaluateError> {
    match value {
        Value::String(text) => Ok(text == wanted),
        Value::Bool(value) => Ok(*value == parse_bool(wanted)?),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Ok(number == parse_int(wanted)?),
            // Numbers above 2^63 and fractions: read the literal the same way.
            None => Ok(wanted.parse::<f64>().ok() == number.as_f64()),
        },
        Value::Null => Ok(false),
        Value::Array(_) | Value::Object(_) => Err(unfit("equality", value, selector)),
    }
}

/// Looks for a literal in a text, a list or the keys of a map.
fn contains(value: &Value, wanted: &str, selector: &Selector) -> Result<bool, EvaluateError> {
    match value {
        Value::String(text) => Ok(text.contains(wanted)),
        Value::Object(map) => Ok(map.contains_key(wanted)),
        Value::Null => Ok(false),
        Value::Array(list) => {
            for entry in list {
                if equals(entry, wanted, selector)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Bool(_) | Value::Number(_) => Err(unfit("in/contains", value, selector)),
    }
}

fn unfit(operation: &'static str, value: &Value, selector: &Selector) -> EvaluateError {
    let found = match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "slice",
        Value::Object(_) => "map",
    };
    EvaluateError::Operator { operation, found, selector: selector.path.join(".") }
}
