//! Prints findings: in Nomad's one-line form, and with an excerpt of the text.
//!
//! Limits: returns text; the caller owns the terminal. An excerpt shows the marked lines only.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::finding::{Diagnostic, Diagnostics, Severity, Stage};
use crate::source::SourceMap;

impl Diagnostics {
    /// Returns the form that the HTTP API answers with, without a trailing line break.
    #[must_use]
    pub fn to_one_line(&self) -> String {
        let errors: Vec<&Diagnostic> =
            self.items.iter().filter(|item| item.severity == Severity::Error).collect();
        let lines = errors.iter().map(|item| item.to_one_line(&self.sources));
        let prefix = if self.stage == Stage::VariableText { "unable to parse var content: " } else { "" };
        match self.stage {
            Stage::Decode => lines.collect::<Vec<_>>().join("\n"),
            Stage::Syntax | Stage::VariableText => {
                let first = lines.into_iter().next().unwrap_or_default();
                let others = (errors.len() + self.dropped).saturating_sub(1);
                let rest =
                    if others == 0 { String::new() } else { format!(", and {others} other diagnostic(s)") };
                format!("{prefix}{first}{rest}")
            }
        }
    }

    /// Returns every finding with an excerpt, a label and help, for a person to read.
    #[must_use]
    pub fn to_rich_text(&self, style: RenderStyle) -> String {
        let mut text = render_all(&self.items, &self.sources, style);
        if self.dropped > 0 {
            text.push_str(&format!("\n{} more findings are not shown\n", self.dropped));
        }
        text
    }
}

/// Whether excerpts carry terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderStyle {
    /// No escape sequences.
    Plain,
    /// ANSI colours.
    Coloured,
}

impl Diagnostic {
    /// Returns `<file>:<line>,<columns>: Summary; Detail`, with `<nil>` for a finding without a place.
    #[must_use]
    pub fn to_one_line(&self, sources: &SourceMap) -> String {
        let place = self.span.map_or_else(|| "<nil>".to_owned(), |span| sources.range_text(span));
        format!("{place}: {}; {}", self.summary, self.detail)
    }
}

/// Returns the findings with excerpts, separated by empty lines.
fn render_all(items: &[Diagnostic], sources: &SourceMap, style: RenderStyle) -> String {
    let renderer = match style {
        RenderStyle::Plain => Renderer::plain(),
        RenderStyle::Coloured => Renderer::styled(),
    };
    let mut texts: Vec<String> = Vec::with_capacity(items.len());
    for item in items {
        texts.push(renderer.render(&[group(item, sources)]));
    }
    texts.join("\n\n")
}

fn group<'a>(item: &'a Diagnostic, sources: &'a SourceMap) -> Group<'a> {
    let level = match item.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(item.summary.as_str());
    let mut group = match item.span {
        None => Group::with_title(title),
        Some(span) => {
            let text = sources.text(span.file);
            let marked = visible_range(text, span.start as usize, span.end as usize);
            let label = item.label.as_deref().unwrap_or(item.detail.as_str());
            let annotation: Annotation<'_> = AnnotationKind::Primary.span(marked).label(label);
            title.element(Snippet::source(text).path(sources.name(span.file)).annotation(annotation))
        }
    };
    // Help says more than the detail where both are there.
    if item.span.is_none() || (item.label.is_some() && item.help.is_none()) {
        group = group.element(Level::NOTE.message(item.detail.as_str()));
    }
    match &item.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// Returns a range on character boundaries that marks at least one character and ends on its first line.
fn visible_range(text: &str, start: usize, end: usize) -> std::ops::Range<usize> {
    let start = (0..=start.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let line_end = text[start..].find('\n').map_or(text.len(), |offset| start + offset);
    let end = end.clamp(start, line_end.max(start));
    let end = (end..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    start..end
}
