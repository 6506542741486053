//! Pages of lists.
//!
//! Purpose: filter a list, cut the wanted page out of it, and name the first entry of the next one. The token of
//! a page is a key of the list's order, so that a page stays right while entries come and go.
//! Limits: walks the list from its start; stops one entry after the page.

use std::cmp::Ordering;

use serde_json::Value;

use crate::filter::Filter;
use crate::{ApiError, Filtered, Query};

/// The key of an entry in the order of its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageKey {
    /// By id or name: nodes, node pools, and lists that are asked by prefix.
    Id(String),
    /// By namespace and id or path: jobs, services, volumes, variables.
    Namespaced {
        /// The namespace.
        namespace: String,
        /// The id, name or path.
        id: String,
    },
    /// By creation: allocations, evaluations, deployments, tokens.
    Created {
        /// Index at which the entry was created.
        index: u64,
        /// The id.
        id: String,
    },
    /// By last change: job statuses.
    Modified(u64),
}

impl PageKey {
    /// Returns the key as clients carry it.
    #[must_use]
    pub fn token(&self) -> String {
        match self {
            PageKey::Id(id) => id.clone(),
            PageKey::Namespaced { namespace, id } => format!("{namespace}.{id}"),
            PageKey::Created { index, id } => format!("{index}.{id}"),
            PageKey::Modified(index) => index.to_string(),
        }
    }

    /// Compares the key with a token of the same list.
    fn compare(&self, token: &str) -> Ordering {
        match self {
            PageKey::Id(id) => id.as_str().cmp(token),
            PageKey::Namespaced { namespace, id } => {
                let (wanted, wanted_id) = token.split_once('.').unwrap_or((token, ""));
                (namespace.as_str(), id.as_str()).cmp(&(wanted, wanted_id))
            }
            PageKey::Created { index, id } => {
                let (wanted, wanted_id) = token.split_once('.').unwrap_or((token, ""));
                (*index, id.as_str()).cmp(&(wanted.parse().unwrap_or(0), wanted_id))
            }
            PageKey::Modified(index) => index.cmp(&token.parse().unwrap_or(0)),
        }
    }
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Its entries.
    pub entries: Filtered<T>,
    /// Key of the next page's first entry; empty on the last page.
    pub next_token: String,
}

/// The order in which a list is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Rising keys.
    Rising,
    /// Falling keys.
    Falling,
}

impl Order {
    /// The order of a list that rises unless `reverse=true`.
    #[must_use]
    pub fn of(query: &Query) -> Order {
        if query.reverse { Order::Falling } else { Order::Rising }
    }
}

/// Cuts the query's page out of a list whose entries are already in `order`.
///
/// `key` tells an entry's place and `document` the object that filters see: the full one, not the list's stub.
pub fn paginate<T>(
    entries: Filtered<T>,
    query: &Query,
    order: Order,
    key: impl Fn(&T) -> PageKey,
    document: impl Fn(&T) -> Value,
) -> Result<Page<T>, ApiError> {
    let filter = Filter::parse_optional(&query.filter)
        .map_err(|error| ApiError::bad_request(format!("failed to create result paginator: {error}")))?;
    let mut page = Vec::new();
    for entry in entries.into_inner() {
        if !query.next_token.is_empty() {
            let place = key(&entry).compare(&query.next_token);
            let skipped = if order == Order::Rising { Ordering::Less } else { Ordering::Greater };
            if place == skipped {
                continue;
            }
        }
        if let Some(filter) = &filter {
            let fits = filter.matches(&document(&entry));
            if !fits.map_err(|error| ApiError::bad_request(format!("failed to read result page: {error}")))? {
                continue;
            }
        }
        if query.per_page > 0 && page.len() == query.per_page {
            return Ok(Page { entries: Filtered::again(page), next_token: key(&entry).token() });
        }
        page.push(entry);
    }
    Ok(Page { entries: Filtered::again(page), next_token: String::new() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const JOBS: [&str; 5] = ["batch", "canary", "dns", "web", "web/dispatch-1"];

    fn page(query: &str, names: &[&'static str]) -> Result<(Vec<&'static str>, String), ApiError> {
        let query = Query::parse(query).unwrap();
        let entries = Filtered::again(names.to_vec());
        let key = |name: &&'static str| PageKey::Namespaced {
            namespace: "default".to_owned(),
            id: (*name).to_owned(),
        };
        let page = paginate(entries, &query, Order::of(&query), key, |name| json!({"ID": name}))?;
        Ok((page.entries.into_inner(), page.next_token))
    }

    #[test]
    fn a_token_names_the_first_entry_of_the_next_page() {
        let (first, token) = page("per_page=2", &JOBS).unwrap();
        assert_eq!((first, token.as_str()), (vec!["batch", "canary"], "default.dns"));
        let (second, token) = page("per_page=2&next_token=default.dns", &JOBS).unwrap();
        assert_eq!((second, token.as_str()), (vec!["dns", "web"], "default.web/dispatch-1"));
        let (last, token) = page("per_page=2&next_token=default.web/dispatch-1", &JOBS).unwrap();
        assert_eq!((last, token.as_str()), (vec!["web/dispatch-1"], ""));
    }

    #[test]
    fn a_token_still_works_after_its_entry_is_gone() {
        let (found, _) = page("next_token=default.cron", &JOBS).unwrap();
        assert_eq!(found, ["dns", "web", "web/dispatch-1"]);
    }

    #[test]
    fn a_reversed_list_is_paged_downwards() {
        let reversed: Vec<&str> = JOBS.into_iter().rev().collect();
        let (found, token) = page("reverse=true&per_page=1&next_token=default.web", &reversed).unwrap();
        assert_eq!((found, token.as_str()), (vec!["web"], "default.dns"));
    }

    #[test]
    fn the_next_token_skips_what_the_filter_drops() {
        let (found, token) = page("per_page=1&filter=ID%20contains%20%22a%22", &JOBS).unwrap();
        assert_eq!((found, token.as_str()), (vec!["batch"], "default.canary"));
        let (found, token) = page("per_page=1&filter=ID%20matches%20%22%5Eweb%22", &JOBS).unwrap();
        assert_eq!((found, token.as_str()), (vec!["web"], "default.web/dispatch-1"));
    }

    #[test]
    fn bad_filters_are_refused_in_nomads_words() {
        let syntax = page("filter=Type%20%3D%3D", &JOBS).unwrap_err();
        assert_eq!(syntax.status(), 400);
        assert!(syntax.text().starts_with(
            "failed to create result paginator: failed to read filter expression: 1:8 (7): no match found"
        ));
        let field = page("filter=Path%20contains%20%22app%22", &JOBS).unwrap_err();
        let text = "failed to read result page: error finding value in datum: /Path at part 0: couldn't find key: struct field with name \"Path\"";
        assert_eq!((field.status().as_u16(), field.text()), (400, text));
    }

    #[test]
    fn numbers_in_tokens_are_compared_as_numbers() {
        let key = PageKey::Created { index: 100, id: "b".to_owned() };
        assert_eq!(key.compare("99.z"), Ordering::Greater);
        assert_eq!(key.compare("100.b"), Ordering::Equal);
        assert_eq!(key.compare("100.c"), Ordering::Less);
        assert_eq!(PageKey::Modified(9).compare("10"), Ordering::Less);
        assert_eq!(PageKey::Id("a".to_owned()).compare("b"), Ordering::Less);
    }
}
