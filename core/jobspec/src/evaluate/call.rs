//! Function calls: arguments are evaluated, converted and checked here, once for all functions.
//!
//! Limits: `can`, `convert` and `try` take expressions, so they are here and not in the table.

use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Failed};
use crate::evaluate::{Evaluator, Scope};
use crate::functions::{Function, FunctionContext, FunctionError, Wanted, find_function, function_names};
use crate::nearest::nearest_name;
use crate::span::Span;
use crate::syntax::{Expr, ExprKind};
use crate::values::{Value, convert};
use crate::variables::read_kind;

/// A call as written.
struct Call<'a> {
    name: &'a str,
    /// The name and the opening parenthesis.
    head: Span,
    name_span: Span,
    args: &'a [Expr],
}

impl Evaluator<'_> {
    pub(super) fn call(
        &self,
        name: &Rc<str>,
        name_span: Span,
        args: &[Expr],
        expand_last: bool,
        scope: &Scope,
    ) -> Result<Value, Failed> {
        let head = Span { end: name_span.end + 1, ..name_span };
        let call = Call { name, head, name_span, args };
        match name.as_ref() {
            "can" => return self.can(&call, scope),
            "try" => return self.try_each(&call, scope),
            "convert" => return self.convert_call(&call, scope),
            _ => {}
        }
        let Some(function) = find_function(name) else {
            let nearest = nearest_name(name, function_names());
            let mut detail = format!("There is no function named \"{name}\".");
            if let Some(nearest) = nearest {
                detail.push_str(&format!(" Did you mean \"{nearest}\"?"));
            }
            self.all(args, scope).ok();
            return Err(self.fail(name_span, "Call to unknown function", detail));
        };
        let mut values = self.all(args, scope)?;
        if expand_last {
            self.expand(&call, &mut values)?;
        }
        self.check_count(&call, function, values.len())?;
        let bytes = values.iter().fold(0, |bytes: u64, value| bytes.saturating_add(value.bytes()));
        self.within(name_span, self.budget.work(bytes))?;
        let values = self.converted_args(&call, function, values)?;
        let context = FunctionContext { environment: self.environment, budget: self.budget };
        let result =
            (function.run)(&context, &values).map_err(|error| self.call_failed(&call, function, error))?;
        let own = usize::try_from(result.own_bytes()).unwrap_or(usize::MAX);
        self.within(name_span, self.budget.bytes(own))?;
        Ok(result)
    }

    /// Replaces the last argument by its items.
    fn expand(&self, call: &Call<'_>, values: &mut Vec<Value>) -> Result<(), Failed> {
        match values.pop() {
            Some(Value::Sequence(_, items)) => {
                values.extend(items.iter().cloned());
                Ok(())
            }
            _ => {
                let place = call.args.last().map_or(call.head, Expr::start);
                let detail =
                    "The expanding argument (indicated by ...) must be of a tuple, list, or set type.";
                Err(self.fail(place, "Invalid expanding argument value", detail))
            }
        }
    }

    fn check_count(&self, call: &Call<'_>, function: &Function, count: usize) -> Result<(), Failed> {
        let wanted = function.params.len();
        if count < wanted {
            let missing = function.params[count].name;
            let least = if function.variadic.is_some() { "at least " } else { "" };
            let detail = format!(
                "Function \"{}\" expects {least}{wanted} argument(s). Missing value for \"{missing}\".",
                call.name
            );
            return Err(self.fail(call.head, "Not enough function arguments", detail));
        }
        if count > wanted && function.variadic.is_none() {
            let place = call.args.get(wanted).map_or(call.head, |arg| arg.span);
            let detail = format!("Function \"{}\" expects only {wanted} argument(s).", call.name);
            return Err(self.fail(place, "Too many function arguments", detail));
        }
        Ok(())
    }

    fn converted_args(
        &self,
        call: &Call<'_>,
        function: &Function,
        values: Vec<Value>,
    ) -> Result<Vec<Value>, Failed> {
        let mut converted = Vec::with_capacity(values.len());
        let mut failed = false;
        for (index, value) in values.into_iter().enumerate() {
            let Some(param) = function.param(index) else { continue };
            let nullable = param.wanted == Wanted::AnyOrNull;
            if matches!(param.wanted, Wanted::ListOfString | Wanted::ListOfAny) {
                self.within(call.name_span, self.budget.copy(&value))?;
            }
            let problem = match convert(&value, &param.wanted.kind()) {
                Ok(Value::Null) if !nullable => "argument must not be null".to_owned(),
                Ok(value) => {
                    converted.push(value);
                    continue;
                }
                Err(error) => error.to_string(),
            };
            self.argument_failed(call, function, index, &problem);
            failed = true;
        }
        if failed { Err(Failed) } else { Ok(converted) }
    }

    fn argument_failed(&self, call: &Call<'_>, function: &Function, index: usize, problem: &str) -> Failed {
        let place = call.args.get(index).or(call.args.last()).map_or(call.head, Expr::start);
        let name = function.param(index).map_or("", |param| param.name);
        let detail = format!("Invalid value for \"{name}\" parameter: {problem}.");
        self.fail(place, "Invalid function argument", detail)
    }

    fn call_failed(&self, call: &Call<'_>, function: &Function, error: FunctionError) -> Failed {
        match error {
            FunctionError::Argument(index, problem) => self.argument_failed(call, function, index, &problem),
            FunctionError::Failed(problem) => {
                let detail = format!("Call to function \"{}\" failed: {problem}.", call.name);
                self.report.fail(Diagnostic::error(call.head, "Error in function call", detail))
            }
        }
    }

    fn can(&self, call: &Call<'_>, scope: &Scope) -> Result<Value, Failed> {
        let [expr] = call.args else { return Err(self.wrong_count(call, "exactly one argument")) };
        let mark = self.report.mark();
        let worked = self.value(expr, scope).is_ok();
        self.report.take_back(mark);
        self.within(call.name_span, self.budget.step())?;
        Ok(Value::Bool(worked))
    }

    fn try_each(&self, call: &Call<'_>, scope: &Scope) -> Result<Value, Failed> {
        if call.args.is_empty() {
            return Err(self.wrong_count(call, "at least one argument"));
        }
        let mark = self.report.mark();
        let mut reasons = Vec::new();
        for expr in call.args {
            if let Ok(value) = self.value(expr, scope) {
                self.report.take_back(mark);
                return Ok(value);
            }
            reasons.extend(self.report.take_back(mark).into_iter().map(|finding| finding.detail));
        }
        self.within(call.name_span, self.budget.step())?;
        let detail =
            format!("Call to function \"try\" failed: no expression succeeded: {}", reasons.join(" "));
        Err(self.fail(call.head, "Error in function call", detail))
    }

    /// `convert(value, type)`: the second argument is a type expression.
    fn convert_call(&self, call: &Call<'_>, scope: &Scope) -> Result<Value, Failed> {
        let [value, kind] = call.args else { return Err(self.wrong_count(call, "exactly two arguments")) };
        let (value, kind) = (self.value(value, scope), read_kind(kind, self.report));
        let (value, kind) = (value?, kind?);
        self.within(call.name_span, self.budget.copy(&value))?;
        convert(&value, &kind).map_err(|error| {
            let place = call.args.first().map_or(call.head, Expr::start);
            self.fail(
                place,
                "Invalid function argument",
                format!("Invalid value for \"value\" parameter: {error}."),
            )
        })
    }

    fn wrong_count(&self, call: &Call<'_>, wanted: &str) -> Failed {
        let detail = format!("Function \"{}\" expects {wanted}.", call.name);
        self.fail(call.head, "Wrong number of function arguments", detail)
    }
}

impl Expr {
    /// Returns the name, if the expression is one bare name.
    pub(crate) fn bare_name(&self) -> Option<&Rc<str>> {
        if let ExprKind::Reference { root, steps, .. } = &self.kind
            && steps.is_empty()
        {
            return Some(root);
        }
        None
    }
}
