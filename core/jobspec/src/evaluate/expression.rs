//! Evaluates one expression to a value.
//!
//! Limits: recursion follows the syntax tree, whose depth the parsers bound.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::scope::Scope;
use crate::diagnostic::{Diagnostic, Failed, Report};
use crate::functions::{FileAccess, LastPattern};
use crate::limits::{Budget, LimitError};
use crate::nearest::nearest_name;
use crate::span::Span;
use crate::syntax::{Expr, ExprKind, ObjectItem, StepKind};
use crate::values::{Kind, Value, convert, unify};

/// What expressions may refer to and call.
pub(crate) struct Environment<'a> {
    /// The values of `var.…` by name.
    pub(crate) variables: BTreeMap<Rc<str>, Value>,
    /// The values of `local.…` by name.
    pub(crate) locals: RefCell<BTreeMap<Rc<str>, Value>>,
    /// Names that exist and whose value could not be found: using one fails without a second finding.
    pub(crate) broken: RefCell<BTreeSet<String>>,
    /// Files for the functions that read them; `None` where the parser has none.
    pub(crate) files: Option<&'a dyn FileAccess>,
    /// Seed of the functions that answer something new each time.
    pub(crate) seed: [u8; 32],
    /// How many such answers were given.
    pub(crate) drawn: Cell<u64>,
    /// What `regex_replace` compiled last.
    pub(crate) last_pattern: LastPattern,
}

impl Environment<'_> {
    /// Says whether the value of `root.name` could not be found; its finding is in the report.
    pub(crate) fn is_broken(&self, root: &str, name: &str) -> bool {
        self.broken.borrow().contains(&format!("{root}.{name}"))
    }

    pub(crate) fn set_broken(&self, root: &str, name: &str) {
        self.broken.borrow_mut().insert(format!("{root}.{name}"));
    }
}

/// Evaluates expressions in one environment.
#[derive(Clone, Copy)]
pub(crate) struct Evaluator<'a> {
    pub(crate) environment: &'a Environment<'a>,
    pub(crate) report: &'a Report,
    pub(crate) budget: &'a Budget,
}

