//! Waiting for changes.

use model::Name;
use state::Table;
use state::watch::{MAX_KEYS, RegisterError, WatchKey, Watches};
use testkit::{job, node_id};

use crate::world::World;

/// Whether a ticket with `key` fires when the job `web` is run on node 0.
fn fires(key: WatchKey) -> bool {
    let mut watches = Watches::new(1);
    watches.register(vec![key]).unwrap();
    let mut world = World::with_nodes(1);
    let web = world.register(job("web"));
    let eval = world.open_eval(&web.key());
    let plan = testkit::plan(&eval, &web, &[node_id(0)]);
    let changes = world.commit(plan, eval).changes;
    let fired = !watches.notify(&changes).is_empty();
    assert_eq!(fired, watches.is_empty(), "a ticket that fired is gone");
    fired
}

fn prefix(namespace: &str, prefix: &str) -> WatchKey {
    WatchKey::JobPrefix { namespace: Name::from(namespace), prefix: Name::from(prefix) }
}

#[test]
fn a_ticket_fires_for_what_it_waits_for_only() {
    assert!(fires(WatchKey::Table(Table::Allocs)));
    assert!(!fires(WatchKey::Table(Table::Nodes)));
    assert!(fires(WatchKey::JobAllocs(job("web").key())));
    assert!(!fires(WatchKey::JobAllocs(job("db").key())));
    assert!(fires(WatchKey::NodeAllocs(node_id(0))));
    assert!(!fires(WatchKey::NodeAllocs(node_id(1))));
    assert!(fires(WatchKey::Summary(job("web").key())));
    assert!(fires(WatchKey::Job(job("web").key())));
    assert!(fires(prefix("default", "we")));
    assert!(fires(prefix("default", "")));
    assert!(!fires(prefix("other", "we")));
    assert!(!fires(prefix("default", "webs")));
}

#[test]
fn a_cancelled_ticket_never_fires() {
    let mut watches = Watches::new(2);
    let key = WatchKey::Table(Table::Config);
    let cancelled = watches.register(vec![key.clone()]).unwrap();
    let kept = watches.register(vec![key, WatchKey::Table(Table::Nodes)]).unwrap();
    watches.cancel(cancelled);
    assert_eq!(watches.notify(&[state::Change::Config]), [kept]);
    assert_eq!(watches.notify(&[state::Change::Config]), []);
}

#[test]
fn watches_are_bounded() {
    let mut watches = Watches::new(1);
    let key = || WatchKey::Table(Table::Config);
    assert_eq!(watches.register(vec![key(); MAX_KEYS + 1]), Err(RegisterError::TooManyKeys));
    watches.register(vec![key()]).unwrap();
    assert_eq!(watches.register(vec![key()]), Err(RegisterError::Full { limit: 1 }));
}
