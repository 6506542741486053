//! Templates: interpolations and the directives `if` and `for`.
//!
//! Limits: the text made counts against the budget; null and collections cannot be interpolated.

use std::rc::Rc;

use crate::diagnostic::Failed;
use crate::evaluate::entries_of;
use crate::evaluate::{Evaluator, Scope};
use crate::span::Span;
use crate::syntax::{Expr, Part};
use crate::values::Value;

impl Evaluator<'_> {
    /// Returns the text of a template.
    pub(super) fn template(&self, parts: &[Part], scope: &Scope, span: Span) -> Result<String, Failed> {
        let mut text = String::new();
        self.parts(parts, scope, span, &mut text)?;
        Ok(text)
    }

    fn parts(&self, parts: &[Part], scope: &Scope, span: Span, text: &mut String) -> Result<(), Failed> {
        let mut failed = Ok(());
        for part in parts {
            if self.part(part, scope, span, text).is_err() {
                failed = Err(Failed);
            }
        }
        failed
    }

    fn part(&self, part: &Part, scope: &Scope, span: Span, text: &mut String) -> Result<(), Failed> {
        match part {
            Part::Literal(literal, span) => {
                self.within(*span, self.budget.bytes(literal.len()))?;
                text.push_str(literal);
                Ok(())
            }
            Part::Interpolation(expr) => {
                let literal = self.interpolated(expr, scope)?;
                self.within(expr.span, self.budget.bytes(literal.len()))?;
                text.push_str(&literal);
                Ok(())
            }
            Part::If { condition, then, otherwise } => {
                let branch = if self.condition(condition, scope)? { then } else { otherwise };
                self.parts(branch, scope, span, text)
            }
            Part::For { key_name, value_name, collection, body, span } => {
                let value = self.value(collection, scope)?;
                let Some(entries) = entries_of(&value) else {
                    let detail = "This value can't be used as the collection of a template's for directive.";
                    return Err(self.fail(collection.start(), "Iteration over non-iterable value", detail));
                };
                for (key, value) in entries {
                    self.within(*span, self.budget.step())?;
                    let inner = scope.with(value_name.clone(), value);
                    let inner =
                        key_name.iter().fold(inner, |inner, name| inner.with(name.clone(), key.clone()));
                    self.parts(body, &inner, *span, text)?;
                }
                Ok(())
            }
        }
    }

    fn interpolated(&self, expr: &Expr, scope: &Scope) -> Result<Rc<str>, Failed> {
        let value = self.value(expr, scope)?;
        value.to_text().ok_or_else(|| {
            let detail = if value == Value::Null {
                "The expression result is null. Cannot include a null value in a string template.".to_owned()
            } else {
                let word = value.kind_word();
                format!(
                    "Cannot include the given value in a string template: string required, but have {word}."
                )
            };
            self.fail(expr.start(), "Invalid template interpolation value", detail)
        })
    }
}
