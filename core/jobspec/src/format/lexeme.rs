//! What a token may look like: names, numbers, signs, and what opens a template.
//!
//! Limits: looks at the beginning of a text only.

use super::token::Kind;

pub(super) fn opens_template(rest: &str) -> bool {
    rest.starts_with("${") || rest.starts_with("%{")
}

pub(super) fn is_escaped_template(rest: &str) -> bool {
    rest.starts_with("$${") || rest.starts_with("%%{")
}

pub(super) fn is_word_start(char: char) -> bool {
    char.is_ascii_alphabetic() || char == '_' || !char.is_ascii()
}

pub(super) fn is_word(char: char) -> bool {
    is_word_start(char) || char.is_ascii_digit() || char == '-'
}

/// Returns the bytes of the number that `rest` starts with.
pub(super) fn number_length(rest: &str) -> usize {
    let digits = |from: usize| {
        let tail = rest.get(from..).unwrap_or("");
        tail.len() - tail.trim_start_matches(|char: char| char.is_ascii_digit()).len()
    };
    let mut end = digits(0);
    if rest[end..].starts_with('.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if rest[end..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[end + 1..].starts_with(['+', '-']));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

/// Returns the kind and length of the sign that `rest` starts with.
pub(super) fn symbol(rest: &str) -> (Kind, usize) {
    const SIGNS: [(&str, Kind); 28] = [
        ("...", Kind::Ellipsis),
        ("==", Kind::Operator),
        ("!=", Kind::Operator),
        (">=", Kind::Operator),
        ("<=", Kind::Operator),
        ("&&", Kind::Operator),
        ("||", Kind::Operator),
        ("=>", Kind::Other),
        ("::", Kind::DoubleColon),
        ("=", Kind::Equal),
        (",", Kind::Comma),
        (".", Kind::Dot),
        (":", Kind::Colon),
        ("?", Kind::Colon),
        ("-", Kind::Minus),
        ("!", Kind::Bang),
        ("+", Kind::Operator),
        ("*", Kind::Operator),
        ("/", Kind::Operator),
        ("%", Kind::Operator),
        ("<", Kind::Operator),
        (">", Kind::Operator),
        ("(", Kind::OpenParen),
        (")", Kind::CloseParen),
        ("[", Kind::OpenBracket),
        ("]", Kind::CloseBracket),
        ("{", Kind::OpenBrace),
        ("}", Kind::CloseBrace),
    ];
    let found = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign));
    found.map_or_else(
        || (Kind::Other, rest.chars().next().map_or(1, char::len_utf8)),
        |(sign, kind)| (*kind, sign.len()),
    )
}
