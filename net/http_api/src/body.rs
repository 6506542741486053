//! Request bodies.
//!
//! Purpose: read a body and decode its JSON, with the errors that clients of a Go server know.
//! Limits: [`MAX_BODY`] bytes; JSON nests at most 128 deep (serde_json's limit).

use axum::body::Body;
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use crate::ApiError;

/// Largest request body in bytes.
pub(crate) const MAX_BODY: usize = 32 << 20;

/// Reads a whole body.
pub(crate) async fn collect(body: Body) -> Result<Bytes, ApiError> {
    collect_at_most(body, MAX_BODY).await
}

/// Reads a whole body of at most `limit` bytes.
pub(crate) async fn collect_at_most(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        if std::error::Error::source(&error)
            .is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
        {
            ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the request body is larger than {limit} bytes"),
            )
        } else {
            ApiError::bad_request("unexpected EOF")
        }
    })
}

/// Decodes JSON; what follows the first value is ignored, as Go's decoder does.
pub(crate) fn json(bytes: &[u8]) -> Result<Value, ApiError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        let text = if bytes.is_empty() { "Request body is empty" } else { "EOF" };
        return Err(ApiError::bad_request(text));
    }
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) if error.is_eof() => Err(ApiError::bad_request("unexpected EOF")),
        Some(Err(error)) => Err(ApiError::bad_request(syntax_error(bytes, &error))),
        None => Err(ApiError::bad_request("EOF")),
    }
}

/// Words a syntax error as Go does, where the offending character is known.
fn syntax_error(bytes: &[u8], error: &serde_json::Error) -> String {
    let text = error.to_string();
    let character = character_at(bytes, error.line(), error.column());
    if text.starts_with("expected ident")
        && let Some((character, line)) = character.as_ref().zip(line_at(bytes, error.line()))
        && let Some(expected) = in_literal(line, error.column())
    {
        return format!("invalid character {character} {expected}");
    }
    let looking_for = [
        ("key must be a string", "looking for beginning of object key string"),
        ("expected value", "looking for beginning of value"),
        ("expected `:`", "after object key"),
        ("expected `,` or `}`", "after object key:value pair"),
        ("expected `,` or `]`", "after array element"),
        ("trailing comma", "looking for beginning of value"),
        ("control character", "in string literal"),
        ("invalid escape", "in string escape code"),
        ("invalid number", "in numeric literal"),
    ];
    let words = looking_for.iter().find(|(ours, _)| text.starts_with(ours)).map(|(_, words)| words);
    match (words, character) {
        (Some(words), Some(character)) => format!("invalid character {character} {words}"),
        _ => text,
    }
}

/// Says which literal is broken at a column, and which character would have gone on with it.
fn in_literal(line: &[u8], column: usize) -> Option<String> {
    let before = line.get(..column.checked_sub(1)?)?;
    let matching = |literal: &'static str| {
        let longest = (1..literal.len()).rev().find(|len| before.ends_with(&literal.as_bytes()[..*len]))?;
        Some(format!("in literal {literal} (expecting {:?})", char::from(literal.as_bytes()[longest])))
    };
    ["null", "true", "false"].into_iter().find_map(matching)
}

fn line_at(bytes: &[u8], line: usize) -> Option<&[u8]> {
    bytes.split(|byte| *byte == b'\n').nth(line.checked_sub(1)?)
}

/// Returns the quoted character at a position (1-based line and byte column).
fn character_at(bytes: &[u8], line: usize, column: usize) -> Option<String> {
    let rest = line_at(bytes, line)?.get(column.checked_sub(1)?..)?;
    let character = String::from_utf8_lossy(rest.get(..rest.len().min(4))?).chars().next()?;
    Some(match character {
        '\'' => r"'\''".to_owned(),
        '"' => "'\"'".to_owned(),
        other => format!("{other:?}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let error = json(text.as_bytes()).unwrap_err();
        assert_eq!(error.status(), 400);
        error.text().to_owned()
    }

    #[test]
    fn bad_json_is_refused_in_gos_words() {
        assert_eq!(refused(""), "Request body is empty");
        assert_eq!(refused(r#"{"Job":"#), "unexpected EOF");
        assert_eq!(refused("{{"), "invalid character '{' looking for beginning of object key string");
        assert_eq!(refused("nonsense"), "invalid character 'o' in literal null (expecting 'u')");
        assert_eq!(refused("[false, trxe]"), "invalid character 'x' in literal true (expecting 'u')");
        assert_eq!(refused("<html>"), "invalid character '<' looking for beginning of value");
        assert_eq!(refused(r#"{"a" 1}"#), "invalid character '1' after object key");
        assert_eq!(refused(r#"{"a":1 "b"}"#), "invalid character '\"' after object key:value pair");
        assert_eq!(refused("[1 2]"), "invalid character '2' after array element");
    }

    #[test]
    fn what_follows_the_first_value_is_ignored() {
        assert_eq!(json(b"{\"a\":1} trailing").unwrap()["a"], 1);
    }

    #[tokio::test]
    async fn a_body_above_the_limit_is_refused() {
        let error = collect(Body::from(vec![b' '; MAX_BODY + 1])).await.unwrap_err();
        assert_eq!(error.status(), 413);
    }
}
