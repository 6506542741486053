//! The parameters that nearly every request may carry.
//!
//! Purpose: region, namespace, blocking, consistency, prefix, page, filter and form of the answer.
//! Limits: a wait is 300 s at most, plus up to a sixteenth that `blocking` adds; a filter has
//! [`filter::MAX_LEN`](crate::filter::MAX_LEN) bytes at most, checked when it is parsed.

use std::time::Duration;

use super::{Parameters, parse_bool, parse_duration, parse_int, parse_uint};
use crate::ApiError;

/// The namespace of a request that names none.
pub const DEFAULT_NAMESPACE: &str = "default";
/// The namespace that stands for all.
pub const ALL_NAMESPACES: &str = "*";
/// Longest wait of a blocking query, and the wait when none is given.
const MAX_WAIT: Duration = Duration::from_secs(300);

/// From whom a read may be answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consistency {
    /// The leader, which holds a lease.
    #[default]
    Default,
    /// Any server, from its local state.
    Stale,
    /// The leader after it has asked a quorum.
    Consistent,
}

/// The common parameters of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Wanted region; `None` is the agent's own.
    pub region: Option<String>,
    /// Wanted namespace: `default` unless given, `*` for all.
    pub namespace: String,
    /// Whether the namespace was given.
    pub namespace_given: bool,
    /// Answer only above this index (0: at once).
    pub index: u64,
    /// Whether the given index is none: a read that would wait for it is refused.
    pub bad_index: bool,
    /// How long to wait for that.
    pub wait: Duration,
    /// From whom to answer.
    pub consistency: Consistency,
    /// Prefix of ids or names.
    pub prefix: String,
    /// Entries a page; 0 for all.
    pub per_page: usize,
    /// First entry of the wanted page.
    pub next_token: String,
    /// Filter expression; empty for none.
    pub filter: String,
    /// Whether the order is reversed.
    pub reverse: bool,
    /// Whether the JSON shall be indented.
    pub pretty: bool,
    /// All parameters as they came.
    pub raw: Parameters,
}

impl Default for Query {
    fn default() -> Query {
        Query::parse("").expect("no parameter, no error")
    }
}

impl Query {
    /// Reads a query string (without the question mark).
    pub fn parse(query: &str) -> Result<Query, ApiError> {
        let raw = Parameters::parse(query);
        let filled = |name: &str| Some(raw.text(name)).filter(|text| !text.is_empty()).map(str::to_owned);
        let namespace = filled("namespace");
        let index = index(&raw);
        Ok(Query {
            wait: wait(&raw)?,
            index: index.unwrap_or(0),
            bad_index: index.is_none(),
            consistency: consistency(&raw)?,
            per_page: per_page(&raw)?,
            region: filled("region"),
            namespace_given: namespace.is_some(),
            namespace: namespace.unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned()),
            prefix: raw.text("prefix").to_owned(),
            next_token: raw.text("next_token").to_owned(),
            filter: raw.text("filter").to_owned(),
            reverse: raw.text("reverse") == "true",
            pretty: raw.get("pretty").is_some_and(|value| value != "0"),
            raw,
        })
    }

    /// Tells whether the request asks for all namespaces.
    #[must_use]
    pub fn all_namespaces(&self) -> bool {
        self.namespace == ALL_NAMESPACES
    }
}

fn wait(raw: &Parameters) -> Result<Duration, ApiError> {
    let text = raw.text("wait");
    if text.is_empty() {
        return Ok(MAX_WAIT);
    }
    let nanoseconds = parse_duration(text).ok_or_else(|| ApiError::bad_request("Invalid wait time"))?;
    match u64::try_from(nanoseconds) {
        Ok(0) | Err(_) => Ok(MAX_WAIT),
        Ok(nanoseconds) => Ok(Duration::from_nanos(nanoseconds).min(MAX_WAIT)),
    }
}

fn index(raw: &Parameters) -> Option<u64> {
    match raw.text("index") {
        "" => Some(0),
        text => parse_uint(text).ok(),
    }
}

fn consistency(raw: &Parameters) -> Result<Consistency, ApiError> {
    let stale = match raw.get("stale") {
        None => false,
        Some("") => true,
        Some(text) => parse_bool(text).map_err(|_| {
            ApiError::bad_request("Expect `true` or `false` for `stale` query string parameter")
        })?,
    };
    Ok(match (stale, raw.has("consistent")) {
        (true, _) => Consistency::Stale,
        (false, true) => Consistency::Consistent,
        (false, false) => Consistency::Default,
    })
}

fn per_page(raw: &Parameters) -> Result<usize, ApiError> {
    let text = raw.text("per_page");
    if text.is_empty() {
        return Ok(0);
    }
    let number = parse_int(text).ok().and_then(|number| i32::try_from(number).ok());
    let number = number
        .ok_or_else(|| ApiError::bad_request("Expect a number for `per_page` query string parameter"))?;
    Ok(usize::try_from(number).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_query_has_defaults() {
        let query = Query::default();
        assert_eq!((query.namespace.as_str(), query.namespace_given), ("default", false));
        assert_eq!((query.index, query.wait), (0, MAX_WAIT));
        assert_eq!(query.consistency, Consistency::Default);
        assert!(!query.pretty && !query.reverse);
    }

    #[test]
    fn waits_are_capped_at_five_minutes() {
        let wait = |text: &str| Query::parse(&format!("index=1&wait={text}")).unwrap().wait;
        assert_eq!(wait("1s"), Duration::from_secs(1));
        assert_eq!(wait("2000ms"), Duration::from_secs(2));
        assert_eq!(wait("1h"), MAX_WAIT);
        assert_eq!(wait("0"), MAX_WAIT);
        assert_eq!(wait("-5s"), MAX_WAIT);
    }

    #[test]
    fn bad_parameters_are_refused_in_nomads_words() {
        for (query, text) in [
            ("index=1&wait=abc", "Invalid wait time"),
            ("stale=maybe", "Expect `true` or `false` for `stale` query string parameter"),
            ("per_page=abc", "Expect a number for `per_page` query string parameter"),
            ("per_page=99999999999", "Expect a number for `per_page` query string parameter"),
        ] {
            let error = Query::parse(query).unwrap_err();
            assert_eq!((error.status().as_u16(), error.text()), (400, text), "{query}");
        }
    }

    #[test]
    fn switches_have_their_own_rules() {
        let query = |text: &str| Query::parse(text).unwrap();
        for (text, consistency) in [
            ("stale", Consistency::Stale),
            ("stale=true", Consistency::Stale),
            ("stale=0", Consistency::Default),
            ("consistent", Consistency::Consistent),
        ] {
            assert_eq!(query(text).consistency, consistency, "{text}");
        }
        for (text, pretty) in
            [("pretty", true), ("pretty=1", true), ("pretty=false", true), ("pretty=0", false)]
        {
            assert_eq!(query(text).pretty, pretty, "{text}");
        }
        for (text, reverse) in [("reverse=true", true), ("reverse=1", false), ("reverse", false)] {
            assert_eq!(query(text).reverse, reverse, "{text}");
        }
        assert!(query("namespace=*").all_namespaces());
    }
}
