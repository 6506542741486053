//! What a route asks of a token.
//!
//! Purpose: the capabilities by their names in policies, and where they are checked.
//! Limits: a closed list; a policy that names another one is refused where policies are parsed.

/// One thing that a policy can allow. A route lists those of which any one is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// A capability inside a namespace, by its name in policies, such as `read-job`.
    Namespace(&'static str),
    /// Reading nodes.
    NodeRead,
    /// Changing nodes.
    NodeWrite,
    /// Reading the agent.
    AgentRead,
    /// Changing the agent.
    AgentWrite,
    /// Reading cluster settings.
    OperatorRead,
    /// Changing cluster settings.
    OperatorWrite,
    /// A single right of an operator, such as `snapshot-save`.
    Operator(&'static str),
    /// A right on a node pool: `read`, `write` or `delete`.
    NodePool(&'static str),
    /// A right on a host volume or plugin, such as `plugin-list`.
    Plugin(&'static str),
    /// A right on variables of a path: `list`, `read`, `write` or `destroy`.
    Variables(&'static str),
    /// A management token.
    Management,
    /// Any valid token.
    AnyToken,
}

/// Where the capability is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Nowhere: anybody may ask.
    Open,
    /// For the cluster as a whole, before the handler runs.
    Cluster,
    /// In the namespace of the query, before the handler runs; `*` passes when any namespace would.
    Namespace,
    /// On the object, by the handler, once it knows the object ([`Authorized::require`]).
    ///
    /// [`Authorized::require`]: super::Authorized::require
    Object,
}
