//! Reads a type expression: `list(string)`, `object({ port = number })`.
//!
//! Limits: an exact type is required, so `any` is refused; depth is bounded by the parser.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Failed, Report};
use crate::nearest::nearest_name;
use crate::syntax::{Expr, ExprKind, read_quoted_expression};
use crate::values::{Kind, ObjectAttribute};

const NAMES: [&str; 8] = ["string", "number", "bool", "list", "set", "map", "object", "tuple"];

/// Returns the type that the expression names.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other expression is the same mistake")]
pub(crate) fn read_kind(expr: &Expr, report: &Report) -> Result<Kind, Failed> {
    let invalid = |detail: String| Diagnostic::error(expr.span, "Invalid type specification", detail);
    match &expr.kind {
        // The JSON form writes a type in a string.
        ExprKind::String(text) if text.contains('(') => {
            read_kind(&read_quoted_expression(text, expr.span, report)?, report)
        }
        ExprKind::String(text) => word(text, expr, report),
        ExprKind::Call { name, args, .. } => {
            let [arg] = args.as_slice() else {
                let detail = format!("The {name} type constructor requires one argument.");
                return Err(report.fail(invalid(detail)));
            };
            match name.as_ref() {
                "list" => read_kind(arg, report).map(Kind::list),
                "set" => read_kind(arg, report).map(|item| Kind::Set(Box::new(item))),
                "map" => read_kind(arg, report).map(|item| Kind::Map(Box::new(item))),
                "object" => object(arg, report),
                "tuple" => tuple(arg, report),
                _ => {
                    let detail = format!("Keyword \"{name}\" is not a valid type constructor.");
                    Err(report.fail(invalid(detail).nearest(nearest_name(name, NAMES))))
                }
            }
        }
        ExprKind::Reference { root, steps, .. } if steps.is_empty() => word(root, expr, report),
        _ => Err(report.fail(invalid("A type is a keyword or a call such as list(string).".to_owned()))),
    }
}

fn tuple(arg: &Expr, report: &Report) -> Result<Kind, Failed> {
    let ExprKind::Tuple(items) = &arg.kind else {
        let detail = "Tuple type constructor requires a list of element types.";
        return Err(report.fail(Diagnostic::error(arg.span, "Invalid type specification", detail)));
    };
    let kinds: Vec<_> = items.iter().map(|item| read_kind(item, report)).collect();
    kinds.into_iter().collect::<Result<_, _>>().map(Kind::Tuple)
}

fn word(name: &str, expr: &Expr, report: &Report) -> Result<Kind, Failed> {
    let detail = match name {
        "string" => return Ok(Kind::String),
        "number" => return Ok(Kind::Number),
        "bool" => return Ok(Kind::Bool),
        "any" => "The keyword \"any\" cannot be used in this type specification: an exact type is required.".to_owned(),
        "list" | "set" | "map" => format!("The {name} type constructor requires one argument specifying the element type."),
        "object" => "The object type constructor requires one argument specifying the attribute types and values as a map.".to_owned(),
        "tuple" => "The tuple type constructor requires one argument specifying the element types as a list.".to_owned(),
        _ => format!("The keyword \"{name}\" is not a valid type specification."),
    };
    let finding = Diagnostic::error(expr.span, "Invalid type specification", detail);
    Err(report.fail(finding.nearest(nearest_name(name, NAMES))))
}

fn object(arg: &Expr, report: &Report) -> Result<Kind, Failed> {
    let ExprKind::Object(items) = &arg.kind else {
        let detail = "Object type constructor requires a map whose keys are attribute names and whose values are the corresponding attribute types.";
        return Err(report.fail(Diagnostic::error(arg.span, "Invalid type specification", detail)));
    };
    let mut attributes = BTreeMap::new();
    for item in items {
        let ExprKind::String(name) = &item.key.kind else {
            let detail = "Object constructor map keys must be attribute names.";
            return Err(report.fail(Diagnostic::error(item.key.span, "Invalid type specification", detail)));
        };
        let optional = optional(&item.value);
        let kind = read_kind(optional.unwrap_or(&item.value), report)?;
        attributes.insert(name.clone(), ObjectAttribute { kind, optional: optional.is_some() });
    }
    Ok(Kind::Object(attributes))
}

/// Returns the type inside `optional(…)`.
fn optional(expr: &Expr) -> Option<&Expr> {
    let ExprKind::Call { name, args, .. } = &expr.kind else { return None };
    args.first().filter(|_| name.as_ref() == "optional" && args.len() == 1)
}
