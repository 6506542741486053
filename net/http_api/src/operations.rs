//! What the routes of operators need of the agent behind them.
//!
//! Limits: no route logic here; what only the leader can do is asked of the leader only.

use bytes::Bytes;
use control::autopilot::GroupHealth;
use futures::future::BoxFuture;

use crate::ApiError;

/// Everything the routes of operators need.
pub trait Operations: Send + Sync {
    /// Returns an archive of the newest state that this server has.
    fn save_state(&self) -> BoxFuture<'_, Result<Bytes, ApiError>>;

    /// Has every server replace its state by the one in an archive; only on the leader.
    fn restore_state(&self, archive: Bytes) -> BoxFuture<'_, Result<(), ApiError>>;

    /// Returns how the servers are; none unless this one leads.
    fn health(&self) -> Option<GroupHealth>;

    /// Takes a server out of the group, by its id; only on the leader.
    fn remove_server<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), ApiError>>;

    /// Hands leadership to a server, by its id; only on the leader.
    fn transfer_leadership<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), ApiError>>;

    /// Joins the clusters at these addresses and returns how many led to one.
    fn join(&self, addresses: Vec<String>) -> BoxFuture<'_, Result<usize, ApiError>>;

    /// Takes a failed server out, by its name; only on the leader.
    fn force_leave<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ApiError>>;
}
