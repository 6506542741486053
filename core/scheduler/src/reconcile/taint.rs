//! What the state of its node means for an allocation.

use model::{Alloc, AllocState, ClientStatus, DesiredStatus, Nanos, NodeStatus, TaskGroup, Timestamp};
use state::State;

/// The state of an allocation's node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taint {
    /// It works; it may be draining.
    Fine,
    /// The servers do not know it any more.
    Gone,
    Down,
    Disconnected,
}

/// The state of the node of an allocation.
pub(crate) fn taint(snapshot: &State, alloc: &Alloc) -> Taint {
    match snapshot.node(alloc.node).map(|node| node.status) {
        None => Taint::Gone,
        Some(NodeStatus::Down) => Taint::Down,
        Some(NodeStatus::Disconnected) => Taint::Disconnected,
        Some(NodeStatus::Init | NodeStatus::Ready) => Taint::Fine,
    }
}

/// What is done with an allocation because of its own state and its node's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Untainted,
    Migrate,
    Lost,
    Disconnecting,
    Reconnecting,
    Ignore,
}

/// How long its group waits for a disconnected client; none means not at all.
pub(crate) fn lost_after(group: Option<&TaskGroup>) -> Option<Nanos> {
    group
        .and_then(|group| group.disconnect.as_ref())
        .and_then(|disconnect| disconnect.lost_after)
        .filter(|span| span.0 > 0)
}

/// Whether its group replaces allocations of disconnected clients; it does unless it says otherwise.
pub(crate) fn replaces(group: Option<&TaskGroup>) -> bool {
    group
        .and_then(|group| group.disconnect.as_ref())
        .and_then(|disconnect| disconnect.replace)
        .unwrap_or(true)
}

/// Whether it was marked unknown and not marked back since.
pub(crate) fn was_unknown(alloc: &Alloc) -> Option<AllocState> {
    let states = alloc.rare.as_ref().map(|rare| rare.states.as_slice()).unwrap_or_default();
    states.last().filter(|state| state.status == ClientStatus::Unknown).copied()
}

/// The class of an allocation; the first rule that matches decides.
pub(super) fn classify(snapshot: &State, alloc: &Alloc, now: Timestamp) -> Class {
    let taint = taint(snapshot, alloc);
    let group = alloc.task_group();
    let marked = was_unknown(alloc);
    let may_reconnect =
        matches!(alloc.client, ClientStatus::Unknown | ClientStatus::Running | ClientStatus::Failed);
    let reconnects = may_reconnect && marked.is_some();
    let wanted = alloc.desired == DesiredStatus::Run;
    let transition = alloc.transition();
    if reconnects && wanted && alloc.client == ClientStatus::Failed {
        return Class::Reconnecting;
    }
    if !wanted && !reconnects && transition.migrate_disable_placement == Some(true) {
        return Class::Untainted;
    }
    if alloc.is_terminal() && !reconnects {
        return match (wanted, alloc.is_canary() && transition.should_migrate()) {
            (false, _) => Class::Ignore,
            (true, true) => Class::Migrate,
            (true, false) => Class::Untainted,
        };
    }
    let expired = marked.zip(lost_after(group)).is_some_and(|(state, span)| state.time + span <= now);
    if alloc.client == ClientStatus::Unknown && expired {
        return Class::Lost;
    }
    if reconnects && alloc.client == ClientStatus::Failed && !wanted {
        return Class::Ignore;
    }
    by_node(alloc, taint, reconnects)
}

/// The rules that depend on the node first.
fn by_node(alloc: &Alloc, taint: Taint, reconnects: bool) -> Class {
    let group = alloc.task_group();
    if taint == Taint::Disconnected {
        return match alloc.client {
            ClientStatus::Unknown => Class::Untainted,
            ClientStatus::Pending => Class::Lost,
            ClientStatus::Running | ClientStatus::Complete | ClientStatus::Failed | ClientStatus::Lost => {
                if lost_after(group).is_none() {
                    Class::Lost
                } else {
                    Class::Disconnecting
                }
            }
        };
    }
    if alloc.transition().should_migrate() && taint == Taint::Fine {
        return Class::Migrate;
    }
    match taint {
        Taint::Fine | Taint::Disconnected => {
            if reconnects {
                Class::Reconnecting
            } else {
                Class::Untainted
            }
        }
        Taint::Gone => Class::Lost,
        Taint::Down => match (replaces(group), alloc.client) {
            (false, ClientStatus::Unknown) => Class::Untainted,
            (false, ClientStatus::Running) => Class::Disconnecting,
            _ => Class::Lost,
        },
    }
}
