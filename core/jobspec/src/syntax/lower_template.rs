//! hcl-edit's templates to ours, with strip markers applied.
//!
//! Limits: a strip marker removes white space from the literal beside it, never across another part.

use std::rc::Rc;

use hcl_edit::Span as _;
use hcl_edit::template::{Directive, Element, Strip, Template};

use super::lower::Lowering;
use super::tree::{Expr, ExprKind, Part};
use crate::span::Span;

/// Whether a template stands between quotes or in a heredoc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    Quoted,
    Heredoc,
}

/// Returns the template as an expression: a plain string, a wrapped expression or a list of parts.
pub(super) fn lower_template(
    lowering: &Lowering<'_>,
    template: Template,
    span: Span,
    quoting: Quoting,
) -> Expr {
    let parts = lower_parts(lowering, template, quoting);
    let kind = match parts.as_slice() {
        [] => ExprKind::String(Rc::from("")),
        [Part::Literal(text, _)] => ExprKind::String(text.clone()),
        [Part::Interpolation(expr)] if quoting == Quoting::Quoted => {
            ExprKind::Wrapped(Box::new(expr.clone()))
        }
        _ => ExprKind::Template(parts),
    };
    Expr { kind, span }
}

fn lower_parts(lowering: &Lowering<'_>, template: Template, quoting: Quoting) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut strip_next = false;
    for element in template {
        let (before, after) = outer_strip(&element);
        if before {
            strip_end(&mut parts);
        }
        let mut lowered = lower_element(lowering, element, quoting);
        if strip_next {
            strip_start(std::slice::from_mut(&mut lowered));
        }
        parts.push(lowered);
        strip_next = after;
    }
    parts.retain(|part| !matches!(part, Part::Literal(text, _) if text.is_empty()));
    parts
}

fn lower_element(lowering: &Lowering<'_>, element: Element, quoting: Quoting) -> Part {
    match element {
        Element::Literal(literal) => {
            let span = lowering.span(literal.span());
            if quoting == Quoting::Quoted {
                let source = literal.span().and_then(|range| lowering.text.get(range)).unwrap_or("");
                lowering.refuse_line_breaks(source, span);
            }
            Part::Literal(Rc::from(literal.as_str()), span)
        }
        Element::Interpolation(interpolation) => {
            let written = interpolation.span().and_then(|range| lowering.text.get(range));
            let mut expr = lowering.expr(interpolation.expr);
            if let (ExprKind::Reference { text, .. }, Some(written)) = (&mut expr.kind, written) {
                *text = Rc::from(between_braces(written));
            }
            Part::Interpolation(expr)
        }
        Element::Directive(directive) => lower_directive(lowering, *directive, quoting),
    }
}

/// Returns what stands in an interpolation, spaces included: a reference that is kept keeps them too.
fn between_braces(written: &str) -> &str {
    let inner = written.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(written);
    let inner = inner.strip_prefix('~').unwrap_or(inner);
    inner.strip_suffix('~').unwrap_or(inner)
}

fn lower_directive(lowering: &Lowering<'_>, directive: Directive, quoting: Quoting) -> Part {
    match directive {
        Directive::If(directive) => {
            let opens = directive.if_expr.strip;
            let closes = directive.endif_expr.strip;
            let condition = lowering.expr(directive.if_expr.cond_expr);
            let mut then = lower_parts(lowering, directive.if_expr.template, quoting);
            let mut otherwise = Vec::new();
            strip_inner_start(&mut then, opens);
            match directive.else_expr {
                Some(branch) => {
                    otherwise = lower_parts(lowering, branch.template, quoting);
                    strip_inner_end(&mut then, branch.strip);
                    strip_inner_start(&mut otherwise, branch.strip);
                    strip_inner_end(&mut otherwise, closes);
                }
                None => strip_inner_end(&mut then, closes),
            }
            Part::If { condition, then, otherwise }
        }
        Directive::For(directive) => {
            let span = lowering.span(directive.span());
            let mut body = lower_parts(lowering, directive.for_expr.template, quoting);
            strip_inner_start(&mut body, directive.for_expr.strip);
            strip_inner_end(&mut body, directive.endfor_expr.strip);
            Part::For {
                key_name: directive.for_expr.key_var.map(|name| Rc::from(name.as_str())),
                value_name: Rc::from(directive.for_expr.value_var.as_str()),
                collection: lowering.expr(directive.for_expr.collection_expr),
                body,
                span,
            }
        }
    }
}

/// Says whether the element strips the text before it and after it.
fn outer_strip(element: &Element) -> (bool, bool) {
    match element {
        Element::Literal(_) => (false, false),
        Element::Interpolation(interpolation) => {
            (interpolation.strip.strip_start(), interpolation.strip.strip_end())
        }
        Element::Directive(directive) => match directive.as_ref() {
            Directive::If(directive) => {
                (directive.if_expr.strip.strip_start(), directive.endif_expr.strip.strip_end())
            }
            Directive::For(directive) => {
                (directive.for_expr.strip.strip_start(), directive.endfor_expr.strip.strip_end())
            }
        },
    }
}

fn strip_inner_start(parts: &mut [Part], marker: Strip) {
    if marker.strip_end() {
        strip_start(parts);
    }
}

fn strip_inner_end(parts: &mut [Part], marker: Strip) {
    if marker.strip_start() {
        strip_end(parts);
    }
}

fn strip_start(parts: &mut [Part]) {
    if let Some(Part::Literal(text, _)) = parts.first_mut() {
        *text = Rc::from(text.trim_start());
    }
}

fn strip_end(parts: &mut [Part]) {
    if let Some(Part::Literal(text, _)) = parts.last_mut() {
        *text = Rc::from(text.trim_end());
    }
}
