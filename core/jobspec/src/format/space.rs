//! The spaces between the tokens of one cell: one or none.
//!
//! Limits: decides from a token, the one before it and the one after it, not from the grammar.

use super::line::Line;
use super::token::{Kind, Token};

/// Sets the spaces between the tokens within each cell.
pub(super) fn space(tokens: &mut [Token], lines: &[Line], text: &str) {
    for line in lines {
        for cell in [line.lead.clone(), line.assign.clone()] {
            for at in cell.start + 1..cell.end {
                let before = (at >= cell.start + 2).then(|| tokens[at - 2].kind);
                let spaced = wants_space(before, &tokens[at - 1], &tokens[at], text);
                tokens[at].spaces = u32::from(spaced);
            }
        }
    }
}

/// Says whether a space goes between `token` and `after`; the first rule that fits decides.
fn wants_space(before: Option<Kind>, token: &Token, after: &Token, text: &str) -> bool {
    use Kind::{
        CloseBrace, CloseHeredoc, CloseQuote, CloseTemplate, Comma, Dot, DoubleColon, Ellipsis, Ident,
        Literal, Newline, Number, OpenBrace, OpenBracket, OpenHeredoc, OpenParen, OpenQuote, OpenTemplate,
    };
    match (token.kind, after.kind) {
        (_, Newline | Comma | Dot | Ellipsis) | (Dot, _) => false,
        (Ident, OpenParen | DoubleColon) | (DoubleColon, Ident) => false,
        (Comma, _) => true,
        // Texts and what is put into them touch.
        (Literal | OpenQuote | OpenHeredoc, _) | (_, Literal | CloseQuote | CloseHeredoc) => false,
        // `for x in [1]`: here `in` is no name that `[1]` is an index of.
        (Ident, _) if token.text(text) == "in" && before == Some(Ident) => true,
        (Ident | Number, OpenBracket) => false,
        (_, OpenBracket) if token.brackets() < 0 => false,
        (Kind::Bang, _) => false,
        (Kind::Minus, _) => !is_negation(before),
        (OpenBrace, CloseBrace) => false,
        (OpenBrace, _) | (_, CloseBrace) | (OpenTemplate, OpenBrace) | (CloseBrace, CloseTemplate) => true,
        (CloseTemplate, OpenTemplate) => false,
        _ => token.brackets() <= 0 && after.brackets() >= 0,
    }
}

/// Says whether a minus after `before` starts a value: nothing that could end one stands there.
fn is_negation(before: Option<Kind>) -> bool {
    use Kind::{Bang, Colon, Comma, Equal, Minus, OpenBrace, OpenBracket, OpenParen, Operator};
    match before {
        None => true,
        Some(kind) => matches!(
            kind,
            OpenParen | OpenBrace | OpenBracket | Equal | Colon | Comma | Operator | Minus | Bang
        ),
    }
}
