//! The syntax tree, with the span of every node.
//!
//! Limits: in the JSON form nothing tells a block from an attribute, so a JSON body has attributes
//! only and whoever knows the schema asks `json_blocks` for blocks.

use std::rc::Rc;

use crate::span::Span;
use crate::values::Number;

pub(crate) use hcl_edit::expr::{BinaryOperator, UnaryOperator};

/// The syntax that a body was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    Native,
    Json,
}

/// The content of a file or of a block.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) syntax: Syntax,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) blocks: Vec<Block>,
    /// The opening brace, where something that is missing is reported.
    pub(crate) open: Span,
}

/// `name = expr`.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: Rc<str>,
    pub(crate) name_span: Span,
    pub(crate) expr: Expr,
    pub(crate) span: Span,
}

/// `kind "label" { … }`.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) kind: Rc<str>,
    pub(crate) kind_span: Span,
    pub(crate) labels: Vec<Label>,
    pub(crate) body: Body,
    /// From the block's type to its last label.
    pub(crate) header: Span,
}

/// A block's label.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) text: Rc<str>,
    pub(crate) span: Span,
}

/// An expression and its place.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Null,
    Bool(bool),
    Number(Number),
    /// A quoted string or heredoc without interpolation; the span covers its content.
    String(Rc<str>),
    /// A string with interpolations or directives.
    Template(Vec<Part>),
    /// `"${expr}"`: the value keeps its type.
    Wrapped(Box<Expr>),
    Tuple(Vec<Expr>),
    Object(Vec<ObjectItem>),
    /// A name and literal steps: `a.b["c"]`. `text` is the exact source.
    Reference {
        root: Rc<str>,
        root_span: Span,
        steps: Vec<Step>,
        text: Rc<str>,
    },
    /// Steps from any other expression.
    Traversal {
        source: Box<Expr>,
        steps: Vec<Step>,
    },
    Call {
        name: Rc<str>,
        name_span: Span,
        args: Vec<Expr>,
        expand_last: bool,
    },
    Conditional(Box<(Expr, Expr, Expr)>),
    Unary(UnaryOperator, Span, Box<Expr>),
    Binary(BinaryOperator, Box<(Expr, Expr)>),
    For(Box<ForExpr>),
    Parenthesis(Box<Expr>),
}

#[derive(Clone, Debug)]
pub(crate) struct ObjectItem {
    pub(crate) key: Expr,
    pub(crate) value: Expr,
}

/// One step of a traversal.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) kind: StepKind,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum StepKind {
    /// `.name`
    Attribute(Rc<str>),
    /// `[expr]`, and the legacy `.0`
    Index(Expr),
    /// `.*`: later attribute steps apply to each item.
    AttributeSplat,
    /// `[*]`: all later steps apply to each item.
    FullSplat,
}

/// `[for k, v in collection : value if condition]` and `{for … : key => value...}`.
#[derive(Clone, Debug)]
pub(crate) struct ForExpr {
    pub(crate) key_name: Option<Rc<str>>,
    pub(crate) value_name: Rc<str>,
    pub(crate) collection: Expr,
    /// Present when the result is an object.
    pub(crate) key: Option<Expr>,
    pub(crate) value: Expr,
    pub(crate) grouping: bool,
    pub(crate) condition: Option<Expr>,
}

/// One part of a template.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    Literal(Rc<str>, Span),
    Interpolation(Expr),
    If { condition: Expr, then: Vec<Part>, otherwise: Vec<Part> },
    For { key_name: Option<Rc<str>>, value_name: Rc<str>, collection: Expr, body: Vec<Part>, span: Span },
}

impl Expr {
    /// Returns the place that a diagnostic about the whole value marks: the start of the expression.
    pub(crate) fn start(&self) -> Span {
        match &self.kind {
            ExprKind::Tuple(_) | ExprKind::Object(_) | ExprKind::For(_) => self.span.head(1),
            ExprKind::Template(parts) => match parts.first() {
                Some(Part::Literal(_, span)) => *span,
                Some(Part::Interpolation(expr)) => expr.start(),
                Some(Part::If { condition, .. }) => condition.start(),
                Some(Part::For { span, .. }) => *span,
                None => self.span,
            },
            ExprKind::Call { name_span, .. } => Span { end: name_span.end + 1, ..*name_span },
            ExprKind::Conditional(parts) => parts.0.start(),
            ExprKind::Binary(_, sides) => sides.0.start(),
            ExprKind::Unary(_, operator, _) => *operator,
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Wrapped(_)
            | ExprKind::Reference { .. }
            | ExprKind::Traversal { .. }
            | ExprKind::Parenthesis(_) => self.span,
        }
    }

    /// Calls `visit` for every reference in the expression.
    pub(crate) fn visit_references<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match &self.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => {}
            ExprKind::Reference { steps, .. } => {
                visit(self);
                visit_steps(steps, visit);
            }
            ExprKind::Traversal { source, steps } => {
                source.visit_references(visit);
                visit_steps(steps, visit);
            }
            ExprKind::Template(parts) => visit_parts(parts, visit),
            ExprKind::Wrapped(inner) | ExprKind::Parenthesis(inner) | ExprKind::Unary(_, _, inner) => {
                inner.visit_references(visit);
            }
            ExprKind::Tuple(items) | ExprKind::Call { args: items, .. } => {
                items.iter().for_each(|item| item.visit_references(visit));
            }
            ExprKind::Object(items) => {
                for item in items {
                    item.key.visit_references(visit);
                    item.value.visit_references(visit);
                }
            }
            ExprKind::Conditional(parts) => {
                [&parts.0, &parts.1, &parts.2].into_iter().for_each(|part| part.visit_references(visit));
            }
            ExprKind::Binary(_, sides) => {
                sides.0.visit_references(visit);
                sides.1.visit_references(visit);
            }
            ExprKind::For(looped) => {
                looped.collection.visit_references(visit);
                looped.key.iter().for_each(|key| key.visit_references(visit));
                looped.value.visit_references(visit);
                looped.condition.iter().for_each(|condition| condition.visit_references(visit));
            }
        }
    }
}

fn visit_steps<'a>(steps: &'a [Step], visit: &mut dyn FnMut(&'a Expr)) {
    for step in steps {
        if let StepKind::Index(index) = &step.kind {
            index.visit_references(visit);
        }
    }
}

fn visit_parts<'a>(parts: &'a [Part], visit: &mut dyn FnMut(&'a Expr)) {
    for part in parts {
        match part {
            Part::Literal(..) => {}
            Part::Interpolation(expr) => expr.visit_references(visit),
            Part::If { condition, then, otherwise } => {
                condition.visit_references(visit);
                visit_parts(then, visit);
                visit_parts(otherwise, visit);
            }
            Part::For { collection, body, .. } => {
                collection.visit_references(visit);
                visit_parts(body, visit);
            }
        }
    }
}

impl Expr {
    /// Returns the place of the whole expression; for a plain string that includes its quotes.
    pub(crate) fn span_with_quotes(&self) -> Span {
        if matches!(self.kind, ExprKind::String(_)) && self.span.start > 0 {
            Span { start: self.span.start - 1, end: self.span.end + 1, ..self.span }
        } else {
            self.span
        }
    }
}
