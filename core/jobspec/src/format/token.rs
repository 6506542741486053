//! The tokens of HCL text, as the layout sees them.
//!
//! Limits: positions are 32 bits wide; kinds that are laid out alike share one name.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Newline,
    /// With its line break when it is a `#` or `//` comment.
    Comment,
    Ident,
    Number,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,
    /// The opening `"`.
    OpenQuote,
    CloseQuote,
    /// `<<EOT` and its line break.
    OpenHeredoc,
    /// The line of the end marker, without its line break.
    CloseHeredoc,
    /// Text of a quoted string or of a heredoc.
    Literal,
    /// `${` or `%{`.
    OpenTemplate,
    /// The brace that ends a template sequence.
    CloseTemplate,
    Equal,
    Comma,
    Dot,
    /// `...`
    Ellipsis,
    /// `:` and `?`.
    Colon,
    /// `::`
    DoubleColon,
    Minus,
    Bang,
    /// An operator with two operands, other than minus.
    Operator,
    /// Whatever is left.
    Other,
}

/// A piece of the text, and the spaces that stand before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) spaces: u32,
}

impl Token {
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(super) fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.range()).unwrap_or("")
    }

    /// Says whether a line ends with the token.
    pub(super) fn ends_line(&self, text: &str) -> bool {
        self.kind == Kind::Newline || (self.kind == Kind::Comment && self.text(text).ends_with('\n'))
    }

    /// Returns how many brackets the token opens; -1 when it closes one.
    pub(super) fn brackets(&self) -> i32 {
        const OPEN: [Kind; 4] = [Kind::OpenBrace, Kind::OpenBracket, Kind::OpenParen, Kind::OpenTemplate];
        const CLOSE: [Kind; 4] =
            [Kind::CloseBrace, Kind::CloseBracket, Kind::CloseParen, Kind::CloseTemplate];
        i32::from(OPEN.contains(&self.kind)) - i32::from(CLOSE.contains(&self.kind))
    }
}

/// Returns how wide tokens are with the spaces before them, in characters as people count them.
pub(super) fn columns(tokens: &[Token], text: &str) -> u32 {
    tokens.iter().map(|token| token.spaces + width(token.text(text))).sum()
}

fn width(text: &str) -> u32 {
    let count =
        if text.is_ascii() && !text.contains('\r') { text.len() } else { text.graphemes(true).count() };
    u32::try_from(count).unwrap_or(u32::MAX)
}
