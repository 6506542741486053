//! Blocks in the JSON form: nested objects whose keys are labels, and arrays that repeat a block.
//!
//! Limits: the caller's schema says which names are blocks and how many labels they have.

use std::rc::Rc;

use super::tree::{Attribute, Block, Body, Expr, ExprKind, Label, Syntax};
use crate::diagnostic::{Diagnostic, Failed, Report};

/// Returns the object as a body with attributes only; the key `//` is a comment.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other expression is the same mistake")]
pub(super) fn json_body(object: &Expr, report: &Report) -> Result<Body, Failed> {
    let open = object.span.head(1);
    let mut body = Body { syntax: Syntax::Json, attributes: Vec::new(), blocks: Vec::new(), open };
    let items = match &object.kind {
        ExprKind::Object(items) => items,
        ExprKind::Tuple(objects) => {
            for object in objects {
                body.attributes.extend(json_body(object, report)?.attributes);
            }
            return Ok(body);
        }
        _ => {
            let detail = "A JSON object is required here, to define the content of a block.";
            return Err(report.fail(Diagnostic::error(object.span, "Incorrect JSON value type", detail)));
        }
    };
    for item in items {
        let ExprKind::String(name) = &item.key.kind else { continue };
        if name.as_ref() == "//" {
            continue;
        }
        let span = item.key.span.to(item.value.span);
        let (name, expr) = (name.clone(), item.value.clone());
        body.attributes.push(Attribute { name, name_span: item.key.span, expr, span });
    }
    Ok(body)
}

/// Returns the blocks that the attribute stands for, with `labels` labels each.
pub(crate) fn json_blocks(
    attribute: &Attribute,
    labels: usize,
    report: &Report,
) -> Result<Vec<Block>, Failed> {
    let mut blocks = Vec::new();
    collect(attribute, &attribute.expr, labels, &mut Vec::new(), &mut blocks, report)?;
    Ok(blocks)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other expression is the same mistake")]
fn collect(
    attribute: &Attribute,
    value: &Expr,
    missing: usize,
    labels: &mut Vec<Label>,
    blocks: &mut Vec<Block>,
    report: &Report,
) -> Result<(), Failed> {
    match &value.kind {
        ExprKind::Null => Ok(()),
        ExprKind::Tuple(items) => {
            items.iter().try_for_each(|item| collect(attribute, item, missing, labels, blocks, report))
        }
        ExprKind::Object(items) if missing > 0 => {
            for item in items {
                let ExprKind::String(text) = &item.key.kind else { continue };
                labels.push(Label { text: Rc::clone(text), span: item.key.span });
                let inner = collect(attribute, &item.value, missing - 1, labels, blocks, report);
                labels.pop();
                inner?;
            }
            Ok(())
        }
        ExprKind::Object(_) => {
            blocks.push(Block {
                kind: attribute.name.clone(),
                kind_span: attribute.name_span,
                labels: labels.clone(),
                body: json_body(value, report)?,
                header: attribute.name_span,
            });
            Ok(())
        }
        _ => {
            let detail = if missing > 0 {
                "A JSON object is required, whose keys are the labels of the block."
            } else {
                "A JSON object is required here, to define the content of a block."
            };
            Err(report.fail(Diagnostic::error(value.span, "Incorrect JSON value type", detail)))
        }
    }
}
