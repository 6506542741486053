//! One finding, and the list of them that a refused job file answers with.
//!
//! Limits: plain data; wording belongs to whoever makes a finding.

use crate::source::SourceMap;
use crate::span::Span;

/// Whether a finding refuses the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The job is refused.
    Error,
    /// The job is accepted; the text probably means something else.
    Warning,
}

/// The step of the parse that made the findings; it decides how several are put in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Syntax, variables and locals: the first finding and a count of the others.
    Syntax,
    /// The text of a variables file: as `Syntax`, with a prefix that says so.
    VariableText,
    /// Decoding: one finding a line.
    Decode,
}

/// One located finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it refuses the job.
    pub severity: Severity,
    /// What is wrong, in a few words with a capital.
    pub summary: String,
    /// Whole sentences that name the subject.
    pub detail: String,
    /// Where it is; findings about something absent have no place.
    pub span: Option<Span>,
    /// A short text printed below the marked place.
    pub label: Option<String>,
    /// What to do about it, such as the nearest known name.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Returns an error at `span`.
    #[must_use]
    pub fn error(span: Span, summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { span: Some(span), ..Diagnostic::global(summary, detail) }
    }

    /// Returns an error that has no place in a text.
    #[must_use]
    pub fn global(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            span: None,
            label: None,
            help: None,
        }
    }

    /// Returns the finding as a warning.
    #[must_use]
    pub fn warning(mut self) -> Diagnostic {
        self.severity = Severity::Warning;
        self
    }

    /// Returns the finding with the text below the marked place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = Some(label.into());
        self
    }

    /// Returns the finding with a line of help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Returns the finding with help that names the nearest known name, when there is one.
    #[must_use]
    pub fn nearest(self, nearest: Option<&str>) -> Diagnostic {
        match nearest {
            Some(name) => self.help(format!("did you mean \"{name}\"?")),
            None => self,
        }
    }
}

/// Why a job file was refused: at least one error, with the texts the spans point into.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    pub(crate) items: Vec<Diagnostic>,
    pub(crate) dropped: usize,
    pub(crate) stage: Stage,
    pub(crate) sources: SourceMap,
}

impl Diagnostics {
    /// Returns the findings in the order of their discovery.
    #[must_use]
    pub fn items(&self) -> &[Diagnostic] {
        &self.items
    }

    /// Returns the texts that the spans point into.
    #[must_use]
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }
}

impl std::fmt::Display for Diagnostics {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.to_one_line())
    }
}

impl std::error::Error for Diagnostics {}
