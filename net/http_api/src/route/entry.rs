//! One endpoint.
//!
//! Purpose: everything that is known of an endpoint before its handler runs.
//! Limits: a record; what it means is carried out in `api`.

use std::pin::Pin;

use crate::authorize::{Capability, Scope};
use crate::{ApiError, Call, Reply};

/// Which methods an endpoint takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// GET.
    Get,
    /// PUT and POST, which are the same nearly everywhere.
    Write,
    /// PUT only.
    Put,
    /// POST only.
    Post,
    /// DELETE.
    Delete,
    /// GET and the two writes.
    GetOrWrite,
    /// Any method that no other route of the same path takes.
    Any,
}

impl Method {
    /// Tells whether a request's method is one of these.
    #[must_use]
    pub fn takes(self, method: &http::Method) -> bool {
        let write = *method == http::Method::PUT || *method == http::Method::POST;
        match self {
            Method::Get => *method == http::Method::GET,
            Method::Write => write,
            Method::Put => *method == http::Method::PUT,
            Method::Post => *method == http::Method::POST,
            Method::Delete => *method == http::Method::DELETE,
            Method::GetOrWrite => write || *method == http::Method::GET,
            Method::Any => true,
        }
    }
}

/// Which agents can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Each agent for itself, client agents included.
    Agent,
    /// Any server of the wanted region, from its state and as fresh as the query wants it.
    Region,
    /// The leader of the wanted region.
    Leader,
}

/// How a list is reduced to what the caller may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The answer is no list, or the check of the scope is enough.
    None,
    /// Entry by entry; the handler's reply must be made from [`Filtered`](crate::Filtered).
    Entries,
}

/// What a handler returns before it is awaited.
pub type HandlerFuture = Pin<Box<dyn Future<Output = Result<Reply, ApiError>> + Send>>;
/// A handler of any type.
pub type Handler<B> = Box<dyn Fn(Call<B>) -> HandlerFuture + Send + Sync>;

/// One endpoint.
pub struct Route<B: ?Sized> {
    /// Its methods.
    pub method: Method,
    /// Its path: literal segments, `:name` for one segment, `*name` for one or more.
    pub path: &'static str,
    /// Capabilities of which any one is enough.
    pub capability: &'static [Capability],
    /// Where they are checked.
    pub scope: Scope,
    /// How its list is filtered.
    pub filter: Filter,
    /// Which agents can answer.
    pub reach: Reach,
    /// What answers.
    pub handler: Handler<B>,
}

/// Makes a handler of an async function.
pub fn handler<B, F, Answer>(function: F) -> Handler<B>
where
    B: ?Sized,
    F: Fn(Call<B>) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Result<Reply, ApiError>> + Send + 'static,
{
    Box::new(move |call| Box::pin(function(call)))
}

impl<B: ?Sized> Route<B> {
    /// An endpoint of the whole cluster, whose answer is not filtered.
    pub(crate) fn of_cluster(
        method: Method,
        path: &'static str,
        capability: &'static [Capability],
        reach: Reach,
        handler: Handler<B>,
    ) -> Self {
        Self { method, path, capability, scope: Scope::Cluster, filter: Filter::None, reach, handler }
    }

    /// What any agent answers to methods that a path does not have, whoever asks.
    pub(crate) fn refusing(path: &'static str, handler: Handler<B>) -> Self {
        Self { scope: Scope::Open, ..Self::of_cluster(Method::Any, path, &[], Reach::Agent, handler) }
    }
}

impl<B: ?Sized> std::fmt::Debug for Route<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Route")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("capability", &self.capability)
            .field("scope", &self.scope)
            .field("filter", &self.filter)
            .field("reach", &self.reach)
            .finish_non_exhaustive()
    }
}
