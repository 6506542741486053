//! `for` expressions, and the entries of a collection in their order.
//!
//! Limits: maps iterate by key, sets by value; both orders are fixed.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Failed};
use crate::evaluate::{Evaluator, Scope};
use crate::span::Span;
use crate::syntax::{Expr, ForExpr};
use crate::values::{SequenceKind, Value};

/// Returns the keys and values of a collection; `None` for other values.
pub(crate) fn entries_of(value: &Value) -> Option<Vec<(Value, Value)>> {
    match value {
        Value::Sequence(SequenceKind::Set, items) => {
            Some(items.iter().map(|item| (item.clone(), item.clone())).collect())
        }
        Value::Sequence(_, items) => {
            let indexed = items.iter().enumerate();
            Some(
                indexed
                    .map(|(at, item)| (Value::int(i64::try_from(at).unwrap_or(i64::MAX)), item.clone()))
                    .collect(),
            )
        }
        Value::Mapping(_, entries) => {
            Some(entries.iter().map(|(name, value)| (Value::String(name.clone()), value.clone())).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

impl Evaluator<'_> {
    pub(super) fn for_expr(&self, looped: &ForExpr, span: Span, scope: &Scope) -> Result<Value, Failed> {
        let collection = self.value(&looped.collection, scope)?;
        let Some(entries) = entries_of(&collection) else {
            let place = looped.collection.start();
            let word = collection.kind_word();
            return Err(if collection == Value::Null {
                let detail = "A null value cannot be used as the collection in a 'for' expression.";
                self.fail(place, "Iteration over null value", detail)
            } else {
                let detail =
                    format!("A value of type {word} cannot be used as the collection in a 'for' expression.");
                self.fail(place, "Iteration over non-iterable value", detail)
            });
        };
        let mut tuple = Vec::new();
        let mut object: BTreeMap<Rc<str>, Vec<Value>> = BTreeMap::new();
        for (key, value) in entries {
            self.within(span, self.budget.bytes(std::mem::size_of::<Value>()))?;
            let inner = scope.with(looped.value_name.clone(), value);
            let inner =
                looped.key_name.iter().fold(inner, |inner, name| inner.with(name.clone(), key.clone()));
            if let Some(condition) = &looped.condition
                && !self.condition(condition, &inner)?
            {
                continue;
            }
            let result = self.value(&looped.value, &inner)?;
            match &looped.key {
                None => tuple.push(result),
                Some(key) => self.keyed(key, result, looped, &mut object, &inner)?,
            }
        }
        if looped.key.is_none() {
            return Ok(Value::tuple(tuple));
        }
        let entries = object.into_iter().filter_map(|(name, mut values)| {
            let value = if looped.grouping { Some(Value::tuple(values)) } else { values.pop() };
            value.map(|value| (name, value))
        });
        Ok(Value::object(entries.collect()))
    }

    fn keyed(
        &self,
        key: &Expr,
        result: Value,
        looped: &ForExpr,
        object: &mut BTreeMap<Rc<str>, Vec<Value>>,
        scope: &Scope,
    ) -> Result<(), Failed> {
        let name = self.object_key(key, scope)?;
        let values = object.entry(name.clone()).or_default();
        if !looped.grouping && !values.is_empty() {
            let detail = format!("Two different items produced the key \"{name}\" in this 'for' expression.");
            let help = "if duplicates are expected, use the ellipsis (...) after the value expression";
            return Err(self
                .report
                .fail(Diagnostic::error(key.start(), "Duplicate object key", detail).help(help)));
        }
        values.push(result);
        Ok(())
    }
}
