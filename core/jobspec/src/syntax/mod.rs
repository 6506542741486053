//! Text to tree: one tree for HCL and for its JSON form.
//!
//! `read.rs` chooses the reader; `lower*.rs` turn hcl-edit's tree into ours, `json*.rs` read the JSON
//! form, `heredoc.rs` makes up for its end of heredocs, `explain.rs` says what a syntax error is about. Limits: no evaluation, no schema; both
//! readers bound the depth of nesting.

mod explain;
mod heredoc;
mod json;
mod json_blocks;
mod lower;
mod lower_template;
mod read;
mod split;
mod tree;

pub(crate) use json_blocks::json_blocks;
pub(crate) use read::{check_syntax, read_body, read_expression, read_quoted_expression};
pub(crate) use tree::{
    Attribute, BinaryOperator, Block, Body, Expr, ExprKind, ForExpr, Label, ObjectItem, Part, Step, StepKind,
    Syntax, UnaryOperator,
};
