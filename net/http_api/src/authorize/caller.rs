//! Who asks.
//!
//! Purpose: the token and the door of a request, and, when a server passed it on, whom it first came from.
//! Limits: tokens are never printed; they are compared by whoever resolves them.

use http::{HeaderMap, header};
use wire::http::Door;

use crate::forward::Forwarded;

/// Header that carries a token; it wins over `Authorization`.
pub(crate) const TOKEN_HEADER: &str = "x-nomad-token";

/// A secret id or a workload's identity token. Has no `Display`, and its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Returns the secret.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// Reads the token of a request; `None` when it carries none.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Token> {
        let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let direct = value(TOKEN_HEADER).filter(|token| !token.is_empty());
        let bearer = || {
            let (scheme, token) = value(header::AUTHORIZATION.as_str())?.split_once(' ')?;
            Some(token.trim()).filter(|token| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
        };
        direct.or_else(bearer).map(|token| Token(token.to_owned()))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The token, if one came along.
    pub token: Option<Token>,
    /// Where the request entered this agent.
    pub door: Door,
    /// Set when another server passed the request on.
    pub forwarded: Option<Forwarded>,
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn token(pairs: &[(&'static str, &'static str)]) -> Option<String> {
        let headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        Token::from_headers(&headers).map(|token| token.secret().to_owned())
    }

    #[test]
    fn the_nomad_header_wins_over_a_bearer_token() {
        assert_eq!(token(&[("x-nomad-token", "a"), ("authorization", "Bearer b")]).as_deref(), Some("a"));
        assert_eq!(token(&[("authorization", "bEaReR  b ")]).as_deref(), Some("b"));
        assert_eq!(token(&[("authorization", "Basic b")]), None);
        assert_eq!(token(&[("x-nomad-token", "")]), None);
        assert_eq!(token(&[]), None);
    }

    #[test]
    fn a_token_is_never_printed() {
        assert_eq!(format!("{:?}", Token("secret".to_owned())), "Token(…)");
    }
}
