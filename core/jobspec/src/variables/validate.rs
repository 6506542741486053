//! Checks values against the `validation` blocks of their variables, and that every variable has one.
//!
//! Limits: a condition may refer to its own variable only.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Failed};
use crate::evaluate::{Environment, Evaluator, Scope};
use crate::source::SourceMap;
use crate::syntax::{Expr, ExprKind, StepKind};
use crate::values::Value;

use super::assign::{Assignment, Assignments, Origin};
use super::declare::{Declaration, Validation};

/// Reports variables without a value and values that their own rules refuse.
pub(crate) fn validate_variables(
    declared: &BTreeMap<Rc<str>, Declaration>,
    assigned: &Assignments,
    evaluator: &Evaluator<'_>,
    sources: &SourceMap,
) {
    for (name, declaration) in declared {
        let Some(assignment) = assigned.values.get(name) else {
            if !declaration.broken && !assigned.refused.contains(name) {
                let detail = "A used variable must be set or have a default value; give it with -var, a variables file or NOMAD_VAR_.";
                let summary = format!("Unset variable \"{name}\"");
                evaluator.report.add(Diagnostic::error(declaration.span, summary, detail));
            }
            continue;
        };
        for validation in &declaration.validations {
            check(name, assignment, validation, evaluator, sources).ok();
        }
    }
}

fn check(
    name: &Rc<str>,
    assignment: &Assignment,
    validation: &Validation,
    evaluator: &Evaluator<'_>,
    sources: &SourceMap,
) -> Result<(), Failed> {
    let report = evaluator.report;
    only_itself(name, &validation.condition, evaluator)?;
    let own = Environment {
        variables: BTreeMap::from([(name.clone(), assignment.value.clone())]),
        locals: RefCell::default(),
        broken: RefCell::default(),
        files: None,
        seed: evaluator.environment.seed,
        drawn: evaluator.environment.drawn.clone(),
        last_pattern: RefCell::default(),
    };
    let own = Evaluator { environment: &own, ..*evaluator };
    let message = own.value(&validation.message, &Scope::default())?.to_text();
    let message = message.filter(|message| !message.trim().is_empty()).ok_or_else(|| {
        let detail = "The error message of a validation rule must not be blank.";
        report.fail(Diagnostic::error(validation.message.span, "Invalid validation error message", detail))
    })?;
    let result = own.value(&validation.condition, &Scope::default())?;
    match result {
        Value::Bool(true) => Ok(()),
        Value::Bool(false) => {
            let from = if assignment.origin == Origin::Default { "default " } else { "" };
            let rule = sources.range_text(validation.header);
            let detail = format!("{message}\n\nThis was checked by the validation rule at {rule}.");
            let summary = format!("Invalid value for {from}variable");
            let finding = Diagnostic::error(assignment.span, summary, detail);
            Err(report.fail(finding.label(message.as_ref())))
        }
        Value::Null | Value::Number(_) | Value::String(_) | Value::Sequence(..) | Value::Mapping(..) => {
            let word = result.kind_word();
            let detail =
                format!("Validation condition expression must return either true or false, not {word}.");
            Err(report.fail(Diagnostic::error(
                validation.condition.span,
                "Invalid variable validation condition",
                detail,
            )))
        }
    }
}

fn only_itself(name: &Rc<str>, condition: &Expr, evaluator: &Evaluator<'_>) -> Result<(), Failed> {
    let mut result = Ok(());
    condition.visit_references(&mut |reference| {
        let ExprKind::Reference { root, steps, .. } = &reference.kind else { return };
        let itself = root.as_ref() == "var"
            && matches!(steps.first().map(|step| &step.kind), Some(StepKind::Attribute(step)) if step == name);
        if matches!(root.as_ref(), "var" | "local") && !itself {
            let detail = format!("The condition for variable \"{name}\" can only refer to the variable itself, using var.{name}.");
            let finding = Diagnostic::error(reference.span, "Invalid reference in variable validation", detail);
            result = Err(evaluator.report.fail(finding));
        }
    });
    result
}
