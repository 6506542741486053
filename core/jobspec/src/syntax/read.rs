//! Reads a text into a tree: native HCL by hcl-edit, the JSON form by our own reader.
//!
//! Limits: a text that does not parse yields no tree, but one finding for each of its top-level
//! items that is broken.

use hcl_edit::parser::{parse_body, parse_expr};

use super::explain::explain;
use super::heredoc::settle_markers;
use super::json::read_json;
use super::json_blocks::json_body;
use super::lower::{Lowering, Places};
use super::split::{crowded_object, split_items};
use super::tree::{Body, Expr, Syntax};
use crate::diagnostic::{Diagnostic, Failed, Report};
use crate::limits::Budget;
use crate::source::SourceMap;
use crate::span::{FileId, Span};

/// Entries of one object constructor.
const MOST_ENTRIES: usize = 5_000;

/// Reads a whole file.
pub(crate) fn read_body(
    sources: &SourceMap,
    file: FileId,
    budget: &Budget,
    report: &Report,
) -> Result<Body, Failed> {
    let text = checked_text(sources, file, budget, report)?;
    if text.trim_start_matches(' ').starts_with('{') || sources.name(file).ends_with(".json") {
        let tree = read_json(sources, file, budget, report)?;
        return json_body(&tree, report);
    }
    read_native(sources, file, text, report)
}

/// Checks that a text is native HCL, of whatever schema.
pub(crate) fn check_syntax(
    sources: &SourceMap,
    file: FileId,
    budget: &Budget,
    report: &Report,
) -> Result<(), Failed> {
    let text = checked_text(sources, file, budget, report)?;
    read_native(sources, file, text, report).map(|_| ())
}

fn read_native(sources: &SourceMap, file: FileId, text: &str, report: &Report) -> Result<Body, Failed> {
    if let Some(place) = crowded_object(text, MOST_ENTRIES) {
        let detail = format!("An object is written with more than {MOST_ENTRIES} entries.");
        return Err(report.fail(Diagnostic::error(Span::new(file, place), "Object too large", detail)));
    }
    let text = &*settle_markers(text);
    match parse_body(text) {
        Ok(body) => {
            let before = report.mark();
            let lowering = Lowering { file, text, places: Places::Shifted(0), report };
            let open = Span::new(file, 0..0);
            let body = lowering.body(body, open);
            if report.mark() > before { Err(Failed) } else { Ok(body) }
        }
        Err(error) => {
            explain_all(sources, file, &error, report);
            Err(Failed)
        }
    }
}

/// Reads a text that is one expression, such as the value of a `-var` flag.
pub(crate) fn read_expression(
    sources: &SourceMap,
    file: FileId,
    budget: &Budget,
    report: &Report,
) -> Result<Expr, Failed> {
    let text = checked_text(sources, file, budget, report)?;
    let lead = text.len() - text.trim_start().len();
    match parse_expr(text.trim()) {
        Ok(expr) => {
            let before = report.mark();
            let lowering = Lowering { file, text: text.trim(), places: Places::Shifted(lead), report };
            let expr = lowering.expr(expr);
            if report.mark() > before { Err(Failed) } else { Ok(expr) }
        }
        Err(error) => Err(report.fail(explain(sources, file, lead, text.trim(), &error))),
    }
}

/// Reads an expression that the JSON form holds in a string; all of it is at the string's place.
pub(crate) fn read_quoted_expression(text: &str, span: Span, report: &Report) -> Result<Expr, Failed> {
    match parse_expr(text.trim()) {
        Ok(expr) => {
            Ok(Lowering { file: span.file, text: text.trim(), places: Places::Fixed(span), report }
                .expr(expr))
        }
        Err(error) => {
            let detail = format!("The expression in this string does not parse: {}.", error.message());
            Err(report.fail(Diagnostic::error(span, "Invalid expression", detail)))
        }
    }
}

fn checked_text<'a>(
    sources: &'a SourceMap,
    file: FileId,
    budget: &Budget,
    report: &Report,
) -> Result<&'a str, Failed> {
    let text = sources.text(file);
    let most = budget.limits().source_bytes;
    if text.len() > most {
        let detail = format!("{} is {} bytes long; at most {most} are read.", sources.name(file), text.len());
        return Err(report.fail(Diagnostic::global("Source too large", detail)));
    }
    Ok(text)
}

/// Reports the first syntax error of every top-level item.
fn explain_all(sources: &SourceMap, file: FileId, first: &hcl_edit::parser::Error, report: &Report) {
    let text = sources.text(file);
    let mark = report.mark();
    for item in split_items(text) {
        let part = &text[item.clone()];
        if let Err(error) = parse_body(part) {
            report.add(explain(sources, file, item.start, part, &error));
        }
    }
    if report.mark() == mark {
        report.add(explain(sources, file, 0, text, first));
    }
}

impl Body {
    /// Says whether the body was written in the JSON form.
    pub(crate) fn is_json(&self) -> bool {
        self.syntax == Syntax::Json
    }
}
