//! Proof that a request was checked.
//!
//! Purpose: a handler cannot run without an [`Authorized`], and a list cannot leave without [`Filtered`].
//! Limits: both have private fields; only `authorize` and `Authorized::filter` make them.

use std::sync::Arc;

use super::{Caller, Capability, On, Permit, Scope};
use crate::{ApiError, Query};

/// A checked request: who asks, in which namespace, and what else they may do.
#[derive(Clone)]
pub struct Authorized {
    caller: Caller,
    permit: Arc<dyn Permit>,
    namespace: String,
    wanted: &'static [Capability],
}

/// Entries that the caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filtered<T>(Vec<T>);

impl Authorized {
    /// Returns who asks.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Returns the namespace of the query; `*` for all.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Tells whether the caller has a capability somewhere.
    #[must_use]
    pub fn allows(&self, capability: Capability, on: On<'_>) -> bool {
        self.permit.allows(capability, on)
    }

    /// Tells whether the caller holds a management token.
    #[must_use]
    pub fn is_management(&self) -> bool {
        self.permit.is_management()
    }

    /// Checks the route's capabilities on an object that the handler has found.
    pub fn require(&self, on: On<'_>) -> Result<(), ApiError> {
        if self.allows_wanted(on) { Ok(()) } else { Err(ApiError::permission_denied()) }
    }

    /// Keeps the entries on which the caller has one of the route's capabilities.
    pub fn filter<T>(&self, items: impl IntoIterator<Item = T>, on: impl Fn(&T) -> On<'_>) -> Filtered<T> {
        Filtered(items.into_iter().filter(|item| self.allows_wanted(on(item))).collect())
    }

    fn allows_wanted(&self, on: On<'_>) -> bool {
        self.wanted.iter().any(|capability| self.permit.allows(*capability, on))
    }
}

impl std::fmt::Debug for Authorized {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authorized").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}

impl<T> Filtered<T> {
    /// Returns the entries.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// Turns each entry into its view; what was filtered stays filtered.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Filtered<U> {
        Filtered(self.0.into_iter().map(view).collect())
    }

    /// Takes the entries out, for paging.
    pub(crate) fn into_inner(self) -> Vec<T> {
        self.0
    }

    /// Puts entries back that came out of [`Filtered::into_inner`].
    pub(crate) fn again(items: Vec<T>) -> Filtered<T> {
        Filtered(items)
    }
}

/// Checks a request against its route and makes the proof.
pub(crate) fn authorize(
    caller: Caller,
    permit: Arc<dyn Permit>,
    wanted: &'static [Capability],
    scope: Scope,
    query: &Query,
) -> Result<Authorized, ApiError> {
    let authorized = Authorized { caller, permit, namespace: query.namespace.clone(), wanted };
    match scope {
        Scope::Open | Scope::Object => {}
        Scope::Cluster => authorized.require(On::Cluster)?,
        Scope::Namespace if query.all_namespaces() => authorized.require(On::AnyNamespace)?,
        Scope::Namespace => authorized.require(On::Namespace(&query.namespace))?,
    }
    Ok(authorized)
}

#[cfg(test)]
mod tests {
    use wire::http::Door;

    use super::*;

    /// Allows `read-job` in one namespace and nothing else.
    struct Reader;

    impl Permit for Reader {
        fn allows(&self, capability: Capability, on: On<'_>) -> bool {
            capability == Capability::Namespace("read-job")
                && matches!(on, On::Namespace("web") | On::AnyNamespace)
        }
    }

    fn check(scope: Scope, query: &str) -> Result<Authorized, ApiError> {
        let caller = Caller { token: None, door: Door::Unix, forwarded: None };
        let wanted = &[Capability::Namespace("submit-job"), Capability::Namespace("read-job")];
        authorize(caller, Arc::new(Reader), wanted, scope, &Query::parse(query).unwrap())
    }

    #[test]
    fn a_scope_decides_where_the_capability_is_checked() {
        assert!(check(Scope::Namespace, "namespace=web").is_ok());
        assert!(check(Scope::Namespace, "namespace=*").is_ok());
        assert!(check(Scope::Open, "").is_ok());
        for (scope, query) in [(Scope::Namespace, ""), (Scope::Cluster, "namespace=web")] {
            assert_eq!(check(scope, query).unwrap_err(), ApiError::permission_denied());
        }
    }

    #[test]
    fn an_object_is_checked_when_the_handler_knows_it() {
        let authorized = check(Scope::Object, "").unwrap();
        assert!(authorized.require(On::Namespace("web")).is_ok());
        assert_eq!(authorized.require(On::Namespace("db")).unwrap_err().status(), 403);
        assert!(!authorized.is_management());
    }

    #[test]
    fn a_list_keeps_what_the_caller_may_see() {
        let authorized = check(Scope::Namespace, "namespace=*").unwrap();
        let jobs = [("web", 1), ("db", 2), ("web", 3)];
        let seen = authorized.filter(jobs, |(namespace, _)| On::Namespace(namespace)).map(|(_, id)| id);
        assert_eq!(seen.as_slice(), [1, 3]);
    }
}
