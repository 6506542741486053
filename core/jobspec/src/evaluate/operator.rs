//! Unary and binary operators.
//!
//! Limits: operands convert as cty converts them, so `"5" + 1` is 6; both sides are always evaluated.

use crate::diagnostic::Failed;
use crate::evaluate::{Evaluator, Scope};
use crate::syntax::{BinaryOperator, Expr, UnaryOperator};
use crate::values::{Kind, Number, Value, convert};

impl Evaluator<'_> {
    pub(super) fn unary(
        &self,
        operator: UnaryOperator,
        inner: &Expr,
        scope: &Scope,
    ) -> Result<Value, Failed> {
        let value = self.value(inner, scope)?;
        match operator {
            UnaryOperator::Neg => match self.operand(&value, &Kind::Number, inner, "unary") {
                Ok(Value::Number(number)) => Ok(Value::Number(number.negated())),
                _ => Err(Failed),
            },
            UnaryOperator::Not => match self.operand(&value, &Kind::Bool, inner, "unary") {
                Ok(Value::Bool(flag)) => Ok(Value::Bool(!flag)),
                _ => Err(Failed),
            },
        }
    }

    pub(super) fn binary(
        &self,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
        scope: &Scope,
    ) -> Result<Value, Failed> {
        let (left_value, right_value) = (self.value(left, scope), self.value(right, scope));
        let (left_value, right_value) = (left_value?, right_value?);
        let work = left_value.bytes().saturating_add(right_value.bytes());
        self.within(left.span.to(right.span), self.budget.work(work))?;
        match operator {
            BinaryOperator::Eq => Ok(Value::Bool(same(&left_value, &right_value))),
            BinaryOperator::NotEq => Ok(Value::Bool(!same(&left_value, &right_value))),
            BinaryOperator::And | BinaryOperator::Or => {
                let first = self.operand(&left_value, &Kind::Bool, left, "left");
                let second = self.operand(&right_value, &Kind::Bool, right, "right");
                let (Ok(Value::Bool(first)), Ok(Value::Bool(second))) = (first, second) else {
                    return Err(Failed);
                };
                let result = if operator == BinaryOperator::And { first && second } else { first || second };
                Ok(Value::Bool(result))
            }
            BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Mul
            | BinaryOperator::Div
            | BinaryOperator::Mod
            | BinaryOperator::Less
            | BinaryOperator::LessEq
            | BinaryOperator::Greater
            | BinaryOperator::GreaterEq => {
                let first = self.operand(&left_value, &Kind::Number, left, "left");
                let second = self.operand(&right_value, &Kind::Number, right, "right");
                let (Ok(Value::Number(first)), Ok(Value::Number(second))) = (first, second) else {
                    return Err(Failed);
                };
                self.arithmetic(operator, &first, &second, left, right)
            }
        }
    }

    fn arithmetic(
        &self,
        operator: BinaryOperator,
        first: &Number,
        second: &Number,
        left: &Expr,
        right: &Expr,
    ) -> Result<Value, Failed> {
        let span = left.span.to(right.span);
        let number = match operator {
            BinaryOperator::Plus => first.plus(second),
            BinaryOperator::Minus => first.minus(second),
            BinaryOperator::Mul => first.times(second),
            BinaryOperator::Div | BinaryOperator::Mod if second.is_zero() => {
                let detail = "Dividing by zero is not possible.";
                return Err(self.fail(span, "Division by zero", detail));
            }
            BinaryOperator::Div => first.over(second),
            BinaryOperator::Mod => first.remainder(second),
            BinaryOperator::Less => return Ok(Value::Bool(first.compare(second).is_lt())),
            BinaryOperator::LessEq => return Ok(Value::Bool(first.compare(second).is_le())),
            BinaryOperator::Greater => return Ok(Value::Bool(first.compare(second).is_gt())),
            BinaryOperator::GreaterEq => return Ok(Value::Bool(first.compare(second).is_ge())),
            BinaryOperator::Eq | BinaryOperator::NotEq | BinaryOperator::And | BinaryOperator::Or => None,
        };
        number.map(Value::Number).ok_or_else(|| {
            self.fail(
                span,
                "Operation failed",
                "The result of this operation is out of the range of numbers.",
            )
        })
    }

    /// Converts an operand, or reports which side cannot be converted.
    fn operand(&self, value: &Value, kind: &Kind, expr: &Expr, side: &str) -> Result<Value, Failed> {
        let problem = match convert(value, kind) {
            Ok(Value::Null) => "argument must not be null".to_owned(),
            Ok(value) => return Ok(value),
            Err(error) => error.to_string(),
        };
        let detail = format!("Unsuitable value for {side} operand: {problem}.");
        let detail =
            if side == "unary" { format!("Unsuitable value for unary operand: {problem}.") } else { detail };
        Err(self.fail(expr.span_with_quotes(), "Invalid operand", detail))
    }
}

/// Compares values; different types are never equal, but a tuple may equal a list.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Sequence(_, left), Value::Sequence(_, right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same(left, right))
        }
        (Value::Mapping(_, left), Value::Mapping(_, right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right.iter())
                    .all(|(left, right)| left.0 == right.0 && same(left.1, right.1))
        }
        _ => left == right,
    }
}
