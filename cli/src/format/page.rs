//! `-filter`, `-per-page` and `-page-token`.
//!
//! Limits: the agent judges the expression and the token.

use api::Query;

/// Which part of a list is wanted.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct PageArgs {
    /// List only what fulfils an expression
    #[arg(long, value_name = "expression")]
    pub filter: Option<String>,

    /// How many entries a page lists
    #[arg(long, value_name = "count")]
    pub per_page: Option<u32>,

    /// Where the page starts
    #[arg(long, value_name = "token")]
    pub page_token: Option<String>,
}

impl PageArgs {
    /// Returns the question for this part.
    #[must_use]
    pub fn query(&self) -> Query {
        Query {
            filter: self.filter.clone(),
            per_page: self.per_page.unwrap_or(0),
            next_token: self.page_token.clone(),
            ..Query::default()
        }
    }
}
