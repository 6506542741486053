//! Attribute access, indexes and splats.
//!
//! Limits: a splat over a single value treats it as a sequence of one, and null as an empty one.

use crate::diagnostic::{Diagnostic, Failed};
use crate::evaluate::{Evaluator, Scope};
use crate::nearest::nearest_name;
use crate::span::Span;
use crate::syntax::{Expr, Step, StepKind};
use crate::values::{Kind, MappingKind, SequenceKind, Value, convert};

impl Evaluator<'_> {
    /// Follows the steps from `value`.
    pub(super) fn walk(&self, value: Value, steps: &[Step], scope: &Scope) -> Result<Value, Failed> {
        let mut value = value;
        for (at, step) in steps.iter().enumerate() {
            value = match &step.kind {
                StepKind::Attribute(name) => self.attribute(&value, name, step.span)?,
                StepKind::Index(index) => self.index(&value, index, step.span, scope)?,
                StepKind::FullSplat => return self.splat(value, &steps[at + 1..], &[], step.span, scope),
                StepKind::AttributeSplat => {
                    let rest = &steps[at + 1..];
                    let own =
                        rest.iter().take_while(|step| matches!(step.kind, StepKind::Attribute(_))).count();
                    let (each, after) = rest.split_at(own);
                    return self.splat(value, each, after, step.span, scope);
                }
            };
        }
        Ok(value)
    }

    fn splat(
        &self,
        value: Value,
        each: &[Step],
        after: &[Step],
        span: Span,
        scope: &Scope,
    ) -> Result<Value, Failed> {
        let items = match value {
            Value::Null => Vec::new(),
            Value::Sequence(_, items) => items.to_vec(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Mapping(..) => vec![value],
        };
        self.within(span, self.budget.bytes(items.len() * std::mem::size_of::<Value>()))?;
        let items = items.into_iter().map(|item| self.walk(item, each, scope)).collect::<Result<_, _>>()?;
        self.walk(Value::tuple(items), after, scope)
    }

    fn attribute(&self, value: &Value, name: &str, span: Span) -> Result<Value, Failed> {
        let (summary, detail) = match value {
            Value::Mapping(kind, entries) => {
                if let Some(value) = entries.get(name) {
                    return Ok(value.clone());
                }
                let nearest = nearest_name(name, entries.keys().map(AsRef::as_ref));
                let finding = match kind {
                    MappingKind::Object => {
                        let detail = format!("This object does not have an attribute named \"{name}\".");
                        Diagnostic::error(span, "Unsupported attribute", detail)
                    }
                    MappingKind::Map => {
                        let detail = format!("This map does not have an element with the key \"{name}\".");
                        Diagnostic::error(span, "Missing map element", detail)
                    }
                };
                return Err(self.report.fail(finding.nearest(nearest)));
            }
            Value::Null => (
                "Attempt to get attribute from null value",
                "This value is null, so it does not have any attributes.".to_owned(),
            ),
            Value::Sequence(..) => {
                let detail = "Can't access attributes on a list of objects. Did you mean to access an attribute \
                    for a specific element of the list, or across all elements of the list?";
                ("Unsupported attribute", detail.to_owned())
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                let detail =
                    format!("Can't access attributes on a primitive-typed value ({}).", value.kind_word());
                ("Unsupported attribute", detail)
            }
        };
        Err(self.fail(span, summary, detail))
    }

    fn index(&self, value: &Value, index: &Expr, span: Span, scope: &Scope) -> Result<Value, Failed> {
        let key = self.value(index, scope)?;
        self.element(value, &key, span)
    }

    /// Returns the element of a collection under `key`.
    fn element(&self, value: &Value, key: &Value, span: Span) -> Result<Value, Failed> {
        match (value, key) {
            (Value::Null, _) => {
                let detail = "This value is null, so it does not have any indices.";
                Err(self.fail(span, "Attempt to index null value", detail))
            }
            (_, Value::Null) => {
                let detail = "Can't use a null value as an indexing key.";
                Err(self.fail(span, "Invalid index", detail))
            }
            (Value::Sequence(SequenceKind::Set, _), _) => {
                let detail = "Elements of a set are identified only by their value and don't have any separate \
                    index or key to select with, so it's only possible to perform operations across all elements.";
                Err(self.fail(span, "Invalid index", detail))
            }
            (Value::Sequence(_, items), _) => {
                let Ok(Value::Number(number)) = convert(key, &Kind::Number) else {
                    let detail = "The given key does not identify an element in this collection value: a number is required.";
                    return Err(self.fail(span, "Invalid index", detail));
                };
                let found = number.to_usize().and_then(|at| items.get(at));
                found.cloned().ok_or_else(|| self.no_element(span, number.is_negative()))
            }
            (Value::Mapping(_, entries), _) => {
                let found = key.to_text().and_then(|name| entries.get(&name));
                found.cloned().ok_or_else(|| self.no_element(span, false))
            }
            (Value::Bool(_) | Value::Number(_) | Value::String(_), _) => {
                Err(self.fail(span, "Invalid index", "This value does not have any indices."))
            }
        }
    }

    fn no_element(&self, span: Span, negative: bool) -> Failed {
        let detail = "The given key does not identify an element in this collection value";
        let more = if negative { ": a negative number is not a valid index for a sequence." } else { "." };
        self.fail(span, "Invalid index", format!("{detail}{more}"))
    }
}
