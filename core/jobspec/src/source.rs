//! The texts that a parse reads, and lines and columns in them.
//!
//! Limits: it holds texts that somebody else has read; it opens no file itself. Columns count
//! grapheme clusters, as HCL's own diagnostics do.

use unicode_segmentation::UnicodeSegmentation;

use crate::span::{FileId, Span};

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// HCL2, or the JSON form of HCL when the first byte that is no space is `{`.
    Hcl,
    /// A job in the JSON of the HTTP API; never evaluated.
    ApiJson,
}

/// One text and the name it goes by in diagnostics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name that diagnostics show, such as the path that was read.
    pub file_name: String,
    /// The whole text.
    pub text: String,
    /// How the text is written.
    pub format: Format,
}

/// A place in a text: both numbers count from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in grapheme clusters, from 1.
    pub column: usize,
}

#[derive(Clone, Debug)]
struct SourceFile {
    name: String,
    text: String,
    line_starts: Vec<u32>,
}

/// All texts of one parse, by [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a text and returns the id that spans in it carry.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let after = ends.map(|(offset, _)| u32::try_from(offset + 1).unwrap_or(u32::MAX));
        let line_starts = std::iter::once(0).chain(after).collect();
        self.files.push(SourceFile { name: name.into(), text, line_starts });
        FileId(u16::try_from(self.files.len() - 1).unwrap_or(u16::MAX))
    }

    /// Returns the name of the file.
    #[must_use]
    pub fn name(&self, file: FileId) -> &str {
        self.file(file).map_or("", |file| &file.name)
    }

    /// Returns the whole text of the file.
    #[must_use]
    pub fn text(&self, file: FileId) -> &str {
        self.file(file).map_or("", |file| &file.text)
    }

    /// Returns the text below the span; empty when the span does not fit the text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Returns the line and column of a byte offset.
    #[must_use]
    pub fn position(&self, file: FileId, offset: u32) -> Position {
        let Some(source) = self.file(file) else { return Position { line: 1, column: 1 } };
        let line = source.line_starts.partition_point(|&start| start <= offset);
        let start = source.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = source.text.get(start as usize..offset as usize).unwrap_or("");
        let column = if before.is_ascii() { before.len() } else { before.graphemes(true).count() };
        Position { line, column: column + 1 }
    }

    /// Returns `file:line,column-column`, or `file:line,column-line,column` across lines.
    #[must_use]
    pub fn range_text(&self, span: Span) -> String {
        let (start, end) = (self.position(span.file, span.start), self.position(span.file, span.end));
        let name = self.name(span.file);
        if start.line == end.line {
            format!("{name}:{},{}-{}", start.line, start.column, end.column)
        } else {
            format!("{name}:{},{}-{},{}", start.line, start.column, end.line, end.column)
        }
    }

    fn file(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get(usize::from(file.0))
    }
}
