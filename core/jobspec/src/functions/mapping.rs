//! Functions of maps and objects, and access by key.
//!
//! Limits: maps are ordered by key.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, items, text};
use crate::values::{MappingKind, Number, SequenceKind, Value};

fn entries(args: &[Value], index: usize) -> Result<&BTreeMap<Rc<str>, Value>, FunctionError> {
    match args.get(index) {
        Some(Value::Mapping(_, entries)) => Ok(entries),
        other => {
            let word = other.map_or("nothing", Value::kind_word);
            Err(FunctionError::Argument(index, format!("map or object required, but have {word}")))
        }
    }
}

pub(super) fn keys(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(Value::list(entries(args, 0)?.keys().cloned().map(Value::String).collect()))
}

pub(super) fn values(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(Value::tuple(entries(args, 0)?.values().cloned().collect()))
}

pub(super) fn lookup(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let key = text(args, 1);
    if args.len() > 3 {
        return Err(FunctionError::failed("lookup() takes two or three arguments"));
    }
    match (entries(args, 0)?.get(&key), args.get(2)) {
        (Some(value), _) => Ok(value.clone()),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(FunctionError::failed(format!(
            "lookup failed to find key \"{key}\" and no default was given"
        ))),
    }
}

pub(super) fn merge(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let mut merged = BTreeMap::new();
    let mut maps_only = !args.is_empty();
    for index in 0..args.len() {
        if args[index] == Value::Null {
            continue;
        }
        maps_only &= matches!(args[index], Value::Mapping(MappingKind::Map, _));
        let entries = entries(args, index)?;
        context.room(entries.len() * std::mem::size_of::<Value>())?;
        merged.extend(entries.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    Ok(if maps_only { Value::map(merged) } else { Value::object(merged) })
}

pub(super) fn zipmap(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let (keys, values) = (items(args, 0)?, items(args, 1)?);
    if keys.len() != values.len() {
        let message =
            format!("number of keys ({}) does not match number of values ({})", keys.len(), values.len());
        return Err(FunctionError::failed(message));
    }
    let pairs = keys.iter().zip(values).filter_map(|(key, value)| Some((key.to_text()?, value.clone())));
    let zipped: BTreeMap<Rc<str>, Value> = pairs.collect();
    // The values of a list have one type, those of a tuple keep their own.
    let of_list = matches!(args[1], Value::Sequence(SequenceKind::List | SequenceKind::Set, _));
    Ok(if of_list { Value::map(zipped) } else { Value::object(zipped) })
}

/// `index(collection, key)`: element access, as in Nomad; it does not search.
pub(super) fn index(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let missing = || FunctionError::failed("no element with the given key");
    match (args.first(), args.get(1)) {
        (Some(Value::Mapping(..)), Some(key)) => {
            let Value::String(name) = key else {
                return Err(FunctionError::failed("key for map must be string"));
            };
            entries(args, 0)?.get(name).cloned().ok_or_else(missing)
        }
        (Some(Value::Sequence(kind, found)), Some(key)) => {
            let Value::Number(number) = key else {
                let word = if *kind == SequenceKind::Tuple { "tuple" } else { "list" };
                return Err(FunctionError::failed(format!("key for {word} must be number")));
            };
            Number::to_usize(number).and_then(|at| found.get(at)).cloned().ok_or_else(missing)
        }
        (other, _) => {
            let word = other.map_or("nothing", Value::kind_word);
            Err(FunctionError::Argument(0, format!("must be a list, a map or a tuple, but have {word}")))
        }
    }
}
