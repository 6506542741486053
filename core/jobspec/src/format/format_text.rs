//! Checks a text, then lays it out.
//!
//! Limits: the texts that a parse would read; what comes out has at most [`Limits::expansion_bytes`], because one
//! long line could move the comments of all its neighbours.

use super::align::align;
use super::indent::indent;
use super::line::split_lines;
use super::scan::scan;
use super::space::space;
use crate::diagnostic::{Diagnostic, Diagnostics, Failed, Report, Stage};
use crate::limits::{Budget, Limits};
use crate::source::{Source, SourceMap};
use crate::syntax::check_syntax;

/// Returns the text in the canonical layout.
///
/// Any HCL is laid out, job file or not: only its syntax is looked at. Laying out a second time changes nothing.
///
/// # Errors
/// The syntax errors of a text that is no HCL, with their places; or that the result would be too large.
pub fn format_text(source: Source, limits: Limits) -> Result<String, Diagnostics> {
    let mut sources = SourceMap::default();
    let file = sources.add(source.file_name, without_mark(&source.text));
    let (budget, report) = (Budget::new(limits), Report::new(limits.diagnostics));
    let laid_out = check_syntax(&sources, file, &budget, &report).and_then(|()| {
        layout(sources.text(file), limits.expansion_bytes).ok_or_else(|| {
            let detail = format!("Laid out, the text has more than {} bytes.", limits.expansion_bytes);
            report.fail(Diagnostic::global("Text too large", detail))
        })
    });
    laid_out.map_err(|Failed| {
        let (items, dropped) = report.finish();
        Diagnostics { items, dropped, stage: Stage::Syntax, sources }
    })
}

/// Lays out a text that parses; `None` when that takes more than `most` bytes.
pub(crate) fn layout(text: &str, most: u64) -> Option<String> {
    let (mut tokens, trailing) = scan(text);
    let lines = split_lines(&tokens, text);
    indent(&mut tokens, &lines);
    space(&mut tokens, &lines, text);
    align(&mut tokens, &lines, text);
    let spaces: u64 = tokens.iter().map(|token| u64::from(token.spaces)).sum();
    if spaces + text.len() as u64 > most {
        return None;
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for token in &tokens {
        push_spaces(&mut out, token.spaces);
        out.push_str(token.text(text));
    }
    push_spaces(&mut out, trailing);
    Some(out)
}

fn push_spaces(out: &mut String, spaces: u32) {
    out.extend(std::iter::repeat_n(' ', spaces as usize));
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
