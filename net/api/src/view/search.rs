//! Search results.

use std::collections::BTreeMap;

use super::view;

view! {
    /// What begins with a text.
    SearchResponse {
        /// Ids by context.
        matches: BTreeMap<String, Option<Vec<String>>>,
        /// Contexts of which not all was listed.
        truncations: BTreeMap<String, bool>,
    }
}
