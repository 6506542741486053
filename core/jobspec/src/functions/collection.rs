//! Functions of lists, sets and tuples.
//!
//! Limits: `range` makes at most 1,024 numbers; `flatten` follows the bounded depth of its argument.

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, items, number, whole};
use crate::values::{Kind, Number, SequenceKind, Value, convert, unify};

const MOST_RANGE: usize = 1_024;

pub(super) fn length(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let count = match args.first() {
        Some(Value::Sequence(_, items)) => items.len(),
        Some(Value::Mapping(_, entries)) => entries.len(),
        _ => {
            return Err(FunctionError::Argument(0, "collection must be a list, a map or a tuple".to_owned()));
        }
    };
    Ok(Value::Number(Number::from_usize(count)))
}

pub(super) fn coalesce(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let Some(kind) = unify(args.iter()) else {
        return Err(FunctionError::failed("all arguments must have the same type"));
    };
    let found = args.iter().find(|value| **value != Value::Null);
    let value = found.ok_or_else(|| FunctionError::failed("no non-null arguments"))?;
    context.room_for(value)?;
    convert(value, &kind).map_err(FunctionError::failed)
}

pub(super) fn coalescelist(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    for (index, value) in args.iter().enumerate() {
        match value {
            Value::Null => {}
            Value::Sequence(_, items) if items.is_empty() => {}
            Value::Sequence(..) => return Ok(value.clone()),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Mapping(..) => {
                return Err(FunctionError::Argument(
                    index,
                    "coalescelist arguments must be lists or tuples".to_owned(),
                ));
            }
        }
    }
    Err(FunctionError::failed("no non-null or empty-list arguments"))
}

pub(super) fn compact(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let kept = items(args, 0)?.iter().filter(|item| item.to_text().is_some_and(|text| !text.is_empty()));
    Ok(Value::list(kept.cloned().collect()))
}

pub(super) fn concat(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let mut all = Vec::new();
    let mut lists_only = true;
    for index in 0..args.len() {
        let items = items(args, index)?;
        context.room_for(&args[index])?;
        lists_only &= matches!(args[index], Value::Sequence(SequenceKind::List, _));
        all.extend_from_slice(items);
    }
    let unified = if lists_only { unify(all.iter()) } else { None };
    match unified {
        Some(kind) => convert(&Value::tuple(all), &Kind::list(kind)).map_err(FunctionError::failed),
        None => Ok(Value::tuple(all)),
    }
}

pub(super) fn contains(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let found = items(args, 0)?.iter().any(|item| args.get(1) == Some(item));
    Ok(Value::Bool(found))
}

pub(super) fn distinct(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let items = items(args, 0)?;
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|&left, &right| items[left].order(&items[right]).then(left.cmp(&right)));
    order.dedup_by(|next, kept| items[*next] == items[*kept]);
    order.sort_unstable();
    Ok(Value::list(order.into_iter().map(|at| items[at].clone()).collect()))
}

pub(super) fn chunklist(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let items = items(args, 0)?;
    let size = whole(args, 1)?;
    if size < 0 {
        return Err(FunctionError::Argument(1, "the size argument must be positive".to_owned()));
    }
    context.room(std::mem::size_of_val(items) * 2)?;
    let size = if size == 0 { items.len().max(1) } else { usize::try_from(size).unwrap_or(usize::MAX) };
    Ok(Value::list(items.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect()))
}

pub(super) fn element(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let items = items(args, 0)?;
    let index = whole(args, 1)?;
    if items.is_empty() {
        return Err(FunctionError::failed("cannot use element function with an empty list"));
    }
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let at = usize::try_from(index.rem_euclid(count)).unwrap_or(0);
    Ok(items[at].clone())
}

pub(super) fn flatten(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let mut flat = Vec::new();
    flatten_into(items(args, 0)?, &mut flat, context)?;
    Ok(Value::tuple(flat))
}

fn flatten_into(
    items: &[Value],
    flat: &mut Vec<Value>,
    context: &FunctionContext<'_>,
) -> Result<(), FunctionError> {
    context.room(std::mem::size_of_val(items))?;
    for item in items {
        if let Value::Sequence(_, inner) = item {
            flatten_into(inner, flat, context)?;
        } else {
            flat.push(item.clone());
        }
    }
    Ok(())
}

pub(super) fn sort(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let mut items = items(args, 0)?.to_vec();
    if items.contains(&Value::Null) {
        return Err(FunctionError::Argument(
            0,
            "given list element is null; a null string cannot be sorted".to_owned(),
        ));
    }
    items.sort_by(Value::order);
    Ok(Value::list(items))
}

pub(super) fn slice(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let Some(Value::Sequence(kind @ (SequenceKind::List | SequenceKind::Tuple), items)) = args.first() else {
        return Err(FunctionError::Argument(
            0,
            "cannot slice a set, because its elements do not have indices".to_owned(),
        ));
    };
    let place = |index: usize| -> Result<usize, FunctionError> {
        let at = whole(args, index)?;
        usize::try_from(at).ok().filter(|&at| at <= items.len()).ok_or_else(|| {
            let name = if index == 1 { "start" } else { "end" };
            let reason = if at < 0 {
                "must not be less than zero"
            } else {
                "must not be greater than the length of the list"
            };
            FunctionError::Argument(index, format!("{name} index {reason}"))
        })
    };
    let (start, end) = (place(1)?, place(2)?);
    if start > end {
        return Err(FunctionError::Argument(1, "start index must not be greater than end index".to_owned()));
    }
    let kept = items[start..end].to_vec();
    Ok(if *kind == SequenceKind::List { Value::list(kept) } else { Value::tuple(kept) })
}

pub(super) fn range(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let (start, end, step) = match args.len() {
        1 => (Number::Int(0), number(args, 0), None),
        2 => (number(args, 0), number(args, 1), None),
        3 => (number(args, 0), number(args, 1), Some(number(args, 2))),
        _ => return Err(FunctionError::failed("must have one, two, or three arguments")),
    };
    let down = end.compare(&start).is_lt();
    let step = step.unwrap_or(Number::Int(if down { -1 } else { 1 }));
    if step.is_zero() {
        return Err(FunctionError::Argument(2, "step must not be zero".to_owned()));
    }
    if down != step.is_negative() && end.compare(&start).is_ne() {
        let message = if down {
            "end must be greater than start when step is positive"
        } else {
            "end must be less than start when step is negative"
        };
        return Err(FunctionError::Argument(1, message.to_owned()));
    }
    let mut numbers = Vec::new();
    let mut next = start;
    while next.compare(&end).is_ne() && next.compare(&end).is_gt() == down {
        if numbers.len() >= MOST_RANGE {
            let message = format!(
                "more than {MOST_RANGE} values were generated; either decrease the difference between start and end or use a smaller step"
            );
            return Err(FunctionError::failed(message));
        }
        let following = next.plus(&step);
        numbers.push(Value::Number(next));
        next = following.ok_or_else(|| FunctionError::failed("the result is out of the range of numbers"))?;
    }
    Ok(Value::list(numbers))
}
