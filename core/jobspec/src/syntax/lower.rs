//! hcl-edit's tree to ours: bodies, blocks and expressions.
//!
//! Limits: depth was bounded by hcl-edit's parser. The only check here is for quoted strings that
//! span lines, which hcl-edit accepts and HCL does not.

use std::rc::Rc;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey, TraversalOperator};
use hcl_edit::structure::{self, BlockLabel, Structure};

use super::lower_template::lower_template;
use super::tree::{
    Attribute, Block, Body, Expr, ExprKind, ForExpr, Label, ObjectItem, Step, StepKind, Syntax,
};
use crate::diagnostic::{Diagnostic, Report};
use crate::span::{FileId, Span};
use crate::values::Number;

/// Where the text of a tree comes from.
pub(super) struct Lowering<'a> {
    pub(super) file: FileId,
    /// The text that hcl-edit parsed.
    pub(super) text: &'a str,
    pub(super) places: Places,
    pub(super) report: &'a Report,
}

/// How offsets in the parsed text map to the file.
#[derive(Clone, Copy)]
pub(super) enum Places {
    /// The parsed text starts at this offset of the file.
    Shifted(usize),
    /// Every node is at this place: the text was unescaped, so its offsets mean nothing.
    Fixed(Span),
}

impl Lowering<'_> {
    pub(super) fn span(&self, range: Option<std::ops::Range<usize>>) -> Span {
        match (self.places, range) {
            (Places::Fixed(span), _) => span,
            (Places::Shifted(by), Some(range)) => Span::new(self.file, range.start + by..range.end + by),
            (Places::Shifted(by), None) => Span::new(self.file, by..by),
        }
    }

    fn source(&self, range: Option<std::ops::Range<usize>>) -> &str {
        range.and_then(|range| self.text.get(range)).unwrap_or("")
    }

    pub(super) fn body(&self, body: structure::Body, open: Span) -> Body {
        let mut lowered = Body { syntax: Syntax::Native, attributes: Vec::new(), blocks: Vec::new(), open };
        for item in body {
            match item {
                Structure::Attribute(attribute) => lowered.attributes.push(self.attribute(attribute)),
                Structure::Block(block) => lowered.blocks.push(self.block(block)),
            }
        }
        lowered
    }

    fn attribute(&self, attribute: structure::Attribute) -> Attribute {
        Attribute {
            name: Rc::from(attribute.key.as_str()),
            name_span: self.span(attribute.key.span()),
            span: self.span(attribute.span()),
            expr: self.expr(attribute.value),
        }
    }

    fn block(&self, block: structure::Block) -> Block {
        let kind_span = self.span(block.ident.span());
        let labels: Vec<Label> = block
            .labels
            .iter()
            .map(|label| Label { text: Rc::from(label.as_str()), span: self.span(label_span(label)) })
            .collect();
        let header = labels.last().map_or(kind_span, |last| kind_span.to(last.span));
        // Everything between the header and the brace is white space or a comment.
        let after = self.text.get(header.end as usize..).unwrap_or("");
        let brace = header.end as usize + after.find('{').unwrap_or(0);
        let open = Span::new(self.file, brace..brace + 1);
        Block {
            kind: Rc::from(block.ident.as_str()),
            kind_span,
            labels,
            header,
            body: self.body(block.body, open),
        }
    }

    pub(super) fn expr(&self, expr: Expression) -> Expr {
        let span = self.span(expr.span());
        let kind = match expr {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(flag) => ExprKind::Bool(flag.into_value()),
            Expression::Number(number) => {
                let text: String = self.source(number.span()).split_whitespace().collect();
                return self.number(Number::parse(&text), span);
            }
            Expression::String(text) => return self.string(&text, text.span(), span),
            Expression::StringTemplate(template) => {
                return lower_template(self, template.into(), span, super::lower_template::Quoting::Quoted);
            }
            Expression::HeredocTemplate(heredoc) => {
                return lower_template(self, heredoc.template, span, super::lower_template::Quoting::Heredoc);
            }
            Expression::Array(items) => {
                ExprKind::Tuple(items.into_iter().map(|item| self.expr(item)).collect())
            }
            Expression::Object(object) => ExprKind::Object(
                object
                    .into_iter()
                    .map(|(key, value)| ObjectItem {
                        key: self.key(key),
                        value: self.expr(value.into_expr()),
                    })
                    .collect(),
            ),
            Expression::Parenthesis(inner) => ExprKind::Parenthesis(Box::new(self.expr(inner.into_inner()))),
            Expression::Variable(name) => self.reference(name.as_str(), span),
            Expression::Traversal(traversal) => return self.traversal(*traversal, span),
            Expression::Conditional(parts) => {
                let parts = *parts;
                let (then, otherwise) = (self.expr(parts.true_expr), self.expr(parts.false_expr));
                ExprKind::Conditional(Box::new((self.expr(parts.cond_expr), then, otherwise)))
            }
            Expression::FuncCall(call) => ExprKind::Call {
                name: function_name(&call.name),
                name_span: self.span(call.name.name.span()),
                expand_last: call.args.expand_final(),
                args: call.args.into_iter().map(|arg| self.expr(arg)).collect(),
            },
            Expression::UnaryOp(operation) => {
                let operator = self.span(operation.operator.span());
                let symbol = *operation.operator.value();
                ExprKind::Unary(symbol, operator, Box::new(self.expr(operation.expr)))
            }
            Expression::BinaryOp(operation) => {
                let operator = *operation.operator.value();
                let sides = (self.expr(operation.lhs_expr), self.expr(operation.rhs_expr));
                let span = sides.0.span.to(sides.1.span);
                return Expr { kind: ExprKind::Binary(operator, Box::new(sides)), span };
            }
            Expression::ForExpr(looped) => ExprKind::For(Box::new(self.for_expr(*looped))),
        };
        Expr { kind, span }
    }

    fn number(&self, number: Option<Number>, span: Span) -> Expr {
        let kind = match number {
            Some(number) => ExprKind::Number(number),
            None => {
                self.report.add(Diagnostic::error(span, "Invalid number", "This number is out of range."));
                ExprKind::Null
            }
        };
        Expr { kind, span }
    }

    /// Lowers a quoted string; its span becomes the span of its content.
    fn string(&self, text: &str, range: Option<std::ops::Range<usize>>, span: Span) -> Expr {
        let quoted = matches!(self.places, Places::Shifted(_)) && span.end >= span.start + 2;
        let inner = if quoted { Span { start: span.start + 1, end: span.end - 1, ..span } } else { span };
        self.refuse_line_breaks(self.source(range), inner);
        Expr { kind: ExprKind::String(Rc::from(text)), span: inner }
    }

    /// Reports a quoted string that spans lines.
    pub(super) fn refuse_line_breaks(&self, source: &str, span: Span) {
        if matches!(self.places, Places::Shifted(_)) && source.contains('\n') {
            let detail = "Quoted strings may not be split over multiple lines. To produce a multi-line \
                string, either use the \\n escape to represent a newline character or use the \"heredoc\" \
                multi-line template syntax.";
            self.report.add(Diagnostic::error(span, "Invalid multi-line string", detail));
        }
    }

    fn reference(&self, root: &str, span: Span) -> ExprKind {
        let root: Rc<str> = Rc::from(root);
        ExprKind::Reference { root: root.clone(), root_span: span, steps: Vec::new(), text: root }
    }

    fn traversal(&self, traversal: hcl_edit::expr::Traversal, span: Span) -> Expr {
        let range = traversal.span();
        let start = range.as_ref().map_or(0, |range| range.start);
        let source = self.expr(traversal.expr);
        let mut steps: Vec<(Step, usize)> = Vec::new();
        for operator in traversal.operators {
            let end = operator.span().map_or(0, |range| range.end);
            let step_span = self.span(operator.span());
            let kind = match operator.into_value() {
                TraversalOperator::GetAttr(name) => StepKind::Attribute(Rc::from(name.as_str())),
                TraversalOperator::Index(index) => StepKind::Index(self.expr(index)),
                TraversalOperator::LegacyIndex(index) => {
                    let index = i64::try_from(*index.value()).unwrap_or(i64::MAX);
                    StepKind::Index(Expr { kind: ExprKind::Number(Number::Int(index)), span: step_span })
                }
                TraversalOperator::AttrSplat(_) => StepKind::AttributeSplat,
                TraversalOperator::FullSplat(_) => StepKind::FullSplat,
            };
            steps.push((Step { kind, span: step_span }, end));
        }
        let ExprKind::Reference { root, root_span, .. } = source.kind else {
            let steps = steps.into_iter().map(|(step, _)| step).collect();
            return Expr { kind: ExprKind::Traversal { source: Box::new(source), steps }, span };
        };
        // The literal steps belong to the reference, so that the whole of it can be kept verbatim.
        let literal = steps.iter().take_while(|(step, _)| step.is_literal()).count();
        let rest: Vec<Step> = steps.split_off(literal).into_iter().map(|(step, _)| step).collect();
        let end = steps.last().map(|(_, end)| *end).or(range.map(|range| range.end));
        let end = if literal == 0 { start + root.len() } else { end.unwrap_or(start) };
        let text: Rc<str> = Rc::from(self.text.get(start..end).unwrap_or(&root));
        let steps = steps.into_iter().map(|(step, _)| step).collect();
        let inner = self.span(Some(start..end));
        let reference = Expr { kind: ExprKind::Reference { root, root_span, steps, text }, span: inner };
        if rest.is_empty() {
            return reference;
        }
        Expr { kind: ExprKind::Traversal { source: Box::new(reference), steps: rest }, span }
    }

    fn key(&self, key: ObjectKey) -> Expr {
        match key {
            ObjectKey::Ident(name) => {
                Expr { span: self.span(name.span()), kind: ExprKind::String(Rc::from(name.as_str())) }
            }
            ObjectKey::Expression(expr) => self.expr(expr),
        }
    }

    fn for_expr(&self, looped: hcl_edit::expr::ForExpr) -> ForExpr {
        ForExpr {
            key_name: looped.intro.key_var.map(|name| Rc::from(name.as_str())),
            value_name: Rc::from(looped.intro.value_var.as_str()),
            collection: self.expr(looped.intro.collection_expr),
            key: looped.key_expr.map(|key| self.expr(key)),
            value: self.expr(looped.value_expr),
            grouping: looped.grouping,
            condition: looped.cond.map(|condition| self.expr(condition.expr)),
        }
    }
}

impl Step {
    /// Says whether the step can be kept in the text of an unknown reference.
    fn is_literal(&self) -> bool {
        match &self.kind {
            StepKind::Attribute(_) => true,
            StepKind::Index(index) => matches!(index.kind, ExprKind::String(_) | ExprKind::Number(_)),
            StepKind::AttributeSplat | StepKind::FullSplat => false,
        }
    }
}

fn label_span(label: &BlockLabel) -> Option<std::ops::Range<usize>> {
    match label {
        BlockLabel::Ident(name) => name.span(),
        BlockLabel::String(text) => text.span(),
    }
}

/// Returns the whole name, such as `ns::name`.
fn function_name(name: &hcl_edit::expr::FuncName) -> Rc<str> {
    let parts = name.namespace.iter().chain([&name.name]).map(|part| part.as_str());
    Rc::from(parts.collect::<Vec<_>>().join("::"))
}
