//! Reads `variable` blocks and the legacy `variables` block.
//!
//! Limits: defaults are constants: they refer to nothing and call nothing.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Failed, Report};
use crate::evaluate::{Evaluator, Scope};
use crate::nearest::nearest_name;
use crate::span::Span;
use crate::syntax::{Block, Expr, json_blocks};
use crate::values::{Kind, Value, convert};

use super::kind::read_kind;

/// A declared variable.
pub(crate) struct Declaration {
    pub(crate) span: Span,
    pub(crate) kind: Option<Kind>,
    /// The default and where it is written.
    pub(crate) default: Option<(Value, Span)>,
    pub(crate) validations: Vec<Validation>,
    /// Whether reading the declaration failed; using the variable then fails quietly.
    pub(crate) broken: bool,
}

/// One `validation` block.
pub(crate) struct Validation {
    pub(crate) header: Span,
    pub(crate) condition: Expr,
    pub(crate) message: Expr,
}

/// Adds the blocks' variables to `declared`.
pub(crate) fn declare_variables(
    blocks: &[Block],
    legacy: &[Block],
    evaluator: &Evaluator<'_>,
) -> BTreeMap<Rc<str>, Declaration> {
    let mut declared = BTreeMap::new();
    for block in blocks {
        let Some(label) = block.labels.first() else {
            let detail = "All variable blocks must have 1 labels (name).";
            evaluator.report.add(Diagnostic::error(block.body.open, "Missing name for variable", detail));
            continue;
        };
        let declaration = read_block(block, label.span, evaluator);
        add(&mut declared, label.text.clone(), declaration, evaluator.report);
    }
    for attribute in legacy.iter().flat_map(|block| &block.body.attributes) {
        let default = constant(&attribute.expr, evaluator);
        let declaration = Declaration {
            span: attribute.name_span,
            kind: None,
            broken: default.is_err(),
            default: default.ok().map(|value| (value, attribute.expr.span)),
            validations: Vec::new(),
        };
        add(&mut declared, attribute.name.clone(), declaration, evaluator.report);
    }
    declared
}

fn add(
    declared: &mut BTreeMap<Rc<str>, Declaration>,
    name: Rc<str>,
    declaration: Declaration,
    report: &Report,
) {
    if !is_identifier(&name) {
        let detail =
            "A name must start with a letter and may contain only letters, digits, underscores, and dashes.";
        report.add(Diagnostic::error(declaration.span, "Invalid variable name", detail));
        return;
    }
    if declared.contains_key(&name) {
        let detail = format!("Duplicate {name} variable definition found.");
        report.add(Diagnostic::error(declaration.span, "Duplicate variable", detail));
        return;
    }
    declared.insert(name, declaration);
}

/// Says whether a text can be a name in expressions.
fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|char| char.is_alphanumeric() || matches!(char, '_' | '-'))
}

fn read_block(block: &Block, span: Span, evaluator: &Evaluator<'_>) -> Declaration {
    let report = evaluator.report;
    let mut declaration =
        Declaration { span, kind: None, default: None, validations: Vec::new(), broken: false };
    let mut default = None;
    for attribute in &block.body.attributes {
        match attribute.name.as_ref() {
            "type" => match read_kind(&attribute.expr, report) {
                Ok(kind) => declaration.kind = Some(kind),
                Err(Failed) => declaration.broken = true,
            },
            "default" => default = Some(&attribute.expr),
            "description" => declaration.broken |= constant(&attribute.expr, evaluator).is_err(),
            "validation" if block.body.is_json() => {
                for inner in json_blocks(attribute, 0, report).unwrap_or_default() {
                    declaration.validations.extend(read_validation(&inner, report));
                }
            }
            other => {
                let detail = format!("An argument named \"{other}\" is not expected here.");
                let nearest = nearest_name(other, ["type", "default", "description"]);
                report.add(
                    Diagnostic::error(attribute.name_span, "Unsupported argument", detail).nearest(nearest),
                );
            }
        }
    }
    for inner in &block.body.blocks {
        if inner.kind.as_ref() == "validation" {
            declaration.validations.extend(read_validation(inner, report));
        } else {
            let detail = format!("Blocks of type \"{}\" are not expected here.", inner.kind);
            report.add(Diagnostic::error(inner.kind_span, "Unsupported block type", detail));
        }
    }
    if let Some(expr) = default {
        match read_default(expr, declaration.kind.as_ref(), evaluator) {
            Ok(value) => declaration.default = Some((value, expr.span_with_quotes())),
            Err(Failed) => declaration.broken = true,
        }
    }
    declaration
}

fn read_default(expr: &Expr, kind: Option<&Kind>, evaluator: &Evaluator<'_>) -> Result<Value, Failed> {
    let value = constant(expr, evaluator)?;
    let Some(kind) = kind else { return Ok(value) };
    evaluator.copy(&value, expr.span)?;
    convert(&value, kind).map_err(|error| {
        let detail =
            format!("This default value is not compatible with the variable's type constraint: {error}.");
        evaluator.report.fail(Diagnostic::error(
            expr.span_with_quotes(),
            "Invalid default value for variable",
            detail,
        ))
    })
}

/// Evaluates an expression that may refer to nothing.
fn constant(expr: &Expr, evaluator: &Evaluator<'_>) -> Result<Value, Failed> {
    forbid_references(expr, evaluator.report)?;
    evaluator.value(expr, &Scope::default())
}

/// Reports every reference in an expression that must be constant.
pub(crate) fn forbid_references(expr: &Expr, report: &Report) -> Result<(), Failed> {
    let mut found = Ok(());
    expr.visit_references(&mut |reference| {
        let detail = "Variables may not be used here.";
        found = Err(report.fail(Diagnostic::error(reference.span, "Variables not allowed", detail)));
    });
    found
}

fn read_validation(block: &Block, report: &Report) -> Option<Validation> {
    let attribute = |name: &str| {
        let found = block.body.attributes.iter().find(|attribute| attribute.name.as_ref() == name);
        if found.is_none() {
            let detail = format!("The argument \"{name}\" is required, but no definition was found.");
            report.add(Diagnostic::error(block.body.open.before(), "Missing required argument", detail));
        }
        found.map(|attribute| attribute.expr.clone())
    };
    let (condition, message) = (attribute("condition"), attribute("error_message"));
    Some(Validation { header: block.header, condition: condition?, message: message? })
}
