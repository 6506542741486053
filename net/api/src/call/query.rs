//! Options of requests.
//!
//! Purpose: blocking queries, pages, filters and parameters as a query string.
//! Limits: values are passed on as they are; the agent judges them.

use std::time::Duration;

use super::encode::segment;

/// Options of a read, and parameters of anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Index that the answer must exceed; 0 asks at once.
    pub index: u64,
    /// How long the agent may hold a blocking query.
    pub wait: Option<Duration>,
    /// Lets any server answer.
    pub stale: bool,
    /// Only ids that start with it.
    pub prefix: Option<String>,
    /// Filter expression.
    pub filter: Option<String>,
    /// Entries of a page; 0 is all.
    pub per_page: u32,
    /// Where the page starts.
    pub next_token: Option<String>,
    /// Newest first, on routes that are ordered by time.
    pub reverse: bool,
    /// Further parameters.
    pub params: Vec<(&'static str, String)>,
}

impl Query {
    /// Returns only a prefix.
    #[must_use]
    pub fn prefix(prefix: impl Into<String>) -> Query {
        Query { prefix: Some(prefix.into()), ..Query::default() }
    }

    /// Returns a blocking query, which any server may answer.
    #[must_use]
    pub fn blocking(index: u64, wait: Duration) -> Query {
        Query { index, wait: Some(wait), stale: true, ..Query::default() }
    }

    /// Returns the query with one more parameter.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Query {
        self.params.push((key, value.into()));
        self
    }

    /// Returns the query string, without a question mark.
    pub(crate) fn encode(&self, region: Option<&str>, namespace: Option<&str>) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        let mut push = |key, value: Option<String>| pairs.extend(value.map(|value| (key, value)));
        push("region", region.map(str::to_owned));
        push("namespace", namespace.map(str::to_owned));
        push("index", (self.index > 0).then(|| self.index.to_string()));
        push("wait", self.wait.map(|wait| format!("{}ms", wait.as_millis())));
        push("stale", self.stale.then(String::new));
        push("prefix", self.prefix.clone());
        push("filter", self.filter.clone());
        push("per_page", (self.per_page > 0).then(|| self.per_page.to_string()));
        push("next_token", self.next_token.clone());
        push("reverse", self.reverse.then(|| "true".to_owned()));
        pairs.extend(self.params.iter().map(|(key, value)| (*key, value.clone())));
        let pairs: Vec<String> =
            pairs.iter().map(|(key, value)| format!("{key}={}", segment(value))).collect();
        pairs.join("&")
    }
}

/// What of a job's history an answer covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobQuery {
    /// What belongs to the job as it was last created.
    #[default]
    Current,
    /// Also what belongs to earlier jobs of the same id.
    All,
}

/// Where reading a log starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogOrigin {
    /// So many bytes after the start.
    Start(u64),
    /// So many bytes before the end.
    End(u64),
}

/// Which log of an allocation to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogQuery {
    /// Task.
    pub task: String,
    /// `stdout` or `stderr`.
    pub kind: &'static str,
    /// Where to start.
    pub origin: LogOrigin,
    /// Goes on with what is written later.
    pub follow: bool,
}

impl LogQuery {
    pub(crate) fn query(&self) -> Query {
        let (origin, offset) = match self.origin {
            LogOrigin::Start(offset) => ("start", offset),
            LogOrigin::End(offset) => ("end", offset),
        };
        Query::default()
            .with("task", self.task.clone())
            .with("type", self.kind)
            .with("origin", origin)
            .with("offset", offset.to_string())
            .with("follow", self.follow.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_become_a_query_string_in_a_fixed_order() {
        let query = Query {
            index: 7,
            wait: Some(Duration::from_secs(2)),
            filter: Some("Status == \"x\"".to_owned()),
            per_page: 3,
            reverse: true,
            ..Query::prefix("we")
        };
        assert_eq!(
            query.with("all", "true").encode(Some("eu"), Some("*")),
            "region=eu&namespace=%2A&index=7&wait=2000ms&prefix=we&filter=Status%20%3D%3D%20%22x%22&per_page=3\
             &reverse=true&all=true"
        );
        assert_eq!(Query::default().encode(None, None), "");
    }
}