impl Evaluator<'_> {
    /// Returns the value of the expression.
    pub(crate) fn value(&self, expr: &Expr, scope: &Scope) -> Result<Value, Failed> {
        self.within(expr.span, self.budget.step())?;
        let value = self.value_of(expr, scope)?;
        self.within(expr.span, self.budget.value(&value))?;
        Ok(value)
    }

    fn value_of(&self, expr: &Expr, scope: &Scope) -> Result<Value, Failed> {
        match &expr.kind {
            ExprKind::Null => Ok(Value::Null),
            ExprKind::Bool(flag) => Ok(Value::Bool(*flag)),
            ExprKind::Number(number) => Ok(Value::Number(number.clone())),
            ExprKind::String(text) => Ok(Value::String(text.clone())),
            ExprKind::Template(parts) => self.template(parts, scope, expr.span).map(Value::string),
            ExprKind::Wrapped(inner) | ExprKind::Parenthesis(inner) => self.value(inner, scope),
            ExprKind::Tuple(items) => self.all(items, scope).map(Value::tuple),
            ExprKind::Object(items) => self.object(items, scope),
            ExprKind::Reference { root, root_span, steps, text } => {
                self.reference(root, *root_span, steps, text, scope)
            }
            ExprKind::Traversal { source, steps } => {
                let value = self.value(source, scope)?;
                self.walk(value, steps, scope)
            }
            ExprKind::Call { name, name_span, args, expand_last } => {
                self.call(name, *name_span, args, *expand_last, scope)
            }
            ExprKind::Conditional(parts) => self.conditional(&parts.0, &parts.1, &parts.2, scope),
            ExprKind::Unary(operator, _, inner) => self.unary(*operator, inner, scope),
            ExprKind::Binary(operator, sides) => self.binary(*operator, &sides.0, &sides.1, scope),
            ExprKind::For(looped) => self.for_expr(looped, expr.span, scope),
        }
    }

    /// Reports a passed limit at `span`.
    pub(super) fn within(&self, span: Span, used: Result<(), LimitError>) -> Result<(), Failed> {
        used.map_err(|error| self.fail(span, "Job too large", format!("{error}.")))
    }

    /// Counts the copy of a value that becomes part of the job.
    pub(crate) fn copy(&self, value: &Value, span: Span) -> Result<(), Failed> {
        self.within(span, self.budget.copy(value))
    }

    pub(super) fn fail(&self, span: Span, summary: &str, detail: impl Into<String>) -> Failed {
        self.report.fail(Diagnostic::error(span, summary, detail))
    }

    /// Evaluates all expressions and fails after the last if one failed.
    pub(super) fn all(&self, items: &[Expr], scope: &Scope) -> Result<Vec<Value>, Failed> {
        let values: Vec<Result<Value, Failed>> = items.iter().map(|item| self.value(item, scope)).collect();
        values.into_iter().collect()
    }

    fn object(&self, items: &[ObjectItem], scope: &Scope) -> Result<Value, Failed> {
        let mut entries = BTreeMap::new();
        let mut failed = None;
        for item in items {
            let key = self.object_key(&item.key, scope);
            match (key, self.value(&item.value, scope)) {
                (Ok(key), Ok(value)) => {
                    entries.insert(key, value);
                }
                _ => failed = Some(Failed),
            }
        }
        failed.map_or(Ok(Value::object(entries)), Err)
    }

    /// Returns the text of an object's key.
    pub(super) fn object_key(&self, key: &Expr, scope: &Scope) -> Result<Rc<str>, Failed> {
        let value = self.value(key, scope)?;
        if value == Value::Null {
            return Err(self.fail(key.start(), "Null value as key", "Can't use a null value as a key."));
        }
        value.to_text().ok_or_else(|| {
            let word = value.kind_word();
            let detail = format!("Can't use this value as a key: string required, but have {word}.");
            self.fail(key.start(), "Incorrect key type", detail)
        })
    }

    fn reference(
        &self,
        root: &Rc<str>,
        root_span: Span,
        steps: &[crate::syntax::Step],
        text: &str,
        scope: &Scope,
    ) -> Result<Value, Failed> {
        if let Some(value) = scope.get(root) {
            return self.walk(value.clone(), steps, scope);
        }
        let locals = self.environment.locals.borrow();
        let values = match root.as_ref() {
            "var" => &self.environment.variables,
            "local" => &*locals,
            _ => {
                self.within(root_span, self.budget.bytes(text.len() + 3))?;
                return Ok(Value::string(format!("${{{text}}}")));
            }
        };
        let Some((StepKind::Attribute(name), first, rest)) =
            steps.split_first().map(|(first, rest)| (&first.kind, first, rest))
        else {
            self.within(root_span, self.budget.bytes(values.len() * std::mem::size_of::<Value>()))?;
            return self.walk(Value::object(values.clone()), steps, scope);
        };
        match values.get(name) {
            Some(value) => self.walk(value.clone(), rest, scope),
            None if self.environment.is_broken(root, name) => Err(Failed),
            None => {
                let detail = format!("This object does not have an attribute named \"{name}\".");
                let nearest = nearest_name(name, values.keys().map(AsRef::as_ref));
                let finding = Diagnostic::error(first.span, "Unsupported attribute", detail).nearest(nearest);
                Err(self.report.fail(finding))
            }
        }
    }

    fn conditional(
        &self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        scope: &Scope,
    ) -> Result<Value, Failed> {
        let chosen = self.condition(condition, scope);
        let before = self.report.mark();
        let first = self.value(then, scope);
        let first_findings = self.report.take_back(before);
        let second = self.value(otherwise, scope);
        let second_findings = self.report.take_back(before);
        let (taken, findings, other) = match chosen? {
            true => (first, first_findings, second),
            false => (second, second_findings, first),
        };
        findings.into_iter().for_each(|finding| self.report.add(finding));
        let taken = taken?;
        let Ok(other) = other else { return Ok(taken) };
        let place = then.span.to(otherwise.span);
        self.within(place, self.budget.work(taken.bytes().saturating_add(other.bytes())))?;
        match unify([&taken, &other].into_iter()) {
            Some(Kind::Any) => Ok(taken),
            Some(kind) if kind == taken.kind() => Ok(taken),
            Some(kind) => Ok(convert(&taken, &kind).unwrap_or(taken)),
            None => {
                let detail = format!(
                    "The true and false result expressions must have consistent types. The types are {} and {}, \
                     respectively.",
                    self.word_of(then, scope),
                    self.word_of(otherwise, scope)
                );
                Err(self.fail(place, "Inconsistent conditional result types", detail))
            }
        }
    }

    fn word_of(&self, expr: &Expr, scope: &Scope) -> &'static str {
        self.value(expr, scope).map_or("unknown", |value| value.kind_word())
    }

    /// Evaluates a condition to a bool.
    pub(super) fn condition(&self, condition: &Expr, scope: &Scope) -> Result<bool, Failed> {
        let value = self.value(condition, scope)?;
        if value == Value::Null {
            let detail = "The condition value is null. Conditions must either be true or false.";
            return Err(self.fail(condition.start(), "Null condition", detail));
        }
        let Ok(Value::Bool(flag)) = convert(&value, &Kind::Bool) else {
            let detail = "The condition expression must be of type bool.";
            return Err(self.fail(condition.start(), "Incorrect condition type", detail));
        };
        Ok(flag)
    }
}
