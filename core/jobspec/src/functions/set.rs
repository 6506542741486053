//! Functions of sets.
//!
//! Limits: the size of a product is checked before it is made.

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, items};
use crate::values::{Kind, SequenceKind, Value, convert, unify};

/// Returns the arguments as sets of one common type.
fn sets(context: &FunctionContext<'_>, args: &[Value]) -> Result<Vec<Vec<Value>>, FunctionError> {
    let mut all = Vec::new();
    for (index, arg) in args.iter().enumerate() {
        context.room_for(arg)?;
        all.push(items(args, index)?);
    }
    let kind = unify(all.iter().flat_map(|items| items.iter())).unwrap_or(Kind::Any);
    let mut sets = Vec::new();
    for items in all {
        let converted: Result<Vec<Value>, _> = items.iter().map(|item| convert(item, &kind)).collect();
        let mut set = converted.map_err(FunctionError::failed)?;
        set.sort_by(Value::order);
        set.dedup();
        sets.push(set);
    }
    Ok(sets)
}

pub(super) fn setunion(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(Value::set(sets(context, args)?.concat()))
}

pub(super) fn setintersection(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let sets = sets(context, args)?;
    let (first, others) =
        sets.split_first().ok_or_else(|| FunctionError::failed("at least one set is required"))?;
    let in_all =
        |item: &&Value| others.iter().all(|set| set.binary_search_by(|probe| probe.order(item)).is_ok());
    Ok(Value::set(first.iter().filter(in_all).cloned().collect()))
}

pub(super) fn setproduct(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    if args.len() < 2 {
        return Err(FunctionError::failed("at least two arguments are required"));
    }
    let mut factors: Vec<Vec<Value>> = Vec::new();
    for (index, arg) in args.iter().enumerate() {
        let mut factor = items(args, index)?.to_vec();
        if matches!(arg, Value::Sequence(SequenceKind::Set, _)) {
            factor.sort_by(Value::order);
        }
        factors.push(factor);
    }
    let count = factors.iter().fold(1usize, |count, factor| count.saturating_mul(factor.len()));
    let each = (factors.len() + 2) * std::mem::size_of::<Value>();
    context.room(count.saturating_mul(each))?;
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for factor in &factors {
        let extended = rows.iter().flat_map(|row| {
            factor.iter().map(move |item| row.iter().cloned().chain([item.clone()]).collect::<Vec<Value>>())
        });
        rows = extended.collect();
    }
    Ok(Value::list(rows.into_iter().map(Value::tuple).collect()))
}
